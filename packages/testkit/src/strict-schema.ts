import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";

interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

type StrictValidator = (value: unknown) => string[];

const compiled = new WeakMap<TSchema, StrictValidator>();

/**
 * A validator that says everything in which a value differs from a schema: also properties that the schema does not
 * name, and times that are not in UTC.
 */
export function strictValidator(schema: TSchema): StrictValidator {
  let validator = compiled.get(schema);
  if (!validator) {
    validator = compile(schema);
    compiled.set(schema, validator);
  }
  return validator;
}

function compile(schema: TSchema): StrictValidator {
  const check = Compile(schema);
  return (value) => {
    const errors = check.Check(value)
      ? []
      : check.Errors(value).map(({ instancePath, message }) => `${instancePath || "/"} ${message}`);
    return [...errors, ...strayParts(schema as JsonSchema, value, "")];
  };
}

function strayParts(schema: JsonSchema, value: unknown, path: string): string[] {
  if (schema.anyOf) return fewest(schema.anyOf.map((branch) => strayParts(branch, value, path)));
  if (typeof value === "string" && schema.format === "date-time")
    return value.endsWith("Z") ? [] : [`${path} must end with Z`];
  if (Array.isArray(value))
    return value.flatMap((entry, index) => strayParts(schema.items ?? {}, entry, `${path}/${index}`));
  if (typeof value !== "object" || value === null || schema.type !== "object") return [];
  return Object.entries(value).flatMap(([name, entry]) => {
    const property = propertySchema(schema, name);
    return property
      ? strayParts(property, entry, `${path}/${name}`)
      : [`${path}/${name} is not in the schema`];
  });
}

function fewest(lists: readonly string[][]): string[] {
  return lists.reduce((best, list) => (list.length < best.length ? list : best));
}

function propertySchema(schema: JsonSchema, name: string): JsonSchema | undefined {
  const own = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties?.[name] : undefined;
  if (own) return own;
  const byPattern = Object.entries(schema.patternProperties ?? {}).find(([source]) =>
    new RegExp(source, "u").test(name),
  );
  if (byPattern) return byPattern[1];
  if (typeof schema.additionalProperties === "object") return schema.additionalProperties;
  return schema.additionalProperties === true ? {} : undefined;
}
