/** Text as it is compared: without case, accents and the difference of Russian е and ё. */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The words of a query, folded. */
function wordsOf(query: string): readonly string[] {
  return folded(query)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** Whether every word of a query begins a word of one of these texts; what has no words in it is looked for as it is. */
export function matches(query: string, ...texts: readonly string[]): boolean {
  const words = wordsOf(query);
  const all = folded(texts.join(" "));
  if (words.length === 0) return all.includes(folded(query.trim()));
  const parts = wordsOf(all);
  return words.every((word) => parts.some((part) => part.startsWith(word)));
}

/** A piece of a text, and whether it is what was searched for. */
export interface Piece {
  readonly text: string;
  readonly isFound: boolean;
}

/** Characters before the first word that was found. */
const BEFORE = 24;
/** Characters in all. */
const LONGEST = 160;

/** The place of a text where the words of a query stand, cut to a line or two, in pieces that are found or not. */
export function excerptOf(text: string, query: string): readonly Piece[] {
  const line = text.replace(/\s+/g, " ").trim();
  const words = wordsOf(query);
  const found = [...line.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].flatMap(({ 0: word, index }) => {
    const length = Math.max(0, ...words.map((start) => beginning(word, start)));
    return length > 0 ? [{ from: index, to: index + length }] : [];
  });
  const start = startOf(line, found[0]?.from ?? 0);
  const end = Math.min(line.length, start + LONGEST);
  const pieces: Piece[] = start > 0 ? [{ text: "…", isFound: false }] : [];
  let at = start;
  for (const { from, to } of found.filter(({ to }) => to <= end)) {
    pieces.push(
      { text: line.slice(at, from), isFound: false },
      { text: line.slice(from, to), isFound: true },
    );
    at = to;
  }
  pieces.push({ text: line.slice(at, end) + (end < line.length ? "…" : ""), isFound: false });
  return pieces.filter((piece) => piece.text !== "");
}

/** How many characters of a word a folded beginning takes; 0 if the word does not begin so. */
function beginning(word: string, start: string): number {
  if (!folded(word).startsWith(start)) return 0;
  let length = 0;
  while (folded(word.slice(0, length)).length < start.length) length++;
  // Accents that are characters of their own belong to the letter before them.
  while (/^\p{M}/u.test(word.slice(length))) length++;
  return length;
}

/** Begins with a whole word. */
function startOf(line: string, found: number): number {
  if (found <= BEFORE) return 0;
  const space = line.indexOf(" ", found - BEFORE);
  return space >= 0 && space < found ? space + 1 : found;
}
