import type { Normalization } from "./schema.ts";

/** Brings a JSON value into the form that is then checked. Never throws, never changes its input. */
export type Cleaner = (value: unknown) => unknown;

/** The part of JSON Schema (draft 2020-12) that cleaning and the documents look at. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly normalize?: Normalization;
  readonly maxLength?: number;
}

/**
 * Compiles the protocol's leniency towards what clients send: unknown fields are dropped unless the schema
 * keeps them, `null` in an optional field means absent, strings are normalised where the schema says so.
 */
export function compileCleaner(schema: JsonSchema): Cleaner {
  if (schema.anyOf) return unionCleaner(schema.anyOf);
  if (schema.type === "array" && schema.items)
    return arrayCleaner(compileCleaner(schema.items), schema.maxItems);
  if (schema.type === "object" && schema.patternProperties)
    return recordCleaner(schema, schema.patternProperties);
  if (schema.type === "object") return objectCleaner(schema);
  const { normalize, maxLength = 64 } = schema;
  if (normalize) {
    return (value) => (typeof value === "string" ? normalizeString(value, normalize, maxLength) : value);
  }
  return (value) => value;
}

/** Only unions of one kind of value and `null` occur in requests, so the branch is chosen by that. */
function unionCleaner(branches: readonly JsonSchema[]): Cleaner {
  const branch = branches.find(({ type }) => type !== "null");
  const cleanBranch = compileCleaner(branch ?? {});
  return (value) => (value === null ? null : cleanBranch(value));
}

/**
 * Of a list or record that is too long, one entry more than allowed is enough to refuse it: the rest would only
 * cost time, which is what whoever sent it may want.
 */
function arrayCleaner(cleanItem: Cleaner, maxItems = Number.POSITIVE_INFINITY): Cleaner {
  return (value) => {
    if (!Array.isArray(value)) return value;
    const items: unknown[] = value.length > maxItems ? value.slice(0, maxItems + 1) : value;
    return items.map((item) => cleanItem(item));
  };
}

function recordCleaner(
  { maxProperties = Number.POSITIVE_INFINITY }: JsonSchema,
  patterns: Readonly<Record<string, JsonSchema>>,
): Cleaner {
  const rules = Object.entries(patterns).map(
    ([pattern, schema]) => [new RegExp(pattern, "u"), compileCleaner(schema)] as const,
  );
  return (value) => {
    if (!isObject(value)) return value;
    const result = {};
    let kept = 0;
    for (const key of Object.keys(value)) {
      const rule = rules.find(([pattern]) => pattern.test(key));
      if (!rule) continue;
      setOwn(result, key, rule[1](value[key]));
      kept += 1;
      if (kept > maxProperties) break;
    }
    return result;
  };
}

function objectCleaner(schema: JsonSchema): Cleaner {
  const fields = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    cleanField: compileCleaner(property),
    nullIsAbsent: !schema.required?.includes(name) && !acceptsNull(property),
  }));
  const known = new Set(fields.map(({ name }) => name));
  const keep = keepsUnknown(schema.additionalProperties);
  return (value) => {
    if (!isObject(value)) return value;
    const result = {};
    for (const { name, cleanField, nullIsAbsent } of fields) {
      if (!Object.hasOwn(value, name) || (nullIsAbsent && value[name] === null)) continue;
      setOwn(result, name, cleanField(value[name]));
    }
    if (keep) {
      for (const [name, entry] of Object.entries(value)) {
        if (!known.has(name) && keep(entry)) setOwn(result, name, entry);
      }
    }
    return result;
  };
}

/** Unknown fields of another type than the schema keeps are unknown fields like any other: ignored. */
function keepsUnknown(
  additional: boolean | JsonSchema | undefined,
): ((entry: unknown) => boolean) | undefined {
  if (additional === true) return () => true;
  if (typeof additional !== "object") return undefined;
  return (entry) => typeof entry === additional.type;
}

function acceptsNull(schema: JsonSchema): boolean {
  return schema.type === "null" || (schema.anyOf?.some(acceptsNull) ?? false);
}

/** UTF-16 units that one character of NFC can take before: 4 code points, each a pair. */
const MOST_UNITS = 8;

/**
 * Normalising takes time that grows with the square of a run of combining marks: minutes for a body full of them. So
 * what will be refused for its length anyway is left as it is.
 */
function normalizeString(value: string, how: Normalization, maxLength: number): string {
  const trimmed = value.trim();
  if (trimmed.length > maxLength * MOST_UNITS) return trimmed;
  const normal = trimmed.normalize("NFC");
  return how === "lowercase" ? normal.toLowerCase() : normal;
}

/** An assignment to `__proto__` would change the prototype instead of adding a field. */
export function setOwn(target: object, name: string, value: unknown): void {
  if (name !== "__proto__") (target as Record<string, unknown>)[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

/** True for a JSON object: neither `null` nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
