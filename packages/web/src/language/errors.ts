import { CryptoError, TacitError } from "@tacit/client";
import { durationText } from "./dates.ts";
import type { Language } from "./language.tsx";

/** What to tell a person about an error: one sentence in their language, with the time left if there is one. */
export function errorText(error: unknown, { texts, locale }: Pick<Language, "texts" | "locale">): string {
  if (error instanceof TacitError) {
    const { retryAfter } = error.details;
    if (error.code === "too_many_attempts" && retryAfter !== undefined)
      return texts.errors.tooManyAttempts(durationText(retryAfter, locale));
    return texts.errors.sentence(error.code);
  }
  return error instanceof CryptoError ? texts.errors.sentence(error.code) : texts.errors.unknown;
}
