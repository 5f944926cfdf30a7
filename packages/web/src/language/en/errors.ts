import { ERROR_ADVICE, type TacitErrorCode } from "@tacit/client";

const sentences = Object.fromEntries(
  Object.entries(ERROR_ADVICE).map(([code, { sentence }]) => [code, sentence]),
);

/** English: what went wrong, by its code. */
export const errors = {
  sentence: (code: TacitErrorCode): string => sentences[code] ?? errors.unknown,
  unknown: "Something went wrong in the app. Reload the page; nothing that you wrote is lost.",
  tooManyAttempts: (wait: string) => `Too many attempts. Try again in ${wait}.`,
};
