import { concat, plain, randomBytes, utf8 } from "../../crypto/primitives/octets.ts";
import { TacitError } from "../../errors.ts";
import type { Sealer } from "../storage.ts";

const NONCE_LENGTH = 12;

/**
 * AES-256-GCM (NIST SP 800-38D) with the context as additional data and a random nonce in front: `nonce || ciphertext ||
 * tag`. Random nonces are good for 2^32 values under one key (section 8.3).
 */
export function webCryptoSealer(key: CryptoKey): Sealer {
  return {
    seal: async (plaintext, context) => {
      const nonce = randomBytes(NONCE_LENGTH);
      return concat(
        nonce,
        new Uint8Array(await crypto.subtle.encrypt(gcm(nonce, context), key, plain(plaintext))),
      );
    },
    open: async (sealed, context) => {
      const nonce = sealed.subarray(0, NONCE_LENGTH);
      try {
        const ciphertext = plain(sealed.subarray(NONCE_LENGTH));
        return new Uint8Array(await crypto.subtle.decrypt(gcm(nonce, context), key, ciphertext));
      } catch {
        throw new TacitError(
          "store_damaged",
          "A record of the storage does not open: it is damaged or not in its place",
        );
      }
    },
  };
}

function gcm(nonce: Uint8Array, context: string): AesGcmParams {
  return { name: "AES-GCM", iv: plain(nonce), additionalData: utf8(context) };
}
