import type { Ed25519 } from "./ed25519.ts";
import { concat, fromBase64, plain, wipe } from "./octets.ts";

const ALGORITHM = { name: "Ed25519" };

/** PrivateKeyInfo of Ed25519 up to the seed itself (RFC 8410, section 7). */
const PKCS8_PREFIX = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32);

/** WebCrypto's own. */
export const nativeEd25519: Ed25519 = {
  publicKey: async (seed) => {
    const { x } = await crypto.subtle.exportKey("jwk", await importSeed(seed, true));
    return fromBase64(`${(x ?? "").replaceAll("-", "+").replaceAll("_", "/")}=`);
  },
  sign: async (seed, message) => {
    const key = await importSeed(seed, false);
    return new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, plain(message)));
  },
  verify: async (publicKey, message, signature) => {
    const key = await crypto.subtle.importKey("raw", plain(publicKey), ALGORITHM, false, ["verify"]);
    return crypto.subtle.verify(ALGORITHM, key, plain(signature), plain(message));
  },
};

async function importSeed(seed: Uint8Array, extractable: boolean): Promise<CryptoKey> {
  const encoded = concat(PKCS8_PREFIX, seed);
  try {
    return await crypto.subtle.importKey("pkcs8", encoded, ALGORITHM, extractable, ["sign"]);
  } finally {
    wipe(encoded);
  }
}
