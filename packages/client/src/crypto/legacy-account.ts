import { type AccountBundle, newAccountBundle } from "./account-bundle.ts";
import { octets32, u32 } from "./json-shape.ts";
import { sha256 } from "./primitives/hash.ts";
import { pbkdf2Sha256 } from "./primitives/kdf.ts";
import { checkLength, fromBase64, toBase64, utf8, wipe } from "./primitives/octets.ts";
import { openText, sealText } from "./sealed.ts";

const ITERATIONS = 100_000;

/**
 * The key that seals `pkebymk` in accounts of old clients: PBKDF2-HMAC-SHA256 (RFC 8018), 100,000 iterations. The password
 * is taken as typed: old clients do not normalise it.
 *
 * @param salt base64.
 * @returns 32 octets.
 * @throws CryptoError `malformed` for a salt that is no base64.
 */
export async function legacyMasterKey(password: string, salt: string): Promise<Uint8Array> {
  const octets = utf8(password);
  const key = await pbkdf2Sha256(octets, fromBase64(salt), ITERATIONS, 32);
  wipe(octets);
  return key;
}

/** The key that seals `pkebyrk` in accounts of old clients: SHA-256 of the recovery secret. @returns 32 octets. */
export function legacyRecoveryKey(recoverySecret: string): Uint8Array {
  const octets = utf8(recoverySecret);
  const key = sha256(octets);
  wipe(octets);
  return key;
}

/** Seals an X25519 private key as old clients do: what is sealed is its base64 text. @returns `pkebymk` or `pkebyrk`. */
export function sealLegacyPrivateKey(key: Uint8Array, privateKey: Uint8Array): string {
  return sealText(key, toBase64(privateKey));
}

/**
 * Opens `pkebymk` or `pkebyrk` of an account of an old client.
 *
 * @returns the X25519 private key, 32 octets.
 * @throws CryptoError `decryption_failed` for a wrong key (so for a wrong password, too) or changed octets; `malformed` for
 *   what is no private key, such as a v2 bundle.
 */
export function openLegacyPrivateKey(key: Uint8Array, sealed: string): Uint8Array {
  return octets32(openText(key, sealed));
}

/**
 * Makes the bundle with which an account of an old client becomes a v2 one, which is an explicit choice (CRYPTO.md,
 * section 3). The old private key only goes on reading: the server has seen the password that sealed it.
 *
 * @param privateKey the account's X25519 private key.
 * @param keyVersion its version; the new key is published with the next one.
 * @throws CryptoError `wrong_length` for a key that has not 32 octets; `malformed` for a version over 32 bits.
 */
export async function upgradeLegacyAccount(
  privateKey: Uint8Array,
  keyVersion: number,
): Promise<AccountBundle> {
  checkLength(privateKey, 32);
  const old = [{ keyVersion: u32(keyVersion), x25519: Uint8Array.from(privateKey) }];
  return { ...(await newAccountBundle()), old };
}
