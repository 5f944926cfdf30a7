import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { compileCleaner, isObject, type JsonSchema, setOwn } from "./clean.ts";
import { forbiddenStrings, shortPath } from "./json.ts";
import { readRule } from "./schema.ts";

/** Where a value is not valid, as a JSON pointer (RFC 6901; `/` for the whole), and why. */
export interface Violation {
  readonly path: string;
  readonly message: string;
}

/** The value, cleaned and of the schema's type, or what is wrong with it. */
export type Validated<T> =
  | { readonly valid: true; readonly value: T }
  | { readonly valid: false; readonly violations: readonly Violation[] };

/** Checks a value against the schema it was made from. Never throws, never changes its input. */
export type Validator<S extends TSchema> = (value: unknown) => Validated<Static<S>>;

/**
 * Compiles a schema into a validator with the protocol's rules for JSON bodies and frames: unknown fields are
 * dropped, `null` in an optional field means absent, strings are normalised where the schema says so, and
 * nothing is ever coerced.
 */
export function compileValidator<S extends TSchema>(schema: S): Validator<S> {
  const compiled = Compile(schema);
  const clean = compileCleaner(schema as JsonSchema);
  return (value) => {
    const cleaned = clean(value);
    if (compiled.Check(cleaned)) return { valid: true, value: cleaned as Static<S> };
    return {
      valid: false,
      violations: firstOfEach(compiled.Errors(cleaned).filter(isCause).flatMap(describe)),
    };
  };
}

/**
 * Compiles a schema for path and query parameters and form fields: like {@link compileValidator}, but numbers
 * and booleans are read from their text first, as nothing else can arrive there. An empty text where a number
 * or a boolean may be left out means that it is left out (`?limit=&before_id=`).
 */
export function compileTextValidator<S extends TSchema>(schema: S): Validator<S> {
  const validate = compileValidator(schema);
  const { properties = {}, required = [] } = schema as JsonSchema;
  return (value) => {
    if (!isObject(value)) return validate(value);
    const violations = forbiddenStrings(value);
    if (violations.length > 0) return { valid: false, violations };
    const parsed = {};
    for (const [name, text] of Object.entries(value)) {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (text === "" && isScalar(property) && !required.includes(name)) continue;
      setOwn(parsed, name, readText(property, text));
    }
    return validate(parsed);
  };
}

function isScalar(schema: JsonSchema | undefined): boolean {
  return schema?.type === "integer" || schema?.type === "boolean";
}

/** Whole numbers of any size are read, so that one beyond the limits is clamped or refused as a number. */
function readText(schema: JsonSchema | undefined, text: unknown): unknown {
  if (typeof text !== "string") return text;
  if (schema?.type === "integer" && /^-?\d{1,40}$/.test(text)) return Number(text);
  if (schema?.type === "boolean" && (text === "true" || text === "1")) return true;
  if (schema?.type === "boolean" && (text === "false" || text === "0")) return false;
  return text;
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

/**
 * A field that may be null fails three times over: as itself, as null and as either, and an object also for its
 * additional fields. Only the first helps.
 */
function isCause({ keyword, params }: SchemaError): boolean {
  if (keyword === "anyOf" || keyword === "additionalProperties") return false;
  return !(keyword === "type" && (params as { type?: unknown }).type === "null");
}

function firstOfEach(violations: readonly Violation[]): Violation[] {
  const seen = new Map<string, Violation>();
  for (const violation of violations) if (!seen.has(violation.path)) seen.set(violation.path, violation);
  return [...seen.values()];
}

function describe({ keyword, instancePath, message, params }: SchemaError): Violation[] {
  const { requiredProperties, allowedValues } = params as {
    requiredProperties?: string[];
    allowedValues?: string[];
  };
  const path = shortPath(instancePath);
  if (requiredProperties) {
    return requiredProperties.map((name) => ({
      path: shortPath(`${instancePath}/${name}`),
      message: "is required",
    }));
  }
  if (allowedValues) return [{ path, message: `must be one of: ${allowedValues.join(", ")}` }];
  if (keyword !== "~refine") return [{ path, message }];
  const broken = readRule(message);
  return [{ path: shortPath(instancePath + broken.path), message: broken.message }];
}
