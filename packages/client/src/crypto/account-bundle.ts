import { CryptoError } from "./errors.ts";
import { exactObject, jsonObject, octets32, parseJson, u32 } from "./json-shape.ts";
import { randomBytes, toBase64 } from "./primitives/octets.ts";
import { generateX25519 } from "./primitives/x25519.ts";
import { openText, sealText } from "./sealed.ts";

/** A private key that was in use before, and the version under which its public key was published. */
export interface OldKey {
  /** 1 for the first key of an account, one more with every rotation. */
  readonly keyVersion: number;
  /** X25519 private key (RFC 7748), 32 octets. */
  readonly x25519: Uint8Array;
}

/** All the secrets of an account (CRYPTO.md, section 3); every key has 32 octets. */
export interface AccountBundle {
  /** The present X25519 private key (RFC 7748): opens what others send. */
  readonly x25519: Uint8Array;
  /** The seed of the Ed25519 identity key (RFC 8032, section 5.1.5): signs keys and messages. */
  readonly identitySeed: Uint8Array;
  /** Seals the vault. */
  readonly backup: Uint8Array;
  /** Earlier private keys, newest first: without them rotation would make history unreadable. */
  readonly old: readonly OldKey[];
}

/** As many as surely fit into the 8 KiB that the server takes for a sealed bundle. */
const MOST_OLD_KEYS = 64;

/** Makes the secrets of a new account. */
export async function newAccountBundle(): Promise<AccountBundle> {
  const { privateKey } = await generateX25519();
  return { x25519: privateKey, identitySeed: randomBytes(32), backup: randomBytes(32), old: [] };
}

/**
 * Seals a bundle, as `pkebymk` under the master key or as `pkebyrk` under the recovery sealing key.
 *
 * @param key 32 octets.
 * @returns base64(nonce (12) ‖ ChaCha20-Poly1305 of the JSON), in which every key is standard base64.
 */
export function sealAccountBundle(key: Uint8Array, bundle: AccountBundle): string {
  const document = {
    v: 2,
    x25519: toBase64(bundle.x25519),
    ed25519: toBase64(bundle.identitySeed),
    backup: toBase64(bundle.backup),
    old: bundle.old.map(({ keyVersion, x25519 }) => ({ key_version: keyVersion, x25519: toBase64(x25519) })),
  };
  return sealText(key, JSON.stringify(document));
}

/**
 * Opens `pkebymk` or `pkebyrk` of a v2 account.
 *
 * @throws CryptoError `decryption_failed` for a wrong key (so for a wrong password, too) or changed octets;
 *   `unsupported_version` for a bundle of a later release; `malformed` for what is none. A field that is not known is refused: sealing again would lose it.
 */
export function openAccountBundle(key: Uint8Array, sealed: string): AccountBundle {
  const json = jsonObject(parseJson(openText(key, sealed)));
  if (u32(json.v) > 2) throw new CryptoError("unsupported_version");
  const { v, x25519, ed25519, backup, old } = exactObject(json, ["v", "x25519", "ed25519", "backup", "old"]);
  if (v !== 2) throw new CryptoError("malformed");
  return {
    x25519: octets32(x25519),
    identitySeed: octets32(ed25519),
    backup: octets32(backup),
    old: oldKeys(old),
  };
}

function oldKeys(value: unknown): OldKey[] {
  if (!Array.isArray(value)) throw new CryptoError("malformed");
  const keys = value.map(oldKey);
  if (new Set(keys.map(({ keyVersion }) => keyVersion)).size !== keys.length)
    throw new CryptoError("malformed");
  return newestFirst(keys);
}

function oldKey(value: unknown): OldKey {
  const { key_version, x25519 } = exactObject(value, ["key_version", "x25519"]);
  return { keyVersion: u32(key_version), x25519: octets32(x25519) };
}

/**
 * Replaces the X25519 key by a new one and moves the present one to the old ones. Identity and backup key stay.
 *
 * @param keyVersion the version of the key that is present in `bundle`; the new one is published with the next.
 * @throws CryptoError `malformed` if an old key has that version or a higher one; `too_many_keys` if there are
 *   64 old ones already.
 */
export async function rotateAccountBundle(bundle: AccountBundle, keyVersion: number): Promise<AccountBundle> {
  if (u32(keyVersion) === 0xffff_ffff) throw new CryptoError("malformed");
  if (bundle.old.some((key) => key.keyVersion >= keyVersion)) throw new CryptoError("malformed");
  if (bundle.old.length >= MOST_OLD_KEYS) throw new CryptoError("too_many_keys");
  const { privateKey } = await generateX25519();
  const retired = { keyVersion, x25519: Uint8Array.from(bundle.x25519) };
  return { ...bundle, x25519: privateKey, old: newestFirst([...bundle.old, retired]) };
}

/**
 * The private key whose public key was published as `wanted`.
 *
 * @param present the version of `bundle.x25519`.
 */
export function privateKeyOfVersion(
  bundle: AccountBundle,
  present: number,
  wanted: number,
): Uint8Array | undefined {
  if (wanted === present) return bundle.x25519;
  return bundle.old.find(({ keyVersion }) => keyVersion === wanted)?.x25519;
}

/** All private keys, newest first: an envelope does not say for which one it was made. */
export function privateKeys(bundle: AccountBundle): readonly Uint8Array[] {
  return [bundle.x25519, ...newestFirst(bundle.old).map(({ x25519 }) => x25519)];
}

function newestFirst(keys: readonly OldKey[]): OldKey[] {
  return [...keys].sort((a, b) => b.keyVersion - a.keyVersion);
}
