import { x25519 } from "@noble/curves/ed25519.js";
import { CryptoError } from "../errors.ts";
import { wipe } from "./octets.ts";
import type { X25519 } from "./x25519.ts";

/** For engines without X25519 in WebCrypto: Safari before 17, Chromium before 133, and insecure contexts. */
export const nobleX25519: X25519 = {
  generate: async () => {
    const { secretKey, publicKey } = x25519.keygen();
    return { publicKey, privateKey: secretKey };
  },
  publicKey: async (privateKey) => x25519.getPublicKey(privateKey),
  sharedSecret: async (privateKey, publicKey) => sharedSecret(privateKey, publicKey),
  agree: async (publicKey) => {
    const ephemeral = x25519.keygen();
    try {
      const secret = sharedSecret(ephemeral.secretKey, publicKey);
      return { ephemeralPublicKey: ephemeral.publicKey, sharedSecret: secret };
    } finally {
      wipe(ephemeral.secretKey);
    }
  },
};

function sharedSecret(privateKey: Uint8Array, publicKey: Uint8Array) {
  try {
    return x25519.getSharedSecret(privateKey, publicKey);
  } catch {
    // With lengths checked, only a point of small order is left to complain about.
    throw new CryptoError("zero_shared_secret");
  }
}
