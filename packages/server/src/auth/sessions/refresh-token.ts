import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { KeyedHash } from "../keyed-hash.ts";

const FAMILY_BYTES = 16;
const SECRET_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * 48 random bytes: the first 16 stay for the life of a session (its family), the rest are new at every refresh. So
 * any replaced token, however old, is known for what it is, and a session stores the same few hashes for ever.
 */
export interface RefreshToken {
  /** What the client holds: 64 characters of base64url (RFC 4648, section 5). */
  readonly text: string;
  readonly familyHash: Buffer;
  /** Keyed hash of the whole. */
  readonly hash: Buffer;
}

/** Makes and reads refresh tokens. */
export interface RefreshTokens {
  /** The first token of a new session. */
  first(): RefreshToken;
  /** A fresh token of the same session. */
  next(token: RefreshToken): RefreshToken;
  /** @returns nothing for a text that cannot be a refresh token. */
  read(text: string): RefreshToken | undefined;
}

/** @param hashOf keys the stored hashes. */
export function refreshTokens(hashOf: KeyedHash): RefreshTokens {
  const fromBytes = (bytes: Buffer): RefreshToken => ({
    text: bytes.toString("base64url"),
    familyHash: hashOf("refresh token family", bytes.subarray(0, FAMILY_BYTES)),
    hash: hashOf("refresh token", bytes),
  });
  return {
    first: () => fromBytes(randomBytes(FAMILY_BYTES + SECRET_BYTES)),
    next: ({ text }) => fromBytes(Buffer.concat([familyOf(text), randomBytes(SECRET_BYTES)])),
    read: (text) =>
      /^[A-Za-z0-9_-]{64}$/.test(text) ? fromBytes(Buffer.from(text, "base64url")) : undefined,
  };
}

function familyOf(text: string): Buffer {
  return Buffer.from(text, "base64url").subarray(0, FAMILY_BYTES);
}

/** Seals a token with AES-256-GCM under a key that only the holder of the token it replaces can derive. */
export function sealUnder(replaced: RefreshToken, next: RefreshToken): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", sealingKey(replaced), nonce);
  return Buffer.concat([nonce, cipher.update(next.text, "ascii"), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Undoes {@link sealUnder}.
 *
 * @throws {Error} if it was sealed under another token.
 */
export function openSealed(replaced: RefreshToken, sealed: Buffer): string {
  const decipher = createDecipheriv("aes-256-gcm", sealingKey(replaced), sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return (
    decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "ascii") + decipher.final("ascii")
  );
}

/** HKDF-SHA256 (RFC 5869). */
function sealingKey({ text }: RefreshToken): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", Buffer.from(text, "base64url"), "", "tacit/refresh-reuse", 32));
}
