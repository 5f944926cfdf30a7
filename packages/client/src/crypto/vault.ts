import { CryptoError } from "./errors.ts";
import { isJsonObject, isU32, type JsonObject, parseJson } from "./json-shape.ts";
import { hkdfSha256 } from "./primitives/kdf.ts";
import { checkLength, fromBase64, text, utf8, wipe } from "./primitives/octets.ts";
import { openOctets, sealOctets } from "./sealed.ts";

/** The identity key that was first seen of someone (CRYPTO.md, section 5). */
export interface Pin {
  /** Ed25519 public key, base64 of 32 octets. */
  readonly identity_key: string;
  /** The highest version seen of the key that it signs. */
  readonly key_version: number;
  readonly [later: string]: unknown;
}

/** Someone whose safety number was compared. It counts only as long as the pinned identity key is this one. */
export interface VerifiedContact {
  /** Ed25519 public key, base64 of 32 octets. */
  readonly identity_key: string;
  /** RFC 3339, in UTC with a `Z`. */
  readonly verified_at: string;
  readonly [later: string]: unknown;
}

/**
 * What an account's devices share. Fields that are not known, at any depth, are kept: a device with a later release wrote
 * them. Nothing in it is a secret key.
 */
export interface VaultContents {
  /** Version of the format. */
  readonly v: 1;
  /** By the decimal id of the user. */
  readonly pins: Readonly<Record<string, Pin>>;
  /** By the decimal id of the user. */
  readonly verified: Readonly<Record<string, VerifiedContact>>;
  /** Whatever else the devices of an account share. */
  readonly settings: JsonObject;
  readonly [later: string]: unknown;
}

/** The vault of a new account. */
export function emptyVault(): VaultContents {
  return { v: 1, pins: {}, verified: {}, settings: {} };
}

/**
 * Seals the vault for `PUT /users/me/vault`.
 *
 * @param backup the bundle's backup key, 32 octets; the vault's own key is HKDF-SHA256 of it (RFC 5869), info "tacit/v2/vault".
 * @returns nonce (12) ‖ ChaCha20-Poly1305 of the JSON in UTF-8. The server takes at most 256 KiB.
 * @throws CryptoError `malformed` for contents that no device could read again.
 */
export function sealVault(backup: Uint8Array, contents: VaultContents): Uint8Array {
  if (!isVault(contents)) throw new CryptoError("malformed");
  const key = vaultKey(backup);
  const plaintext = utf8(JSON.stringify(contents));
  const sealed = sealOctets(key, plaintext);
  wipe(key, plaintext);
  return sealed;
}

/**
 * Opens the vault as `GET /users/me/vault` answered it. An earlier vault of the same account opens, too: a pin that was set
 * on this device outranks it.
 *
 * @throws CryptoError `decryption_failed` for another account's vault or changed octets;
 *   `unsupported_version` for one of a later release; `malformed` for other contents.
 */
export function openVault(backup: Uint8Array, sealed: Uint8Array): VaultContents {
  const key = vaultKey(backup);
  try {
    const plaintext = openOctets(key, sealed);
    const contents = parseJson(text(plaintext));
    wipe(plaintext);
    if (isLater(contents)) throw new CryptoError("unsupported_version");
    if (!isVault(contents)) throw new CryptoError("malformed");
    return contents;
  } finally {
    wipe(key);
  }
}

function vaultKey(backup: Uint8Array): Uint8Array {
  checkLength(backup, 32);
  return hkdfSha256(backup, "tacit/v2/vault", 32);
}

function isLater(value: unknown): boolean {
  return isJsonObject(value) && isU32(value.v) && value.v > 1;
}

function isVault(value: unknown): value is VaultContents {
  if (!isJsonObject(value)) return false;
  const { v, pins, verified, settings } = value;
  return v === 1 && isByUser(pins, isPin) && isByUser(verified, isVerifiedContact) && isJsonObject(settings);
}

function isByUser(value: unknown, isEntry: (entry: unknown) => boolean): boolean {
  return isJsonObject(value) && Object.entries(value).every(([id, entry]) => isUserId(id) && isEntry(entry));
}

function isUserId(id: string): boolean {
  return /^[1-9]\d*$/.test(id) && Number.isSafeInteger(Number(id));
}

function isPin(value: unknown): boolean {
  return isJsonObject(value) && isIdentityKey(value.identity_key) && isU32(value.key_version);
}

function isVerifiedContact(value: unknown): boolean {
  return isJsonObject(value) && isIdentityKey(value.identity_key) && isTime(value.verified_at);
}

function isIdentityKey(value: unknown): boolean {
  return typeof value === "string" && value.length === 44 && fromBase64(value).length === 32;
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && RFC_3339_UTC.test(value) && !Number.isNaN(Date.parse(value));
}

const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
