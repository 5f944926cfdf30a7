import fc, { type Arbitrary } from "fast-check";
import type { Schema } from "./document.ts";

/** Where values come from that a schema alone cannot give: those that mean something to the server. */
export interface Vocabulary {
  /** An id for the field of this name: of something that is there, or not. */
  readonly id: (field: string) => Arbitrary<number>;
  readonly uuid: Arbitrary<string>;
  /** Begins some of the strings, so that they can be found again. */
  readonly marker: string;
}

/** How often something at the very limit is made. */
const COMMON = 400;

/** Values that a schema allows; also those at its limits. */
export function arbitraryOf(schema: Schema, vocabulary: Vocabulary, field = ""): Arbitrary<unknown> {
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf)
    return fc.oneof(
      ...schema.anyOf.map((branch) => weighted(branch, arbitraryOf(branch, vocabulary, field))),
    );
  if (Array.isArray(schema.type))
    return fc.oneof(
      ...schema.type.map((type: string) => weighted({ type }, ofType(type, schema, vocabulary, field))),
    );
  return ofType(schema.type as string | undefined, schema, vocabulary, field);
}

function weighted({ type }: Schema, arbitrary: Arbitrary<unknown>) {
  return { arbitrary, weight: type === "null" ? 1 : 5 };
}

function ofType(
  type: string | undefined,
  schema: Schema,
  vocabulary: Vocabulary,
  field: string,
): Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "number":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "integer":
      return integer(schema, vocabulary, field);
    case "string":
      return schema.format === "uuid" ? vocabulary.uuid : text(schema, vocabulary.marker);
    case "array":
      return array(schema, vocabulary, field);
    case "object":
      return object(schema, vocabulary, field);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

function integer(
  { minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: Schema,
  vocabulary: Vocabulary,
  field: string,
) {
  if (minimum === 1) return vocabulary.id(field);
  return fc.oneof(
    fc.integer({ min: minimum, max: Math.min(maximum, minimum + 3) }),
    fc.maxSafeInteger().filter((value) => value >= minimum && value <= maximum),
    fc.constantFrom(minimum, maximum),
  );
}

/** Any character but U+0000, which no string may have. */
const character = fc
  .oneof(
    fc.integer({ min: 0x01, max: 0x7f }),
    fc.integer({ min: 0x80, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((codePoint) => String.fromCodePoint(codePoint));

/** Lengths count code points, bytes are counted in UTF-8. */
function text(schema: Schema, marker: string): Arbitrary<string> {
  const { minLength = 0, maxLength = 2_000, "x-max-bytes": maxBytes = maxLength * 4 } = schema;
  const short = fc
    .string({ unit: character, minLength, maxLength: Math.min(maxLength, 30), size: "max" })
    .filter((value) => Buffer.byteLength(value) <= maxBytes);
  const marked = fc.constant(marker.slice(0, maxLength));
  const longest = fc.constantFrom("x", "\n", "é", "\u{1f600}").map((unit) => {
    const count = Math.min(maxLength, Math.floor(maxBytes / Buffer.byteLength(unit)));
    return unit.repeat(count);
  });
  const rare = maxLength > 10_000 ? 1 : 10;
  return fc.oneof(
    { arbitrary: short, weight: COMMON },
    { arbitrary: marked, weight: COMMON },
    { arbitrary: longest, weight: rare },
  );
}

function array(
  { items = {}, maxItems = 10 }: Schema,
  vocabulary: Vocabulary,
  field: string,
): Arbitrary<unknown> {
  const item = arbitraryOf(items, vocabulary, field);
  const short = fc.array(item, { maxLength: Math.min(maxItems, 5) });
  if (items.type === "object") return short;
  const longest = item.map((value) => new Array<unknown>(maxItems).fill(value));
  return fc.oneof({ arbitrary: short, weight: COMMON }, { arbitrary: longest, weight: 1 });
}

function object(schema: Schema, vocabulary: Vocabulary, field: string): Arbitrary<object> {
  const { properties = {}, required = [], minProperties = 0, maxProperties = 10 } = schema;
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, arbitraryOf(property, vocabulary, name)]),
  );
  const named: Arbitrary<object> = fc.record(model, { requiredKeys: [...required] });
  const added = addedFields(schema, vocabulary, field);
  const whole = added
    ? fc.tuple(named, added).map(([own, others]) => withoutClash(own, others, properties, maxProperties))
    : named;
  // A field that is null counts as absent.
  return minProperties === 0
    ? whole
    : whole.filter((value) => countPresent(value) >= minProperties && countPresent(value) <= maxProperties);
}

function addedFields(schema: Schema, vocabulary: Vocabulary, field: string): Arbitrary<object> | undefined {
  const { patternProperties, additionalProperties, maxProperties = 10 } = schema;
  const [entry] = Object.values(patternProperties ?? {});
  const maxKeys = Math.min(maxProperties, 4);
  if (entry)
    return fc.dictionary(vocabulary.id(field).map(String), arbitraryOf(entry, vocabulary), { maxKeys });
  if (!additionalProperties) return undefined;
  const value = additionalProperties === true ? {} : additionalProperties;
  const key = fc.oneof(fc.string({ maxLength: 10 }), fc.constantFrom(...HOSTILE_KEYS));
  return fc.dictionary(key, arbitraryOf(value, vocabulary), { maxKeys });
}

/** Names that mean something to JavaScript, or elsewhere in a frame. */
export const HOSTILE_KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "toJSON",
  "hasOwnProperty",
  "length",
  "then",
  "",
  "/~",
  "envelopes",
  "message",
  "request_id",
  "\ufeff",
] as const;

function withoutClash(own: object, others: object, properties: object, most: number): object {
  const free = Object.entries(others).filter(([name]) => !Object.hasOwn(properties, name));
  return ownFields([...Object.entries(own), ...free.slice(0, Math.max(0, most - Object.keys(own).length))]);
}

/** An object with exactly these fields: an assignment to `__proto__` would make none. */
export function ownFields(entries: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [name, value] of entries)
    Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
  return object;
}

function countPresent(value: object): number {
  return Object.values(value).filter((entry) => entry !== null).length;
}
