import { isU32 } from "./json-shape.ts";
import { signEd25519, verifyEd25519 } from "./primitives/ed25519.ts";
import { checkLength, concat, u32le } from "./primitives/octets.ts";

/** A public key as its owner signed it (CRYPTO.md, section 2). */
export interface SignedPublicKey {
  /** X25519 (RFC 7748), 32 octets. */
  readonly publicKey: Uint8Array;
  /** Ed25519 (RFC 8032), 32 octets. */
  readonly identityKey: Uint8Array;
  /** 64 octets. */
  readonly signature: Uint8Array;
  /** u32. */
  readonly keyVersion: number;
}

/**
 * Signs a public key and its version with an identity (Ed25519, RFC 8032, over `raw public key ‖ key_version as u32 LE`).
 *
 * @param identitySeed 32 octets.
 * @returns 64 octets.
 * @throws CryptoError `wrong_length` for a key that has not 32 octets; `malformed` for a version over 32 bits.
 */
export async function signPublicKey(
  identitySeed: Uint8Array,
  publicKey: Uint8Array,
  keyVersion: number,
): Promise<Uint8Array> {
  checkLength(publicKey, 32);
  return signEd25519(identitySeed, signedOctets(publicKey, keyVersion));
}

/**
 * True if the identity key signed this public key under this version. It says nothing about whose identity that is: compare
 * it with the pinned one.
 */
export async function publicKeyVerifies(key: SignedPublicKey): Promise<boolean> {
  const { publicKey, identityKey, signature, keyVersion } = key;
  if (publicKey.length !== 32 || identityKey.length !== 32 || signature.length !== 64 || !isU32(keyVersion))
    return false;
  return verifyEd25519(identityKey, signedOctets(publicKey, keyVersion), signature);
}

function signedOctets(publicKey: Uint8Array, keyVersion: number): Uint8Array {
  return concat(publicKey, u32le(keyVersion));
}
