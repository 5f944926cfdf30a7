import type { PublicKey } from "@tacit/protocol";
import { CryptoError } from "../crypto/errors.ts";
import { newMessageKey, publicKeyVerifies, sealEnvelope } from "../crypto/index.ts";
import { fromBase64 } from "../crypto/primitives/octets.ts";
import type { KnownKey, PinRecord } from "../store/tables.ts";

/** A public key that is whole and signed by whoever it says, and that one can encrypt to. Whose it is, is another question. */
export interface CheckedKey extends KnownKey {
  readonly publicKey: string;
}

/**
 * Checks a public key as a server delivered it.
 *
 * @param pin a key that was checked before is not checked again
 * @returns `undefined` for one that must not be used: no X25519 key, of small order (RFC 7748, section 6.1), or with a
 *   signature that does not verify. The identity is `null` if the server signed: its directory key is nobody's identity.
 */
export async function checkKey(key: PublicKey, pin: PinRecord | undefined): Promise<CheckedKey | undefined> {
  const checked = {
    publicKey: key.public_key,
    keyVersion: key.key_version,
    identityKey: key.signed_by === "user" ? key.identity_key : null,
  };
  if (pin && isSameKey(pin, checked)) return checked;
  return (await isSound(key)) ? checked : undefined;
}

/** Whether they agree in everything. */
function isSameKey(one: KnownKey, other: KnownKey): boolean {
  return (
    one.publicKey === other.publicKey &&
    one.keyVersion === other.keyVersion &&
    one.identityKey === other.identityKey
  );
}

async function isSound(key: PublicKey): Promise<boolean> {
  try {
    const publicKey = fromBase64(key.public_key);
    const signed = {
      publicKey,
      identityKey: fromBase64(key.identity_key),
      signature: fromBase64(key.signature),
      keyVersion: key.key_version,
    };
    if (!(await publicKeyVerifies(signed))) return false;
    // What is not usable for one envelope is not usable for any.
    await sealEnvelope(newMessageKey(), publicKey);
    return true;
  } catch (error) {
    if (error instanceof CryptoError) return false;
    throw error;
  }
}
