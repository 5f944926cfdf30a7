import type { Static, TSchema } from "typebox";

/** The keywords that schemas of answers are made of; what is not among them does not occur, and a test sees to that. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly "~refine"?: readonly { readonly check: (value: never) => boolean }[];
}

/**
 * Whether a value is what a schema of the protocol says (JSON Schema, draft 2020-12, as far as answers need it). Interpreted,
 * since a strict Content-Security-Policy allows no `eval`; and not TypeBox's own interpreter, which would be a tenth of the SDK
 * in a browser. A property test holds it to that one.
 */
export function check<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  return holds(schema as Schema, value);
}

function holds(schema: Schema, value: unknown): boolean {
  if ("const" in schema && value !== schema.const) return false;
  if (schema.enum && !schema.enum.includes(value)) return false;
  if (schema.anyOf && !schema.anyOf.some((branch) => holds(branch, value))) return false;
  if (schema.type !== undefined && !OF_TYPE[schema.type]?.(value, schema)) return false;
  return (schema["~refine"] ?? []).every(({ check: rule }) => rule(value as never));
}

const OF_TYPE: Readonly<Record<string, (value: unknown, schema: Schema) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === "boolean",
  number: (value, schema) => typeof value === "number" && Number.isFinite(value) && isWithin(value, schema),
  integer: (value, schema) => Number.isInteger(value) && isWithin(value as number, schema),
  string: (value, schema) => typeof value === "string" && isText(value, schema),
  array: (value, schema) => Array.isArray(value) && isList(value, schema),
  object: (value, schema) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && isObject(value, schema),
};

function isWithin(value: number, { minimum = -Infinity, maximum = Infinity }: Schema): boolean {
  return value >= minimum && value <= maximum;
}

function isText(value: string, { minLength = 0, maxLength = Infinity, pattern, format }: Schema): boolean {
  if (pattern !== undefined && !regExp(pattern).test(value)) return false;
  if (format === "date-time" && !isTime(value)) return false;
  // Characters are code points, of which there are at most as many as UTF-16 units and at least half of them.
  if (value.length <= maxLength && value.length >= 2 * minLength) return true;
  const characters = value.length > 2 * maxLength ? Infinity : [...value].length;
  return characters >= minLength && characters <= maxLength;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/** RFC 3339, in UTC with a `Z`: what the protocol says. */
function isTime(value: string): boolean {
  return TIME.test(value) && !Number.isNaN(Date.parse(value));
}

function isList(value: readonly unknown[], { items, maxItems = Infinity }: Schema): boolean {
  return value.length <= maxItems && (!items || value.every((item) => holds(items, item)));
}

function isObject(value: object, schema: Schema): boolean {
  const { properties = {}, required = [], minProperties = 0, maxProperties = Infinity } = schema;
  if (!required.every((name) => Object.hasOwn(value, name))) return false;
  const entries = Object.entries(value);
  if (entries.length < minProperties || entries.length > maxProperties) return false;
  return entries.every(([name, field]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return property ? holds(property, field) : isFurther(name, field, schema);
  });
}

/** A field that is not named by the schema: those of a later release are allowed. */
function isFurther(
  name: string,
  field: unknown,
  { patternProperties = {}, additionalProperties }: Schema,
): boolean {
  for (const [pattern, schema] of Object.entries(patternProperties))
    if (regExp(pattern).test(name)) return holds(schema, field);
  return typeof additionalProperties === "object"
    ? holds(additionalProperties, field)
    : additionalProperties !== false;
}

const compiled = new Map<string, RegExp>();

function regExp(pattern: string): RegExp {
  const known = compiled.get(pattern) ?? new RegExp(pattern, "u");
  compiled.set(pattern, known);
  return known;
}
