import { CryptoError } from "./errors.ts";
import { fromBase64 } from "./primitives/octets.ts";

/** A JSON object whose fields are still to be checked. */
export interface JsonObject {
  readonly [name: string]: unknown;
}

/** @throws CryptoError `malformed`: the text itself, which may be secret, is in no error. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new CryptoError("malformed");
  }
}

/** True for a JSON object: neither a list nor `null`. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @throws CryptoError `malformed` for anything but an object. */
export function jsonObject(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new CryptoError("malformed");
  return value;
}

/**
 * An object with these fields and no other.
 *
 * @throws CryptoError `malformed`.
 */
export function exactObject(value: unknown, names: readonly string[]): JsonObject {
  const object = jsonObject(value);
  const found = Object.keys(object);
  if (found.length !== names.length || !found.every((name) => names.includes(name)))
    throw new CryptoError("malformed");
  return object;
}

/** Reads 32 octets in base64. @throws CryptoError `malformed`. */
export function octets32(value: unknown): Uint8Array {
  const octets = typeof value === "string" ? fromBase64(value) : new Uint8Array();
  if (octets.length !== 32) throw new CryptoError("malformed");
  return octets;
}

/** Reads a `key_version` or `rev`: an integer of 32 bits without a sign. @throws CryptoError `malformed`. */
export function u32(value: unknown): number {
  if (!isU32(value)) throw new CryptoError("malformed");
  return value;
}

/** True for an integer of 32 bits without a sign. */
export function isU32(value: unknown): value is number {
  return Number.isInteger(value) && typeof value === "number" && value >= 0 && value <= 0xffff_ffff;
}
