import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { type Octets, plain, utf8 } from "./octets.ts";

/** What one Argon2id costs (RFC 9106, section 3.1). */
export interface Argon2Cost {
  /** Memory in KiB. */
  readonly m: number;
  /** Passes over the memory. */
  readonly t: number;
  /** Lanes. */
  readonly p: number;
}

/**
 * HKDF with SHA-256 (RFC 5869). Not WebCrypto's: its two trips to another thread take longer than the derivation.
 * @param keyMaterial a secret that is already random; never a password
 * @param info what the derived key is for; taken as UTF-8
 * @param length of the result in octets
 * @param salt none is the 32 zero octets of section 2.2
 */
export function hkdfSha256(keyMaterial: Uint8Array, info: string, length: number, salt?: Uint8Array): Octets {
  return hkdf(sha256, keyMaterial, salt, utf8(info), length);
}

/**
 * PBKDF2 with HMAC-SHA-256 (RFC 8018, section 5.2).
 * @param length of the result in octets
 */
export async function pbkdf2Sha256(
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Promise<Octets> {
  const key = await crypto.subtle.importKey("raw", plain(password), "PBKDF2", false, ["deriveBits"]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt: plain(salt), iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, length * 8));
}

/**
 * Argon2id, version 1.3 (RFC 9106). It blocks its thread for as long as it takes: a third of a second for 64 MiB and
 * three passes. A page that calls it needs `'wasm-unsafe-eval'` in its Content-Security-Policy.
 * @param length of the result in octets
 */
export async function argon2id(
  password: Uint8Array,
  salt: Uint8Array,
  { m, t, p }: Argon2Cost,
  length: number,
): Promise<Octets> {
  // Only who types a password needs it.
  const { argon2id: wasmArgon2id } = await import("./argon2-wasm.ts");
  const hash = await wasmArgon2id({
    password,
    salt,
    memorySize: m,
    iterations: t,
    parallelism: p,
    hashLength: length,
    outputType: "binary",
  });
  return plain(hash);
}
