import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  pbkdf2Sync,
  randomBytes,
} from "node:crypto";

/** What an existing client can do with keys, in its own formats and with Node's own cryptography alone. */

/** An X25519 key pair (RFC 7748): 32 raw bytes each, in base64. */
export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** A message key, wrapped for one recipient. */
export interface LegacyEnvelope {
  readonly key: string;
  readonly ephem_pub_key: string;
  readonly iv: string;
}

/** The names that older clients gave to the same fields. */
export interface OlderEnvelope {
  readonly wrapped: string;
  readonly ephemeral_public_key: string;
  readonly nonce: string;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** DER before the raw key (RFC 8410). */
const PKCS8 = Buffer.from("302e020100300506032b656e04220420", "hex");
const SPKI = Buffer.from("302a300506032b656e032100", "hex");

/** Makes a fresh key pair. */
export function generateKeyPair(): KeyPair {
  return exportPair(generateKeyPairSync("x25519").privateKey);
}

/** The public key that belongs to a private one; both base64. */
export function publicKeyOf(privateKey: string): string {
  return exportPair(readPrivateKey(privateKey)).publicKey;
}

function exportPair(privateKey: KeyObject): KeyPair {
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const pkcs8 = privateKey.export({ format: "der", type: "pkcs8" });
  return { publicKey: raw(spki), privateKey: raw(pkcs8) };
}

function raw(der: Buffer): string {
  return der.subarray(-KEY_BYTES).toString("base64");
}

function readPrivateKey(base64: string): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([PKCS8, bytes(base64, KEY_BYTES)]),
    format: "der",
    type: "pkcs8",
  });
}

function readPublicKey(base64: string): KeyObject {
  return createPublicKey({
    key: Buffer.concat([SPKI, bytes(base64, KEY_BYTES)]),
    format: "der",
    type: "spki",
  });
}

/** Makes a random message key, in base64. */
export function generateMessageKey(): string {
  return randomBytes(KEY_BYTES).toString("base64");
}

/** Wraps a message key for the holder of `recipientPublicKey`; with `ephemeral` as the vectors have it. */
export function wrapKey(
  messageKey: string,
  recipientPublicKey: string,
  ephemeral = generateKeyPair(),
  iv = randomBytes(NONCE_BYTES),
): LegacyEnvelope {
  const key = seal(wrappingKey(ephemeral.privateKey, recipientPublicKey), iv, bytes(messageKey, KEY_BYTES));
  return { key: key.toString("base64"), ephem_pub_key: ephemeral.publicKey, iv: iv.toString("base64") };
}

/**
 * Opens an envelope, under its present or its older names.
 *
 * @throws {Error} if it is not for this key, was changed, or if its ephemeral key is of low order.
 */
export function unwrapKey(envelope: LegacyEnvelope | OlderEnvelope, privateKey: string): string {
  const { key, ephem_pub_key, iv } = "wrapped" in envelope ? renamed(envelope) : envelope;
  return open(wrappingKey(privateKey, ephem_pub_key), bytes(iv, NONCE_BYTES), bytes(key)).toString("base64");
}

function renamed({ wrapped, ephemeral_public_key, nonce }: OlderEnvelope): LegacyEnvelope {
  return { key: wrapped, ephem_pub_key: ephemeral_public_key, iv: nonce };
}

function wrappingKey(privateKey: string, publicKey: string): Buffer {
  const shared = diffieHellman({
    privateKey: readPrivateKey(privateKey),
    publicKey: readPublicKey(publicKey),
  });
  if (shared.every((byte) => byte === 0)) throw new Error("The shared secret is zero.");
  return Buffer.from(hkdfSync("sha256", shared, "", "ren-sdk-wrap", KEY_BYTES));
}

/** Encrypts a text: the JSON that goes out as a message. */
export function encryptMessage(text: string, messageKey: string, nonce = randomBytes(NONCE_BYTES)): string {
  const ciphertext = seal(bytes(messageKey, KEY_BYTES), nonce, Buffer.from(text, "utf8"));
  return JSON.stringify({ ciphertext: ciphertext.toString("base64"), nonce: nonce.toString("base64") });
}

/** Decrypts a message. @throws {Error} if it is not for this key or was changed. */
export function decryptMessage(message: string, messageKey: string): string {
  const { ciphertext, nonce } = JSON.parse(message) as { ciphertext: string; nonce: string };
  return open(bytes(messageKey, KEY_BYTES), bytes(nonce, NONCE_BYTES), bytes(ciphertext)).toString("utf8");
}

/** A message for several people: the text once, the key for each. */
export function encryptFor(text: string, publicKeys: Readonly<Record<number, string>>) {
  const messageKey = generateMessageKey();
  const entries = Object.entries(publicKeys).map(
    ([id, publicKey]) => [id, wrapKey(messageKey, publicKey)] as const,
  );
  const envelopes: Record<string, LegacyEnvelope> = Object.fromEntries(entries);
  return { message: encryptMessage(text, messageKey), envelopes };
}

/** A message as its reader receives it. @throws {Error} if there is no envelope for this person and key. */
export function decryptFor(
  received: { readonly message: string; readonly envelopes: Readonly<Record<string, object>> | null },
  userId: number,
  privateKey: string,
): string {
  const envelope = received.envelopes?.[userId];
  if (!envelope) throw new Error(`There is no envelope for user ${userId}.`);
  return decryptMessage(received.message, unwrapKey(envelope as LegacyEnvelope | OlderEnvelope, privateKey));
}

/** The key that an old account's password stands for, in base64. */
export function masterKey(password: string, salt: string): string {
  return pbkdf2Sync(password, bytes(salt), 100_000, KEY_BYTES, "sha256").toString("base64");
}

/** The key that an old account's recovery secret stands for, in base64. */
export function recoveryKey(recoverySecret: string): string {
  return createHash("sha256").update(recoverySecret, "utf8").digest("base64");
}

/** Seals an old account's private key: `pkebymk` and `pkebyrk`. */
export function sealPrivateKey(privateKey: string, key: string, nonce = randomBytes(NONCE_BYTES)): string {
  const sealed = seal(bytes(key, KEY_BYTES), nonce, Buffer.from(privateKey, "utf8"));
  return Buffer.concat([nonce, sealed]).toString("base64");
}

/** Opens `pkebymk` or `pkebyrk`. @throws {Error} with the wrong password or recovery secret. */
export function openPrivateKey(sealed: string, key: string): string {
  const data = bytes(sealed);
  return open(bytes(key, KEY_BYTES), data.subarray(0, NONCE_BYTES), data.subarray(NONCE_BYTES)).toString(
    "utf8",
  );
}

function seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG_BYTES });
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
}

function bytes(base64: string, length?: number): Buffer {
  const decoded = Buffer.from(base64, "base64");
  if (length !== undefined && decoded.length !== length) throw new Error(`Expected ${length} bytes.`);
  return decoded;
}
