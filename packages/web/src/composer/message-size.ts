/** Octets of UTF-8 that a text may have which is encrypted, with what belongs around it: the SDK refuses more. */
const MOST_OCTETS = 196_400;
/** From this part of it on, somebody wants to know. */
const NEAR = 0.9;

/** About how many characters a text may still have; negative if it is too long, `undefined` while there is plenty of room. */
export function charactersLeft(text: string): number | undefined {
  // Three octets is the most that a character of a string can take; nothing is counted before it could matter.
  if (text.length * 3 < MOST_OCTETS * NEAR) return undefined;
  const octets = new TextEncoder().encode(text).length;
  if (octets < MOST_OCTETS * NEAR) return undefined;
  return Math.floor(((MOST_OCTETS - octets) * text.length) / octets);
}
