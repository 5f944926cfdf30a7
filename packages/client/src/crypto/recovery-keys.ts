import { hkdfSha256 } from "./primitives/kdf.ts";
import { checkLength, randomBytes, toBase64Url } from "./primitives/octets.ts";

// Apart from the words, whose list is long: who signs in needs the keys only.

/** Octets of the secret behind the recovery words. */
export const ENTROPY_BYTES = 16;

/** What the recovery words become (CRYPTO.md, section 3). */
export interface RecoveryKeys {
  /** Seals the account bundle (`pkebyrk`); 32 octets that never leave the client. */
  readonly sealingKey: Uint8Array;
  /** `recovery_auth`, which proves to the server that somebody has the words: base64url of 32 octets. */
  readonly auth: string;
}

/** @returns 16 random octets, the secret of a new recovery key. */
export function newRecoveryEntropy(): Uint8Array {
  return randomBytes(ENTROPY_BYTES);
}

/**
 * Derives both uses of the recovery key (HKDF, RFC 5869), so that neither tells the other.
 *
 * @param entropy 16 octets, from `newRecoveryEntropy` or `readRecoveryWords`.
 * @throws CryptoError `wrong_length`.
 */
export function recoveryKeys(entropy: Uint8Array): RecoveryKeys {
  checkLength(entropy, ENTROPY_BYTES);
  const auth = hkdfSha256(entropy, "tacit/v2/recovery-auth", 32);
  return { sealingKey: hkdfSha256(entropy, "tacit/v2/recovery", 32), auth: toBase64Url(auth) };
}
