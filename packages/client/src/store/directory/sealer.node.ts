import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { utf8 } from "../../crypto/primitives/octets.ts";
import { TacitError } from "../../errors.ts";
import type { Sealer } from "../storage.ts";

const ALGORITHM = "aes-256-gcm";
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const OPTIONS = { authTagLength: TAG_LENGTH };

/**
 * AES-256-GCM (NIST SP 800-38D) with the context as additional data and a random nonce in front: `nonce || ciphertext ||
 * tag`. Not the ChaCha20-Poly1305 of the wire, because that has no additional data here, and because it is the same
 * construction as WebCrypto's in `indexedDb()`. Random nonces are good for 2^32 values under one key (section 8.3).
 *
 * @param key 32 octets
 */
export function aesGcmSealer(key: Uint8Array): Sealer {
  return {
    seal: (plaintext, context) => seal(key, plaintext, utf8(context)),
    open: (sealed, context) => open(key, sealed, utf8(context)),
  };
}

function seal(key: Uint8Array, plaintext: Uint8Array, context: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_LENGTH);
  const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS).setAAD(context);
  const sealed = new Uint8Array(NONCE_LENGTH + plaintext.length + TAG_LENGTH);
  sealed.set(nonce);
  sealed.set(cipher.update(plaintext), NONCE_LENGTH);
  cipher.final();
  sealed.set(cipher.getAuthTag(), NONCE_LENGTH + plaintext.length);
  return sealed;
}

function open(key: Uint8Array, sealed: Uint8Array, context: Uint8Array): Uint8Array {
  if (sealed.length < NONCE_LENGTH + TAG_LENGTH) throw notOpened();
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_LENGTH), OPTIONS)
    .setAAD(context)
    .setAuthTag(sealed.subarray(-TAG_LENGTH));
  const plaintext = decipher.update(sealed.subarray(NONCE_LENGTH, -TAG_LENGTH));
  try {
    decipher.final();
  } catch {
    throw notOpened();
  }
  // Into memory of its own: small Buffers share theirs with strangers.
  return new Uint8Array(plaintext);
}

function notOpened(): TacitError {
  return new TacitError(
    "store_damaged",
    "A record of the storage does not open: it is damaged or not in its place",
  );
}
