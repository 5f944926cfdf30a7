import { CryptoError } from "../errors.ts";
import { concat, type Octets, plain, wipe } from "./octets.ts";
import type { X25519 } from "./x25519.ts";

const ALGORITHM = { name: "X25519" };

/** PrivateKeyInfo of X25519 up to the key itself (RFC 8410, section 7). */
const PKCS8_PREFIX = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 110, 4, 34, 4, 32);

/** The u coordinate that a private key is multiplied with to find its public key (RFC 7748, section 4.1). */
const BASE_POINT = Uint8Array.of(9, ...new Uint8Array(31));

/** WebCrypto's own. */
export const nativeX25519: X25519 = {
  generate: async () => {
    const pair = await generate(true);
    const exported = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
    const privateKey = exported.slice(PKCS8_PREFIX.length, PKCS8_PREFIX.length + 32);
    wipe(exported);
    return { publicKey: await raw(pair.publicKey), privateKey };
  },
  publicKey: async (privateKey) => derive(await importPrivate(privateKey), BASE_POINT),
  sharedSecret: async (privateKey, publicKey) => derive(await importPrivate(privateKey), publicKey),
  agree: async (publicKey) => {
    const ephemeral = await generate(false);
    const sharedSecret = await derive(ephemeral.privateKey, publicKey);
    return { ephemeralPublicKey: await raw(ephemeral.publicKey), sharedSecret };
  },
};

async function generate(extractable: boolean): Promise<CryptoKeyPair> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, extractable, ["deriveBits"]);
  if (!("privateKey" in pair)) throw new TypeError("X25519 makes pairs");
  return pair;
}

async function raw(publicKey: CryptoKey): Promise<Octets> {
  return new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
}

async function importPrivate(privateKey: Uint8Array): Promise<CryptoKey> {
  const encoded = concat(PKCS8_PREFIX, privateKey);
  try {
    return await crypto.subtle.importKey("pkcs8", encoded, ALGORITHM, false, ["deriveBits"]);
  } finally {
    wipe(encoded);
  }
}

async function derive(privateKey: CryptoKey, publicKey: Uint8Array): Promise<Octets> {
  const other = await crypto.subtle.importKey("raw", plain(publicKey), ALGORITHM, false, []);
  try {
    return new Uint8Array(await crypto.subtle.deriveBits({ ...ALGORITHM, public: other }, privateKey, 256));
  } catch {
    // Both keys are good X25519 keys: only the all-zero secret is refused (Secure Curves, X25519, derive bits).
    throw new CryptoError("zero_shared_secret");
  }
}
