import { createCipheriv, createDecipheriv } from "node:crypto";
import { CryptoError } from "../crypto/errors.ts";
import { checkLength, type Octets } from "../crypto/primitives/octets.ts";
import { KEY_LENGTH, NONCE_LENGTH, type OpenAead, type SealAead, TAG_LENGTH } from "./aead.ts";

const ALGORITHM = "chacha20-poly1305";
const OPTIONS = { authTagLength: TAG_LENGTH };

/** OpenSSL's: eight times as fast as JavaScript. */
export const sealAead: SealAead = (key, nonce, plaintext) => {
  checkLength(key, KEY_LENGTH);
  checkLength(nonce, NONCE_LENGTH);
  const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS);
  // Into memory of its own: small Buffers share theirs with strangers.
  const sealed = new Uint8Array(plaintext.length + TAG_LENGTH);
  sealed.set(cipher.update(plaintext));
  cipher.final();
  sealed.set(cipher.getAuthTag(), plaintext.length);
  return sealed;
};

/** OpenSSL's: eight times as fast as JavaScript. */
export const openAead: OpenAead = (key, nonce, sealed) => {
  checkLength(key, KEY_LENGTH);
  checkLength(nonce, NONCE_LENGTH);
  if (sealed.length < TAG_LENGTH) throw new CryptoError("decryption_failed");
  const decipher = createDecipheriv(ALGORITHM, key, nonce, OPTIONS);
  decipher.setAuthTag(sealed.subarray(-TAG_LENGTH));
  const unverified = decipher.update(sealed.subarray(0, -TAG_LENGTH));
  return verified(decipher, unverified);
};

function verified(decipher: { final(): unknown }, plaintext: Uint8Array): Octets {
  try {
    decipher.final();
    return new Uint8Array(plaintext);
  } catch {
    throw new CryptoError("decryption_failed");
  } finally {
    plaintext.fill(0);
  }
}
