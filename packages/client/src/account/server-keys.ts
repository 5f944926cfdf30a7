import { type KeyBundle, keyEndpoints, type PublicKey } from "@tacit/protocol";
import { type AccountBundle, CryptoError, openAccountBundle, publicKeyVerifies } from "../crypto/index.ts";
import { ed25519PublicKey } from "../crypto/primitives/ed25519.ts";
import { fromBase64, toBase64 } from "../crypto/primitives/octets.ts";
import { x25519PublicKey } from "../crypto/primitives/x25519.ts";
import { TacitError } from "../errors.ts";
import type { AccountRecord } from "../store/tables.ts";
import type { Api } from "../transport/transport.ts";

/** Calls with the token of an account. */
export type Calls = Pick<Api, "call">;

/** What the server keeps of an account's keys, opened and found to be what it tells others. */
export interface ServerKeys {
  readonly bundle: AccountBundle;
  readonly keyVersion: number;
  /** The one of those given that opened it. */
  readonly masterKey: Uint8Array;
  /** `pkebyrk`, which the recovery words open. */
  readonly sealedForRecovery: string;
}

/** A rotation may come between the two questions; a third one would be more than chance. */
const TRIES = 3;

/**
 * Reads the sealed bundle and the published key. That the account's own identity signed that key is the only word there is
 * on its version.
 *
 * @param masterKeys the bundle has to open with one of them
 * @throws TacitError `damaged_keys` if it does not, or if the server publishes another key; as `Api.call`.
 *   CryptoError `unsupported_version`.
 */
export async function readServerKeys(
  api: Calls,
  userId: number,
  masterKeys: readonly Uint8Array[],
): Promise<ServerKeys> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const sealed = await api.call(keyEndpoints.getKeys, {});
    const published = await api.call(keyEndpoints.getPublicKey, { params: { id: userId } });
    if (sealed.key_version !== published.key_version) continue;
    const opened = openWith(masterKeys, sealed);
    if (!(await isPublished(opened.bundle, published, userId))) throw damagedKeys();
    return { ...opened, keyVersion: sealed.key_version, sealedForRecovery: sealed.pkebyrk };
  }
  throw damagedKeys();
}

function openWith(masterKeys: readonly Uint8Array[], { pkebymk }: KeyBundle) {
  for (const masterKey of masterKeys) {
    const bundle = openedOrNot(masterKey, pkebymk);
    if (bundle) return { bundle, masterKey };
  }
  throw damagedKeys();
}

/** The bundle, if this key opens it. @throws CryptoError `unsupported_version` */
export function openedOrNot(key: Uint8Array, sealed: string): AccountBundle | undefined {
  try {
    return openAccountBundle(key, sealed);
  } catch (error) {
    if (error instanceof CryptoError && error.code !== "unsupported_version") return undefined;
    throw error;
  }
}

async function isPublished(bundle: AccountBundle, published: PublicKey, userId: number): Promise<boolean> {
  const [publicKey, identityKey] = await Promise.all([
    x25519PublicKey(bundle.x25519),
    ed25519PublicKey(bundle.identitySeed),
  ]);
  const { key_version: keyVersion, signed_by } = published;
  const same =
    published.user_id === userId &&
    signed_by === "user" &&
    published.public_key === toBase64(publicKey) &&
    published.identity_key === toBase64(identityKey);
  const signature = fromBase64(published.signature);
  return same && (await publicKeyVerifies({ publicKey, identityKey, signature, keyVersion }));
}

/**
 * Refuses keys that cannot have become of those that this device knows: an identity never changes, and the version only
 * grows, so that a server cannot bring back an older bundle.
 *
 * @throws TacitError `damaged_keys`
 */
export function requireSuccessor(
  known: Pick<AccountRecord, "bundle" | "keyVersion">,
  { bundle, keyVersion }: Pick<ServerKeys, "bundle" | "keyVersion">,
): void {
  const kept = [{ keyVersion, x25519: bundle.x25519 }, ...bundle.old];
  const follows =
    toBase64(bundle.identitySeed) === known.bundle.identitySeed &&
    toBase64(bundle.backup) === known.bundle.backup &&
    keyVersion >= known.keyVersion &&
    kept.some((key) => key.keyVersion === known.keyVersion && toBase64(key.x25519) === known.bundle.x25519);
  if (!follows) throw damagedKeys();
}

/** @returns the error for keys of the server's that cannot be right */
export function damagedKeys(): TacitError {
  return new TacitError(
    "damaged_keys",
    "The keys that the server keeps for this account cannot be the right ones.",
  );
}
