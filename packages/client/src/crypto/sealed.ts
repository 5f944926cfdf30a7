import { openAead, sealAead } from "#platform/aead";
import { CryptoError } from "./errors.ts";
import { concat, fromBase64, randomBytes, text, toBase64, utf8, wipe } from "./primitives/octets.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals octets with ChaCha20-Poly1305 (RFC 8439) under a fresh random nonce.
 *
 * @param key 32 octets.
 * @returns nonce (12) ‖ ciphertext ‖ tag (16).
 */
export function sealOctets(key: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  return concat(nonce, sealAead(key, nonce, plaintext));
}

/**
 * Opens what `sealOctets` sealed.
 *
 * @throws CryptoError `decryption_failed`, whether the key is wrong or an octet was changed: nobody can tell which.
 */
export function openOctets(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new CryptoError("decryption_failed");
  return openAead(key, sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES));
}

/** Seals a text as `pkebymk` and `pkebyrk` do. @returns base64 of nonce ‖ ciphertext ‖ tag. */
export function sealText(key: Uint8Array, plaintext: string): string {
  const octets = utf8(plaintext);
  const sealed = sealOctets(key, octets);
  wipe(octets);
  return toBase64(sealed);
}

/**
 * Opens what `sealText` sealed.
 *
 * @throws CryptoError `decryption_failed`; `malformed` if it is no base64, or what was sealed is no UTF-8.
 */
export function openText(key: Uint8Array, sealed: string): string {
  const octets = openOctets(key, fromBase64(sealed));
  try {
    return text(octets);
  } finally {
    wipe(octets);
  }
}
