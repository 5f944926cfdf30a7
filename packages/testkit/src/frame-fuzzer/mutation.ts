import { LIMITS } from "@tacit/protocol";
import fc, { type Arbitrary } from "fast-check";
import { HOSTILE_KEYS, ownFields } from "./schema-arbitrary.ts";

/** Changes a frame, or its text, so that it may no longer be valid. */
type FrameMutation = (frame: unknown) => unknown;
type TextMutation = (text: string) => string;

const LONE_SURROGATE = "\ud800";

/** What a client should not send where something else is expected. */
const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  "",
  "1",
  "system",
  0,
  -0,
  -1,
  0.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  1e308,
  5e-324,
  [],
  {},
  [[]],
  [null],
  { "1": {} },
  { "0": { key: "x" } },
  LONE_SURROGATE,
  `a${LONE_SURROGATE}b`,
  "\0",
  "\ufeff",
  "\u202e",
  JSON.parse('{"__proto__":{"type":"init","contacts":[]}}'),
  nested(LIMITS.jsonDepth - 3),
  nested(LIMITS.jsonDepth + 1),
];

const LONG_STRINGS = [
  "x".repeat(LIMITS.messageBytes + 1),
  "é".repeat(LIMITS.messageBytes / 2 + 1),
  "x".repeat(LIMITS.requestIdCharacters + 1),
  "\u{1f600}".repeat(LIMITS.requestIdCharacters),
  "\u0301".repeat(50_000),
];

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 ? [value] : { a: value };
  return value;
}

const key = fc.oneof(
  { arbitrary: fc.constantFrom<string>(...HOSTILE_KEYS, "type", "chat_id", "metadata"), weight: 20 },
  { arbitrary: fc.constantFrom("\0", LONE_SURROGATE, "\u202e\r\n", "k".repeat(100_000)), weight: 2 },
);
const hostile = fc.oneof(
  { arbitrary: fc.constantFrom(...HOSTILE_VALUES), weight: 60 },
  { arbitrary: fc.jsonValue(), weight: 20 },
  { arbitrary: fc.constantFrom(...LONG_STRINGS), weight: 1 },
);
/** Which part of a frame is meant, counted along its fields. */
const place = fc.nat({ max: 200 });

const frameMutation: Arbitrary<FrameMutation> = fc.oneof(
  fc.tuple(place, hostile).map(
    ([at, value]): FrameMutation =>
      (frame) =>
        changeField(frame, at, ([name]) => [[name, value]]),
  ),
  place.map(
    (at): FrameMutation =>
      (frame) =>
        changeField(frame, at, () => []),
  ),
  fc.tuple(place, key).map(
    ([at, name]): FrameMutation =>
      (frame) =>
        changeField(frame, at, ([, value]) => [[name, value]]),
  ),
  fc.tuple(place, key, hostile).map(
    ([at, name, value]): FrameMutation =>
      (frame) =>
        changeField(frame, at, (field) => [field, [name, value]]),
  ),
  hostile.map(
    (value): FrameMutation =>
      () =>
        value,
  ),
);

type Field = readonly [name: string, value: unknown];

/** Replaces the field or element at this place, counted over all levels, by none, one or two. */
function changeField(value: unknown, at: number, change: (field: Field) => readonly Field[]): unknown {
  const counter = { left: at % Math.max(1, countFields(value)) };
  const visit = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null) return part;
    const fields = Object.entries(part).flatMap(([name, entry]): readonly Field[] => {
      counter.left -= 1;
      return counter.left === -1 ? change([name, entry]) : [[name, visit(entry)]];
    });
    return Array.isArray(part) ? fields.map(([, entry]) => entry) : ownFields(fields);
  };
  return visit(value);
}

/** Long lists count as short ones: otherwise nothing else would ever be changed. */
function countFields(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const entries: unknown[] = Object.values(value).slice(0, 20);
  return entries.reduce<number>((sum, entry) => sum + 1 + countFields(entry), 0);
}

const NUMBERS = [
  "1e400",
  "-1e400",
  "-0",
  "-0.0",
  "1e2",
  "1.0",
  "1E0",
  "01",
  "+1",
  ".5",
  "1.",
  "0x10",
  "NaN",
  "Infinity",
  "9007199254740993",
  "123456789012345678901234567890",
  `1${"0".repeat(400)}`,
];
/** Too deep for a recursion of `JSON.stringify`, so it can only be made as text. */
const DEEP = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
const ESCAPES = [
  "\\u0000",
  "\\ud800",
  "\\udc00\\ud800",
  "\\u00",
  "\\x",
  "\\",
  "\0",
  "\n",
  "\u2028",
  "\\ufeff",
];

const textMutation: Arbitrary<TextMutation> = fc.oneof(
  fc.constantFrom(...NUMBERS, DEEP).map(
    (number): TextMutation =>
      (text) =>
        text.replace(/:-?\d+/, `:${number}`),
  ),
  fc.tuple(place, fc.constantFrom(...ESCAPES)).map(
    ([at, inserted]): TextMutation =>
      (text) =>
        insertIntoString(text, at, inserted),
  ),
  fc.nat({ max: 1000 }).map(
    (share): TextMutation =>
      (text) =>
        text.slice(0, Math.floor((text.length * share) / 1000)),
  ),
  fc.constantFrom("}", "]", ",", "x", "\0", '{"type":"init","contacts":[]}', " ", "\n", "\ufeff").map(
    (tail): TextMutation =>
      (text) =>
        text + tail,
  ),
  fc.constantFrom("\ufeff", " ", "\n", ",", "[", "\0").map(
    (head): TextMutation =>
      (text) =>
        head + text,
  ),
  fc
    .tuple(
      fc.constantFrom<string>("type", "chat_id", "message", "request_id", "envelopes", "__proto__"),
      hostile,
    )
    .map(
      ([name, value]): TextMutation =>
        (text) =>
          text.replace(/^\{/, `{${JSON.stringify(name)}:${JSON.stringify(value)},`),
    ),
  fc.tuple(fc.constantFrom<string>("type", "chat_id", "message", "request_id", "__proto__"), hostile).map(
    ([name, value]): TextMutation =>
      (text) =>
        text.replace(/\}$/, `,${JSON.stringify(name)}:${JSON.stringify(value)}}`),
  ),
  fc.constantFrom("", "null", "[]", "{", '"', "[".repeat(100_000), '{"a":'.repeat(50_000)).map(
    (whole): TextMutation =>
      () =>
        whole,
  ),
  fc.constant<TextMutation>((text) => `[${text}]`),
);

function insertIntoString(text: string, at: number, inserted: string): string {
  const strings = [...text.slice(0, 10_000).matchAll(/"/g)];
  const index = strings[at % Math.max(1, strings.length)]?.index ?? 0;
  return text.slice(0, index + 1) + inserted + text.slice(index + 1);
}

/** Turns a valid frame into a text that mostly is none. */
export const mutation: Arbitrary<(frame: unknown) => string> = fc
  .tuple(fc.array(frameMutation, { maxLength: 2 }), fc.array(textMutation, { maxLength: 1 }))
  .filter(([frames, texts]) => frames.length + texts.length > 0)
  .map(([frames, texts]) => (frame: unknown) => {
    const changed = frames.reduce((value, mutate) => mutate(value), frame);
    return texts.reduce((text, mutate) => mutate(text), JSON.stringify(changed) ?? "");
  });
