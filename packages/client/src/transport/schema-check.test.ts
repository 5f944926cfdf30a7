import { type EndpointDefinition, endpoints, serverEvents } from "@tacit/protocol";
import fc from "fast-check";
import type { TSchema } from "typebox";
import { Check } from "typebox/value";
import { expect, it } from "vitest";
import { check } from "./schema-check.ts";

const all: EndpointDefinition[] = Object.values(endpoints).flatMap((domain) => Object.values(domain));
const answers = all.flatMap(({ response }) => response ?? []);
const schemas: readonly TSchema[] = [...answers, ...Object.values(serverEvents).map(({ schema }) => schema)];

/** Understood, or of no consequence for what is valid. */
const KEYWORDS = new Set([
  ...[
    "type",
    "const",
    "enum",
    "anyOf",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
  ],
  ...["minProperties", "maxProperties", "items", "maxItems", "minimum", "maximum", "minLength", "maxLength"],
  ...[
    "pattern",
    "format",
    "~refine",
    "component",
    "description",
    "x-max-bytes",
    "~kind",
    "~optional",
    "~unsafe",
  ],
]);

function* parts(schema: unknown): Generator<Record<string, unknown>> {
  if (typeof schema !== "object" || schema === null) return;
  const part = schema as Record<string, unknown>;
  yield part;
  const { properties = {}, patternProperties = {}, items, anyOf = [], additionalProperties } = part;
  const inner = [
    ...Object.values(properties as object),
    ...Object.values(patternProperties as object),
    items,
  ];
  for (const next of [...inner, ...(anyOf as unknown[]), additionalProperties]) yield* parts(next);
}

it("knows every keyword that an answer's schema has", () => {
  const found = schemas.flatMap((schema) =>
    [...parts(schema)].flatMap((part) => Object.getOwnPropertyNames(part)),
  );
  expect(found.filter((keyword) => !KEYWORDS.has(keyword))).toEqual([]);
  const formats = schemas.flatMap((schema) => [...parts(schema)].flatMap(({ format }) => format ?? []));
  expect([...new Set(formats)].sort()).toEqual(["date-time", "uuid"]);
});

/** Values of a schema, and some that are nearly so. */
function valuesOf(schema: Record<string, unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: wellFormed(schema), weight: 40 }, { arbitrary: anything, weight: 1 });
}

const anything = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    -1,
    0,
    1.5,
    2 ** 53,
    "",
    "x".repeat(8193),
    [],
    {},
    true,
    "2026-01-01T00:00:00Z",
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

function wellFormed(schema: Record<string, unknown>): fc.Arbitrary<unknown> {
  if ("const" in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  if (Array.isArray(schema.anyOf)) return fc.oneof(...schema.anyOf.map(valuesOf));
  if (schema.type === "integer")
    return fc.oneof(fc.nat(), fc.constantFrom(schema.minimum ?? 0, schema.maximum ?? 1));
  if (schema.type === "array")
    return fc.array(valuesOf(schema.items as Record<string, unknown>), { maxLength: 2 });
  if (schema.type === "object") return objects(schema);
  if (schema.type === "string") return texts(schema);
  return schema.type === "boolean" ? fc.boolean() : fc.constant(null);
}

function texts({ format, pattern }: Record<string, unknown>): fc.Arbitrary<unknown> {
  if (format === "date-time")
    return fc.constantFrom("2026-11-23T00:29:35.123Z", "2026-02-30T25:00:00Z", "today");
  if (format === "uuid") return fc.uuid();
  if (typeof pattern === "string") return fc.constantFrom(`${"A".repeat(43)}=`, `${"A".repeat(86)}==`, "A");
  return fc.string({ unit: "binary", maxLength: 20 });
}

function objects(schema: Record<string, unknown>): fc.Arbitrary<unknown> {
  const properties = (schema.properties ?? {}) as Record<string, Record<string, unknown>>;
  const byPattern = Object.values(
    (schema.patternProperties ?? {}) as Record<string, Record<string, unknown>>,
  );
  const named = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, valuesOf(property)])),
    {
      requiredKeys:
        fc.sample(
          fc.subarray(Object.keys(properties), {
            minLength: Math.max(0, Object.keys(properties).length - 1),
          }),
          1,
        )[0] ?? [],
    },
  );
  const keys = fc.constantFrom("1", "42", "0", "x", "__proto__", "constructor");
  const further = fc.dictionary(keys, byPattern[0] ? valuesOf(byPattern[0]) : anything, { maxKeys: 2 });
  return fc.tuple(named, further).map(([one, other]) => ({ ...other, ...one }));
}

it("finds valid what TypeBox finds valid, and nothing else", () => {
  const verdicts = new Set<boolean>();
  for (const schema of schemas) {
    fc.assert(
      fc.property(valuesOf(schema as Record<string, unknown>), (value) => {
        const verdict = Check(schema, value);
        verdicts.add(verdict);
        expect(check(schema, value)).toBe(verdict);
      }),
      { numRuns: 60 },
    );
  }
  expect(verdicts.size).toBe(2);
});
