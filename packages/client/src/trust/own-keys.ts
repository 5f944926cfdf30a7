import type { AccountBundle } from "../crypto/index.ts";
import { ed25519PublicKey } from "../crypto/primitives/ed25519.ts";
import { toBase64 } from "../crypto/primitives/octets.ts";
import { x25519PublicKey } from "../crypto/primitives/x25519.ts";

/** What this account's secrets are at the moment: as much of `account/` as trust and messages need. */
export interface OwnSecrets {
  readonly userId: number;
  bundle(): AccountBundle;
  /** X25519 private keys, newest first. */
  privateKeys(): readonly Uint8Array[];
  /** Looks whether another device has rotated the keys. @returns true if there are new ones now */
  refresh(): Promise<boolean>;
}

/** My Ed25519 identity key, 32 octets. */
export function ownIdentity(keys: OwnSecrets): Promise<Uint8Array> {
  return ed25519PublicKey(keys.bundle().identitySeed);
}

/** My present X25519 public key, base64. */
export async function ownPublicKey(keys: OwnSecrets): Promise<string> {
  return toBase64(await x25519PublicKey(keys.bundle().x25519));
}
