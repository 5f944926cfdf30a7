import { createPublicKey, diffieHellman, generateKeyPairSync } from "node:crypto";

/** SubjectPublicKeyInfo of X25519 up to the key itself (RFC 8410, section 4). */
const SPKI_PREFIX = Buffer.from("302a300506032b656e032100", "hex");

/** Any private key will do: it is a multiple of 8, so what one finds to be zero, all find to be zero. */
const { privateKey } = generateKeyPairSync("x25519");

/**
 * False for a public key of small order, in any encoding: the secret shared with it is all-zero, which everybody who
 * encrypts has to refuse (RFC 7748, section 6.1).
 *
 * @param raw 32 bytes.
 */
export function isUsableX25519(raw: Uint8Array): boolean {
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
  try {
    return diffieHellman({ privateKey, publicKey }).some((byte) => byte !== 0);
  } catch {
    // OpenSSL 3 refuses such a key itself, and with two good keys nothing else can fail.
    return false;
  }
}
