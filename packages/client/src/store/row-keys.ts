import type { KeyOf, RowRange, Table } from "./local-store.ts";
import type { KeyRange } from "./storage.ts";

// A record's key is the name of its table and the parts of the row's key, each with END after it. END sorts before all
// that a part consists of, and PAST_END right behind it; so keys sort as their parts do, and a prefix is a range.

const END = "!";
const PAST_END = '"';
const LAST = "~";

/** Digits of the largest integer that JavaScript has. */
const DIGITS = 16;

type Part = number | string;
type KindOf<P> = P extends number ? "number" : "string";
type KindsOf<K extends readonly Part[]> = { readonly [Index in keyof K]: KindOf<K[Index]> };

/** What the keys of each table consist of, to read them back. */
const KINDS: { readonly [T in Table]: KindsOf<KeyOf<T>> } = {
  account: [],
  sync: [],
  chat: ["number"],
  message: ["number", "number"],
  original: ["number", "string"],
  member: ["number", "number"],
  profile: ["number"],
  pin: ["number"],
  notice: ["number", "string"],
  draft: ["number"],
  outbox: ["number"],
  unindexed: ["number", "number"],
  index: ["string"],
  setting: ["string"],
};

/** Every record of every table. */
export const EVERYTHING: KeyRange = { from: "", to: LAST };

/** @throws RangeError for a number that is no integer from 0 to 2^53 - 1 */
export function keyOf(table: string, parts: readonly Part[]): string {
  return table + END + parts.map((part) => encode(part) + END).join("");
}

/** @throws RangeError as {@link keyOf} */
export function keyRangeOf<T extends Table>(table: T, range: RowRange<T> = {}): KeyRange {
  const { prefix = [], after, before, limit, reverse } = range;
  const start = keyOf(table, prefix);
  return {
    from: after === undefined ? start : start + encode(after) + PAST_END,
    to: before === undefined ? start.slice(0, -END.length) + PAST_END : start + encode(before),
    ...(limit === undefined ? {} : { limit }),
    ...(reverse === undefined ? {} : { reverse }),
  };
}

/** The reverse of {@link keyOf}, for a key that it made of this table. */
export function partsOf<T extends Table>(table: T, key: string): KeyOf<T> {
  const encoded = key.slice(table.length + END.length).split(END);
  const parts = KINDS[table].map((kind, at) => decode(kind, encoded[at] ?? ""));
  // KINDS is typed by Tables, but a mapped tuple forgets its length.
  return parts as unknown as KeyOf<T>;
}

function encode(part: Part): string {
  return typeof part === "number" ? digitsOf(part) : part.replace(/[^#-}]/g, escaped);
}

function digitsOf(part: number): string {
  if (!Number.isSafeInteger(part) || part < 0) throw new RangeError("A number in a key is an integer from 0");
  return String(part).padStart(DIGITS, "0");
}

/** What would sort before `#` begins with what does, and so at the other end: strings sort by UTF-16 code unit. */
function escaped(unit: string): string {
  const hex = unit.charCodeAt(0).toString(16);
  return unit < "#" ? PAST_END + hex.padStart(2, "0") : LAST + hex.padStart(4, "0");
}

function decode(kind: "number" | "string", encoded: string): Part {
  if (kind === "number") return Number(encoded);
  return encoded.replace(/"(..)|~(....)/g, (_, low, high) =>
    String.fromCharCode(Number.parseInt(low ?? high, 16)),
  );
}
