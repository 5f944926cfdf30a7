import { CryptoError, type CryptoErrorCode } from "../crypto/errors.ts";
import { TacitError, type TacitErrorCode, type TacitErrorDetails } from "../errors.ts";

/** An error in a form that goes from tab to tab: what a structured clone keeps of one is not enough. */
export type CarriedError =
  | { readonly crypto: CryptoErrorCode }
  | { readonly code: TacitErrorCode; readonly message: string; readonly details: TacitErrorDetails }
  | { readonly unknown: string };

/** Packs an error up. Of one that is none of ours, only its name goes: its text may hold anything. */
export function carried(error: unknown): CarriedError {
  if (error instanceof CryptoError) return { crypto: error.code };
  if (error instanceof TacitError)
    return { code: error.code, message: error.message, details: error.details };
  return { unknown: error instanceof Error ? error.name : "unknown" };
}

/** The error that was packed up. */
export function uncarried(error: CarriedError): Error {
  if ("crypto" in error) return new CryptoError(error.crypto);
  if ("code" in error) return new TacitError(error.code, error.message, error.details);
  return new Error(`Another tab failed: ${error.unknown}`);
}
