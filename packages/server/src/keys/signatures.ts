import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";

/** A public key as its owner signed it; all but the version in base64. */
export interface SignedKey {
  readonly publicKey: string;
  readonly identityKey: string;
  readonly signature: string;
  readonly keyVersion: number;
}

/**
 * True if the signature is the identity key's Ed25519 one (RFC 8032) over `raw public key || key_version as u32 LE`.
 * Identity keys of small order are refused: with such a key one signature fits many messages.
 */
export function signatureVerifies({ publicKey, identityKey, signature, keyVersion }: SignedKey): boolean {
  const key = bytesOf(publicKey, 32);
  const identity = bytesOf(identityKey, 32);
  const proof = bytesOf(signature, 64);
  if (!key || !identity || !proof || isWeakPoint(identity)) return false;
  return verify(null, signedBytes(key, keyVersion), ed25519Key(identity), proof);
}

/** The server's own signature, for keys of users without an identity key. */
export interface Directory {
  /** The raw Ed25519 public key in base64. */
  readonly identityKey: string;
  /** Signs the raw bytes of a key that is base64 of 32 bytes, else its UTF-8 bytes. @returns base64. */
  sign(publicKey: string, keyVersion: number): string;
}

/** @param privateKey Ed25519, PKCS #8 in DER (RFC 8410). */
export function openDirectory(privateKey: Buffer): Directory {
  const key = createPrivateKey({ key: privateKey, format: "der", type: "pkcs8" });
  const identity = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(SPKI_PREFIX.length);
  return {
    identityKey: identity.toString("base64"),
    sign: (publicKey, keyVersion) => {
      const bytes = bytesOf(publicKey, 32) ?? Buffer.from(publicKey, "utf8");
      return sign(null, signedBytes(bytes, keyVersion), key).toString("base64");
    },
  };
}

function signedBytes(key: Buffer, keyVersion: number): Buffer {
  const version = Buffer.alloc(4);
  version.writeUInt32LE(keyVersion);
  return Buffer.concat([key, version]);
}

/** Strict: text that other decoders read differently is no base64. */
function bytesOf(base64: string, length: number): Buffer | undefined {
  const bytes = Buffer.from(base64, "base64");
  return bytes.length === length && bytes.toString("base64") === base64 ? bytes : undefined;
}

/** SubjectPublicKeyInfo of Ed25519 up to the key itself (RFC 8410, section 4). */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

function ed25519Key(raw: Buffer) {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
}

/** The field of the curve: 2^255 - 19 (RFC 8032, section 5.1). */
const PRIME = 2n ** 255n - 19n;

/** The y coordinate of two of the four points of order 8; the other two have its negative. */
const ORDER_8_Y = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;

/** y of the eight points whose order divides 8: 1, -1, 0 and those of order 8. The sign of x does not matter. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([0n, 1n, PRIME - 1n, ORDER_8_Y, PRIME - ORDER_8_Y]);

/** True for points of small order, and for encodings other than the one that RFC 8032 allows for a point. */
function isWeakPoint(identity: Buffer): boolean {
  const y = BigInt(`0x${Buffer.from(identity).reverse().toString("hex")}`) & (2n ** 255n - 1n);
  return y >= PRIME || SMALL_ORDER_Y.has(y);
}
