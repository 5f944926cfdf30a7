import type { TSchema } from "typebox";
import type { Normalization } from "./schema.ts";
import { readRule } from "./schema.ts";

/** JSON Schema (draft 2020-12) as the documents carry it. */
export interface DocumentSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, DocumentSchema>>;
  readonly required?: readonly string[];
  readonly items?: DocumentSchema;
  readonly anyOf?: readonly DocumentSchema[];
  readonly enum?: readonly (string | number)[];
  readonly const?: string | number | boolean;
  readonly additionalProperties?: boolean | DocumentSchema;
  readonly patternProperties?: Readonly<Record<string, DocumentSchema>>;
  readonly contentMediaType?: string;
  readonly [keyword: string]: unknown;
}

/** In requests `null` in an optional field means absent, so there it is documented as allowed. */
export type Direction = "request" | "answer";

/** TypeBox keeps refinements out of sight of JSON. */
interface SourceSchema extends DocumentSchema {
  readonly component?: string;
  readonly normalize?: Normalization;
  /** What the refinements mean in JSON Schema, where it has words for them. */
  readonly documented?: DocumentSchema;
  readonly "~refine"?: readonly { error(value: unknown): string }[];
}

const NORMALIZATIONS: Readonly<Record<Normalization, string>> = {
  trim: "Surrounding spaces are removed and Unicode is normalised (NFC) before it is checked.",
  lowercase: "Surrounding spaces and case do not matter.",
};

const NULL: DocumentSchema = { type: "null" };

/**
 * Writes the protocol's schemas for a document: those with a name once, as components, and every rule of ours
 * that JSON Schema has no keyword for as a sentence in the description.
 */
export class SchemaWriter {
  readonly components: Record<string, DocumentSchema> = {};

  write(schema: TSchema, direction: Direction): DocumentSchema {
    const source = schema as SourceSchema;
    if (!source.component) return this.#writeInline(source, direction);
    const name = this.#addComponent(source, source.component, direction);
    return { $ref: `#/components/schemas/${name}` };
  }

  /** A schema that reads differently in a request gets a second name there. */
  #addComponent(source: SourceSchema, component: string, direction: Direction): string {
    const written = this.#writeInline(source, direction);
    const asAnswer = this.#writeInline(source, "answer");
    const name = isSame(written, asAnswer) ? component : `${component}Input`;
    const existing = this.components[name];
    if (existing && !isSame(existing, written)) throw new Error(`Two different schemas are named ${name}.`);
    this.components[name] = written;
    return name;
  }

  #writeInline(source: SourceSchema, direction: Direction): DocumentSchema {
    const {
      component: _,
      normalize,
      properties,
      patternProperties,
      items,
      anyOf,
      documented,
      ...keywords
    } = source;
    const description = describe(source);
    return {
      ...binaryAsMediaType(keywords),
      ...documented,
      ...(keywords.enum && { type: "string" }),
      ...(typeof keywords.additionalProperties === "object" && {
        additionalProperties: this.write(keywords.additionalProperties, direction),
      }),
      ...(properties && { properties: this.#writeProperties(source, properties, direction) }),
      ...(patternProperties && {
        patternProperties: mapValues(patternProperties, (entry) => this.write(entry, direction)),
      }),
      ...(items && { items: this.write(items, direction) }),
      ...(anyOf && this.#writeUnion(anyOf, direction)),
      ...(description && { description }),
    };
  }

  #writeProperties(
    { required }: SourceSchema,
    properties: Readonly<Record<string, DocumentSchema>>,
    direction: Direction,
  ): Record<string, DocumentSchema> {
    return mapValues(properties, (property, name) => {
      const written = this.write(property, direction);
      return direction === "request" && !required?.includes(name) ? orNull(written) : written;
    });
  }

  #writeUnion(branches: readonly DocumentSchema[], direction: Direction): DocumentSchema {
    const written = branches
      .filter(({ type }) => type !== "null")
      .map((branch) => this.write(branch, direction));
    const [only] = written;
    const hasNull = written.length < branches.length;
    if (only && written.length === 1) return hasNull ? orNull(only) : only;
    return { anyOf: hasNull ? [...written, NULL] : written };
  }
}

function orNull(schema: DocumentSchema): DocumentSchema {
  const { type } = schema;
  if (isSame(schema, {}) || acceptsNull(schema)) return schema;
  if (schema.anyOf) return { ...schema, anyOf: [...schema.anyOf, NULL] };
  if (typeof type === "string" && !schema.enum && schema.const === undefined)
    return { ...schema, type: [type, "null"] };
  const { description, ...rest } = schema;
  return { anyOf: [rest, NULL], ...(description && { description }) };
}

/** A schema without a type allows anything, so also null. */
function acceptsNull({ type, anyOf, $ref, enum: values }: DocumentSchema): boolean {
  if (anyOf) return anyOf.some(acceptsNull);
  if (Array.isArray(type)) return type.includes("null");
  return type === "null" || (type === undefined && $ref === undefined && values === undefined);
}

/** OpenAPI 3.1 has no `format: binary`: a string of bytes has a media type instead. */
function binaryAsMediaType(keywords: DocumentSchema): DocumentSchema {
  if (keywords.format !== "binary") return keywords;
  const { format: _, ...rest } = keywords;
  return { ...rest, contentMediaType: "application/octet-stream" };
}

function describe({ description, normalize, "~refine": refinements = [] }: SourceSchema): string {
  const rules = refinements.map(({ error }) => ruleSentence(error(undefined)));
  return [description, normalize && NORMALIZATIONS[normalize], ...rules].filter(Boolean).join(" ");
}

function ruleSentence(text: string): string {
  const { path, message } = readRule(text);
  if (path) return `\`${path.slice(1)}\` ${message}.`;
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
