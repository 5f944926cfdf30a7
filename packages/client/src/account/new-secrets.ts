import type { Kdf } from "@tacit/protocol";
import {
  type AccountBundle,
  CURRENT_KDF,
  newSalt,
  recoveryKeys,
  sealAccountBundle,
  signPublicKey,
  stretchPassword,
} from "../crypto/index.ts";
import { ed25519PublicKey } from "../crypto/primitives/ed25519.ts";
import { toBase64, wipe } from "../crypto/primitives/octets.ts";
import { x25519PublicKey } from "../crypto/primitives/x25519.ts";

/** What becomes of a new password. */
export interface NewPassword {
  /** Goes to the server in the place of the password. */
  readonly auth: string;
  readonly masterKey: Uint8Array;
  /** Base64. */
  readonly salt: string;
  readonly kdf: Kdf;
}

/** Stretches a new password under a salt of its own. @throws CryptoError `malformed` for text that is not Unicode */
export async function stretchNewPassword(login: string, password: string): Promise<NewPassword> {
  const salt = newSalt();
  const stretched = await stretchPassword({ login, password, salt, kdf: CURRENT_KDF });
  return { ...stretched, salt, kdf: CURRENT_KDF };
}

/** What the server is given so that the recovery words open the account. @param entropy of the words, 16 octets */
export function recoveryFields(entropy: Uint8Array, bundle: AccountBundle) {
  const { sealingKey, auth } = recoveryKeys(entropy);
  const pkebyrk = sealAccountBundle(sealingKey, bundle);
  wipe(sealingKey);
  return { pkebyrk, recovery_auth: auth };
}

/** The public key of a bundle as its owner publishes it under a version. */
export async function publicKeyFields(bundle: AccountBundle, keyVersion: number) {
  const publicKey = await x25519PublicKey(bundle.x25519);
  return {
    public_key: toBase64(publicKey),
    identity_key: toBase64(await ed25519PublicKey(bundle.identitySeed)),
    signature: toBase64(await signPublicKey(bundle.identitySeed, publicKey, keyVersion)),
    key_version: keyVersion,
  };
}
