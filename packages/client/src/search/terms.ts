/** Scripts that are written without spaces between the words. */
const UNSPACED =
  "\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
const WORDS = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*|\p{Extended_Pictographic}/gu;
const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, "u");
const RUNS = new RegExp(`(?:[${UNSPACED}]\\p{M}*)+|[^${UNSPACED}]+`, "gu");
const CLUSTERS = /\P{M}\p{M}*/gu;

/** Accents; points of Hebrew; vowel signs of Arabic. In other scripts marks make other words. */
const ACCENTS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g;
/** Letters that Unicode does not take apart, though those who lack them on their keyboard do. */
const REPLACED: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ı: "i",
  ς: "σ",
};

/** Of a longer word the rest is not compared. */
const MAX_LENGTH = 40;
const MAX_QUERY_LENGTH = 1000;
const MAX_QUERY_TERMS = 32;

/** The terms under which a text is found, in order. Two texts fold alike if only case, accents or widths tell them apart. */
export function termsOf(text: string): string[] {
  return termsIn(text, pairs);
}

/** The terms that a text has to have to be found: at most 32, of the first 1,000 characters. */
export function queryTermsOf(query: string): string[] {
  const cut = query.slice(0, MAX_QUERY_LENGTH);
  const terms = termsIn(cut, (run) => {
    const all = pairs(run);
    return all.length > 1 ? all.slice(0, -1) : all;
  });
  return [...new Set(terms)].slice(0, MAX_QUERY_TERMS);
}

/** Whether the term is of a script without spaces. */
export function isUnspaced(term: string): boolean {
  return HAS_UNSPACED.test(term);
}

function termsIn(text: string, split: (run: string) => string[]): string[] {
  const words = fold(text).match(WORDS) ?? [];
  const terms = words.flatMap((word) =>
    HAS_UNSPACED.test(word)
      ? (word.match(RUNS) ?? []).flatMap((run) => (HAS_UNSPACED.test(run) ? split(run) : [run]))
      : [word],
  );
  return terms.map((term) => term.slice(0, MAX_LENGTH));
}

/** Normal forms as in UAX #15: NFKD takes accents off their letters, NFC puts together what was not dropped. */
function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(/[ßæœøłđıς]/g, (letter) => REPLACED[letter] ?? letter);
}

/**
 * Each character with the next one, and the last one alone: so any part of a run is found without knowing its words, and
 * the same in every browser, since no dictionary is asked.
 */
function pairs(run: string): string[] {
  const clusters = run.match(CLUSTERS) ?? [];
  return clusters.map((cluster, at) => cluster + (clusters[at + 1] ?? ""));
}
