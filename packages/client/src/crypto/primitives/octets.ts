import { clean, concatBytes, equalBytes } from "@noble/ciphers/utils.js";
import { CryptoError } from "../errors.ts";

/** Octets in memory of their own, which WebCrypto and `postMessage` ask for; never in a SharedArrayBuffer. */
export type Octets = Uint8Array<ArrayBuffer>;

/** What `btoa` is given at a time: `String.fromCharCode` takes only so many arguments. */
const PIECE = 8192;

/** Standard base64 with padding (RFC 4648, section 4). */
export function toBase64(octets: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < octets.length; at += PIECE) {
    binary += String.fromCharCode(...octets.subarray(at, at + PIECE));
  }
  return btoa(binary);
}

/**
 * Reads standard base64 with padding (RFC 4648, section 4), strictly: each sequence of octets has one spelling.
 * @throws CryptoError `malformed` for another alphabet, white space, missing padding and non-zero trailing bits.
 */
export function fromBase64(base64: string): Octets {
  const binary = decode(base64);
  // `atob` forgives; whatever it forgave would be encoded differently.
  if (btoa(binary) !== base64) throw new CryptoError("malformed");
  const octets = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) octets[at] = binary.charCodeAt(at);
  return octets;
}

function decode(base64: string): string {
  try {
    return atob(base64);
  } catch {
    throw new CryptoError("malformed");
  }
}

/** base64url without padding (RFC 4648, section 5; RFC 7515, section 2). */
export function toBase64Url(octets: Uint8Array): string {
  return toBase64(octets).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * UTF-8 (RFC 3629).
 * @throws CryptoError `malformed` for an unpaired surrogate, which has no UTF-8 and would silently become U+FFFD.
 */
export function utf8(value: string): Octets {
  if (!value.isWellFormed()) throw new CryptoError("malformed");
  return plain(new TextEncoder().encode(value));
}

/**
 * Reads UTF-8 (RFC 3629); a byte order mark is a character like any other.
 * @throws CryptoError `malformed` for what is not UTF-8.
 */
export function text(octets: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain(octets));
  } catch {
    throw new CryptoError("malformed");
  }
}

/** The parts one after the other, in new memory. */
export function concat(...parts: Uint8Array[]): Octets {
  return concatBytes(...parts);
}

/** Compares in a time that depends on the lengths only. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return equalBytes(a, b);
}

/** An unsigned 32-bit integer, little endian. @throws CryptoError `malformed` if it is none. */
export function u32le(value: number): Octets {
  const octets = u32be(value);
  return octets.reverse();
}

/** An unsigned 32-bit integer, big endian. @throws CryptoError `malformed` if it is none. */
export function u32be(value: number): Octets {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw new CryptoError("malformed");
  const octets = new Uint8Array(4);
  new DataView(octets.buffer).setUint32(0, value);
  return octets;
}

/** An unsigned 64-bit integer, big endian. @throws CryptoError `malformed` unless it is an integer from 0 to 2^53 - 1. */
export function u64be(value: number): Octets {
  if (!Number.isSafeInteger(value) || value < 0) throw new CryptoError("malformed");
  const octets = new Uint8Array(8);
  new DataView(octets.buffer).setBigUint64(0, BigInt(value));
  return octets;
}

/** Overwrites with zeros what is not needed any more. It cannot reach copies that the engine made. */
export function wipe(...arrays: Uint8Array[]): void {
  clean(...arrays);
}

/** Octets from the system's random number generator. @param length at most 65,536 */
export function randomBytes(length: number): Octets {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** @throws CryptoError `wrong_length` unless there are exactly that many octets. */
export function checkLength(octets: Uint8Array, length: number): void {
  if (octets.length !== length) throw new CryptoError("wrong_length");
}

/** The same octets, copied only if they are in shared memory. */
export function plain(octets: Uint8Array): Octets {
  return isPlain(octets) ? octets : new Uint8Array(octets);
}

function isPlain(octets: Uint8Array): octets is Octets {
  return octets.buffer instanceof ArrayBuffer;
}
