/** Words as somebody types them: letters, whatever stands between them. */
function wordsIn(typed: string): string[] {
  return typed.toLowerCase().match(/\p{L}+/gu) ?? [];
}

/**
 * What a paste into one of the fields means: all twelve words go where they belong, as many as are asked for go in order.
 *
 * @returns the answers, or nothing if it is for the one field only
 */
export function pastedAnswers(pasted: string, positions: readonly number[]): string[] | undefined {
  // Lists are pasted with their numbers.
  const words = wordsIn(pasted);
  if (words.length === 12) return positions.map((at) => words[at] ?? "");
  return words.length === positions.length && words.length > 1 ? words : undefined;
}
