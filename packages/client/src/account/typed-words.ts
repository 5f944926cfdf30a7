/**
 * Which of the words that somebody types cannot be words of a recovery key, for marking them as they are typed.
 *
 * @returns their places, from 0. A word that is still being typed may be among them.
 */
export async function unknownRecoveryWords(typed: string): Promise<readonly number[]> {
  const { unknownWordPositions } = await import("../crypto/recovery-words.ts");
  return unknownWordPositions(typed);
}
