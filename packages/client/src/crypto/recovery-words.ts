import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { CryptoError } from "./errors.ts";
import { checkLength, randomBytes } from "./primitives/octets.ts";
import { ENTROPY_BYTES } from "./recovery-keys.ts";

const WORDS = 12;
const KNOWN_WORDS: ReadonlySet<string> = new Set(wordlist);

/**
 * The words to be shown once, and written down (BIP-39, English).
 *
 * @param entropy 16 octets.
 * @returns 12 words; the last one carries the checksum.
 * @throws CryptoError `wrong_length`.
 */
export function recoveryWords(entropy: Uint8Array): readonly string[] {
  checkLength(entropy, ENTROPY_BYTES);
  return entropyToMnemonic(entropy, wordlist).split(" ");
}

/**
 * Reads recovery words as people type and paste them: any case, spaces, lines, numbers and punctuation between them,
 * full-width letters, accents.
 *
 * @returns the entropy, 16 octets.
 * @throws CryptoError `recovery_word_count` unless there are 12, `recovery_word_unknown` for one that is not in the list
 *   (`unknownWordPositions` says which), `recovery_checksum` for words that do not belong together.
 */
export function readRecoveryWords(typed: string): Uint8Array {
  const words = typedWords(typed);
  if (words.length !== WORDS) throw new CryptoError("recovery_word_count");
  if (!words.every((word) => KNOWN_WORDS.has(word))) throw new CryptoError("recovery_word_unknown");
  try {
    return mnemonicToEntropy(words.join(" "), wordlist);
  } catch {
    throw new CryptoError("recovery_checksum");
  }
}

/** The places, from 0, of the words that are not in the list: those to look at again. */
export function unknownWordPositions(typed: string): readonly number[] {
  return typedWords(typed).flatMap((word, position) => (KNOWN_WORDS.has(word) ? [] : [position]));
}

/** Accents and invisible characters are dropped; letters of other alphabets stay, so that their words are named unknown. */
function typedWords(typed: string): string[] {
  const bare = typed.normalize("NFKD").replace(/\p{M}|\u00ad|\u200c|\u200d|\u2060|\ufeff/gu, "");
  return bare
    .toLowerCase()
    .split(/\P{L}+/u)
    .filter((word) => word !== "");
}

/**
 * Picks the words that a person has to type back, to prove that they were written down.
 *
 * @param count 1 to 12.
 * @returns that many different places, from 0, in ascending order.
 * @throws CryptoError `malformed` for another count.
 */
export function proofPositions(count = 3): readonly number[] {
  if (!Number.isInteger(count) || count < 1 || count > WORDS) throw new CryptoError("malformed");
  const positions = new Set<number>();
  while (positions.size < count) positions.add(randomPosition());
  return [...positions].sort((a, b) => a - b);
}

/** 252 is the largest multiple of 12 in an octet: above it, the first places would be likelier. */
function randomPosition(): number {
  const [octet = 0] = randomBytes(1);
  return octet < 252 ? octet % WORDS : randomPosition();
}

/**
 * True if the answers are the words at these places, read as tolerantly as `readRecoveryWords` does.
 *
 * @param answers in the order of `positions`.
 */
export function provesRecoveryWords(
  words: readonly string[],
  positions: readonly number[],
  answers: readonly string[],
): boolean {
  if (positions.length === 0 || positions.length !== answers.length) return false;
  return positions.every((position, index) => {
    const [typed, ...more] = typedWords(answers[index] ?? "");
    return typed !== undefined && more.length === 0 && typed === words[position];
  });
}
