import type { Octets } from "../crypto/primitives/octets.ts";

/**
 * ChaCha20-Poly1305 (RFC 8439, section 2.8) without additional data.
 * @param key 32 octets
 * @param nonce 12 octets; never twice with one key
 * @returns the ciphertext, as long as the plaintext, and the tag of 16 octets after it
 * @throws CryptoError `wrong_length`
 */
export type SealAead = (key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array) => Octets;

/**
 * The reverse of {@link SealAead}.
 * @throws CryptoError `wrong_length`; `decryption_failed` if key, nonce, ciphertext or tag is not the one it was.
 */
export type OpenAead = (key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array) => Octets;

/** Length of a key in octets. */
export const KEY_LENGTH = 32;
/** Length of a nonce in octets. */
export const NONCE_LENGTH = 12;
/** Length of a tag in octets: by so much is the sealed longer than the plaintext. */
export const TAG_LENGTH = 16;
