import { openAead, sealAead } from "#platform/aead";
import { KEY_LENGTH, NONCE_LENGTH } from "../platform/aead.ts";
import { CryptoError } from "./errors.ts";
import { jsonObject, parseJson } from "./json-shape.ts";
import type { EncryptedText } from "./message-signature.ts";
import { fromBase64, type Octets, randomBytes, text, toBase64, utf8, wipe } from "./primitives/octets.ts";

/** A new key for one message and its files, 32 octets. An edit takes a new one. */
export function newMessageKey(): Octets {
  return randomBytes(KEY_LENGTH);
}

/**
 * Encrypts the text of a message: ChaCha20-Poly1305 (RFC 8439) of its UTF-8 under a fresh random nonce.
 *
 * @param messageKey 32 octets
 * @param plaintext any text, the empty one too
 * @returns what `JSON.stringify` makes the field `message` of, and `signMessage` a signed one
 * @throws CryptoError `wrong_length`; `malformed` for a text with an unpaired surrogate.
 */
export function encryptText(messageKey: Uint8Array, plaintext: string): EncryptedText {
  const octets = utf8(plaintext);
  const nonce = randomBytes(NONCE_LENGTH);
  const ciphertext = sealAead(messageKey, nonce, octets);
  wipe(octets);
  return { ciphertext: toBase64(ciphertext), nonce: toBase64(nonce) };
}

/**
 * Decrypts the text of a message. That it is its sender's, and the latest, is what `verifyMessage` says.
 *
 * @param messageKey 32 octets
 * @param message the field `message`: JSON of `ciphertext`, `nonce` and whatever else
 * @throws CryptoError `malformed`, `wrong_length`, `decryption_failed`.
 */
export function decryptText(messageKey: Uint8Array, message: string): string {
  const { ciphertext, nonce } = jsonObject(parseJson(message));
  if (typeof ciphertext !== "string" || typeof nonce !== "string") throw new CryptoError("malformed");
  const octets = openAead(messageKey, fromBase64(nonce), fromBase64(ciphertext));
  try {
    return text(octets);
  } finally {
    wipe(octets);
  }
}
