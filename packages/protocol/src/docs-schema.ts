import type { DocumentSchema } from "./document-schema.ts";
import { type Html, html, prose } from "./html.ts";

const COMPONENT = "#/components/schemas/";

/** A table of an object's fields, or one line for anything else. */
export function schemaTable(schema: DocumentSchema): Html {
  const { properties, required = [] } = schema;
  if (!properties || Object.keys(properties).length === 0) return html`<p class="type">${typeOf(schema)}</p>`;
  const rows = Object.entries(properties).map(([name, property]) =>
    fieldRow(name, property, required.includes(name)),
  );
  return html`${schema.description && html`<p>${prose(schema.description)}</p>`}
    <table class="fields"><thead><tr><th>Field</th><th>Type</th><th>Notes</th></tr></thead><tbody>${rows}</tbody></table>`;
}

/** One field, parameter or header. */
export function fieldRow(
  name: string,
  schema: DocumentSchema,
  required: boolean,
  note = schema.description,
): Html {
  return html`<tr><th scope="row"><code>${name}</code>${!required && html` <small>optional</small>`}</th>
    <td>${typeOf(schema)}${limitsOf(schema).map((limit) => html` <small>${limit}</small>`)}</td>
    <td>${note && prose(note)}</td></tr>`;
}

/** The type in words, with links to the named ones. */
export function typeOf(schema: DocumentSchema): Html {
  const { $ref, anyOf, items, patternProperties, properties, contentMediaType } = schema;
  if ($ref) return componentLink($ref);
  if (anyOf) return separated(anyOf.map(typeOf), " or ");
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum)
    return separated(
      schema.enum.map((value) => html`<code>${value}</code>`),
      ", ",
    );
  if (items) return html`list of ${typeOf(items)}${acceptsNull(schema) && " or null"}`;
  const [entry] = Object.values(patternProperties ?? {});
  if (entry) return html`object: id → ${typeOf(entry)}`;
  if (properties && Object.keys(properties).length > 0) return inlineObject(properties);
  if (contentMediaType) return html`file`;
  return html`${[schema.type ?? "any JSON"].flat().join(" or ")}`;
}

/** The anchor of a named schema. */
export function schemaAnchor(name: string): string {
  return `schema-${name}`;
}

function componentLink(ref: string): Html {
  const name = ref.slice(COMPONENT.length);
  return html`<a href="#${schemaAnchor(name)}">${name}</a>`;
}

function inlineObject(properties: Readonly<Record<string, DocumentSchema>>): Html {
  const names = Object.keys(properties).map((name) => html`<code>${name}</code>`);
  return html`object of ${separated(names, ", ")}`;
}

function acceptsNull({ type }: DocumentSchema): boolean {
  return Array.isArray(type) && type.includes("null");
}

function separated(parts: readonly Html[], separator: string): Html {
  return html`${parts.map((part, index) => html`${index > 0 && separator}${part}`)}`;
}

function limitsOf(schema: DocumentSchema): string[] {
  return [
    range(schema.minLength, schema.maxLength, "x-max-bytes" in schema ? "bytes" : "characters"),
    range(schema.minItems, schema.maxItems, "entries"),
    range(schema.minProperties, schema.maxProperties, "entries"),
    range(schema.minimum, schema.maximum, ""),
    schema.format === "date-time" && "RFC 3339",
    schema.format === "uuid" && "UUID",
  ].filter((limit): limit is string => Boolean(limit));
}

/** The largest integer of JSON clients is no limit that anyone wants to read about. */
function range(least: unknown, most: unknown, unit: string): string | false {
  const low = typeof least === "number" && least > (unit ? 0 : 1) ? least : undefined;
  const high = typeof most === "number" && most < Number.MAX_SAFE_INTEGER ? most : undefined;
  if (low === undefined && high === undefined) return false;
  const bounds =
    high === undefined ? `at least ${low}` : low === undefined ? `at most ${high}` : `${low} to ${high}`;
  return `${bounds} ${unit}`.trim();
}
