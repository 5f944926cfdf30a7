import { sha256 as nobleSha256, sha512 as nobleSha512 } from "@noble/hashes/sha2.js";
import type { Octets } from "./octets.ts";

// Not WebCrypto: what is hashed here is short, and thousands of promises cost more than thousands of hashes.

/** SHA-256 (FIPS 180-4, section 6.2): 32 octets. */
export function sha256(data: Uint8Array): Octets {
  return nobleSha256(data);
}

/** SHA-512 (FIPS 180-4, section 6.4): 64 octets. */
export function sha512(data: Uint8Array): Octets {
  return nobleSha512(data);
}
