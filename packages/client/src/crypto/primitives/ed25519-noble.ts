import { ed25519 } from "@noble/curves/ed25519.js";
import type { Ed25519 } from "./ed25519.ts";

/** For engines without Ed25519 in WebCrypto: Safari before 17, Chromium before 137, and insecure contexts. */
export const nobleEd25519: Ed25519 = {
  publicKey: async (seed) => ed25519.getPublicKey(seed),
  sign: async (seed, message) => ed25519.sign(message, seed),
  // zip215 would accept other encodings of a point than the one of RFC 8032.
  verify: async (publicKey, message, signature) =>
    ed25519.verify(signature, message, publicKey, { zip215: false }),
};
