import { createHmac } from "node:crypto";

/** HMAC-SHA256 (RFC 2104) of a value, apart for every purpose: one key serves them all without their meeting. */
export type KeyedHash = (purpose: string, ...parts: readonly (string | Uint8Array)[]) => Buffer;

/** Hashes under which secrets are stored, so that a copy of the database alone opens nothing. */
export function keyedHash(key: Uint8Array): KeyedHash {
  return (purpose, ...parts) => {
    const hmac = createHmac("sha256", key);
    // Lengths in front keep ("ab", "c") and ("a", "bc") apart.
    for (const part of [purpose, ...parts]) hmac.update(`${Buffer.byteLength(part)}:`).update(part);
    return hmac.digest();
  };
}
