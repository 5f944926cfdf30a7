import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { CryptoError } from "../crypto/errors.ts";
import { checkLength } from "../crypto/primitives/octets.ts";
import { KEY_LENGTH, NONCE_LENGTH, type OpenAead, type SealAead, TAG_LENGTH } from "./aead.ts";

/** JavaScript's, since WebCrypto has no ChaCha20: 50 MB take a second, so files belong in a worker. */
export const sealAead: SealAead = (key, nonce, plaintext) => {
  checkLength(key, KEY_LENGTH);
  checkLength(nonce, NONCE_LENGTH);
  return chacha20poly1305(key, nonce).encrypt(plaintext);
};

/** JavaScript's, since WebCrypto has no ChaCha20: 50 MB take a second, so files belong in a worker. */
export const openAead: OpenAead = (key, nonce, sealed) => {
  checkLength(key, KEY_LENGTH);
  checkLength(nonce, NONCE_LENGTH);
  if (sealed.length < TAG_LENGTH) throw new CryptoError("decryption_failed");
  try {
    return chacha20poly1305(key, nonce).decrypt(sealed);
  } catch {
    throw new CryptoError("decryption_failed");
  }
};
