import { isJsonObject, type JsonObject } from "../crypto/json-shape.ts";

/** What a plaintext that is more than text begins with (CRYPTO.md, section 4). */
const OPENING = '{"tacit":1,';

/** Levels of lists and objects within each other: deeper ones are an attack on whoever walks through them. */
const MOST_LEVELS = 64;

/** A plaintext that is a document. */
export interface TacitDocument extends JsonObject {
  readonly type: string;
}

/** Whether a text would be taken for a document. */
export function looksLikeDocument(plaintext: string): boolean {
  return plaintext.startsWith(OPENING);
}

/** @returns the document that a plaintext is, or `undefined` if it is text */
export function readDocument(plaintext: string): TacitDocument | undefined {
  if (!looksLikeDocument(plaintext)) return undefined;
  const value = parsed(plaintext);
  return isDocument(value) && isShallow(value) ? value : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isDocument(value: unknown): value is TacitDocument {
  return isJsonObject(value) && typeof value.type === "string" && value.type !== "";
}

/** Writes a document so that its first octets say that it is one. */
export function writeDocument(type: string, fields: JsonObject): string {
  const { tacit: _, type: __, ...rest } = fields;
  return JSON.stringify({ tacit: 1, type, ...rest });
}

/** Whether nothing in a JSON value nests so deep that walking through it could exhaust the stack. */
export function isShallow(value: unknown, levels = MOST_LEVELS): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (levels === 0) return false;
  return Object.values(value).every((entry) => isShallow(entry, levels - 1));
}

/** The first of these fields that is a string. */
export function textOf(document: JsonObject, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = document[name];
    if (typeof value === "string") return value;
  }
  return undefined;
}
