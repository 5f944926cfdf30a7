import type { CryptoErrorCode } from "../crypto/errors.ts";
import type { FileShape } from "../crypto/file-shape.ts";
import type { Octets } from "../crypto/primitives/octets.ts";

// A worker works on one file. The page and the worker take turns: each request has exactly one reply.

/** What the page asks for. The first request says what to do with the file. */
export type WorkerRequest =
  | { readonly kind: "encrypt"; readonly key: Uint8Array; readonly size: number; readonly whole: boolean }
  | { readonly kind: "decrypt"; readonly key: Uint8Array; readonly metadata: unknown }
  /** The next piece of the result. */
  | { readonly kind: "next" }
  /** What was asked for with `pull`; `undefined` after the last. */
  | { readonly kind: "source"; readonly octets: Octets | undefined };

/** What the worker replies. */
export type WorkerReply =
  | { readonly kind: "encrypting"; readonly shape: FileShape; readonly encryptedSize: number }
  | { readonly kind: "decrypting" }
  /** It needs more of the source first. */
  | { readonly kind: "pull" }
  | { readonly kind: "piece"; readonly octets: Octets }
  | { readonly kind: "end" }
  /** Why; `undefined` for what is no refusal of the cryptography. */
  | { readonly kind: "failed"; readonly code: CryptoErrorCode | undefined };
