/** Marks that turn the direction of writing, with which a name can hide its ending. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** Characters at the end that are always shown. */
const TAIL = 10;

/** A name as it can be shown and saved without fooling anybody. */
export function honestName(name: string): string {
  return name.replace(DIRECTIONS, "") || "file";
}

/** The beginning, which may be cut short, and the end with the extension, which may not. */
export function nameParts(name: string): { readonly start: string; readonly end: string } {
  const letters = [...new Intl.Segmenter().segment(honestName(name))].map(({ segment }) => segment);
  const at = letters.length > 2 * TAIL ? letters.length - TAIL : letters.length;
  return { start: letters.slice(0, at).join(""), end: letters.slice(at).join("") };
}
