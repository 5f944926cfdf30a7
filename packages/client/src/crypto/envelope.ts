import { openAead, sealAead } from "#platform/aead";
import { KEY_LENGTH, NONCE_LENGTH } from "../platform/aead.ts";
import { CryptoError } from "./errors.ts";
import { jsonObject } from "./json-shape.ts";
import { hkdfSha256 } from "./primitives/kdf.ts";
import { checkLength, fromBase64, type Octets, randomBytes, toBase64, wipe } from "./primitives/octets.ts";
import { agreeX25519, x25519SharedSecret } from "./primitives/x25519.ts";

/** A message's key wrapped for one recipient; all three in base64. */
export interface SealedEnvelope {
  /** The message's key and the tag, 48 octets. */
  readonly key: string;
  /** X25519 public key made for this envelope alone, 32 octets. */
  readonly ephem_pub_key: string;
  /** Nonce of 12 octets. */
  readonly iv: string;
}

/**
 * Wraps a message's key for one recipient: X25519 with a fresh pair (RFC 7748), HKDF-SHA-256 (RFC 5869),
 * ChaCha20-Poly1305 (RFC 8439). Wrap for many by starting them all: `Promise.all(members.map(...))`.
 *
 * @param messageKey 32 octets
 * @param recipientPublicKey X25519, 32 octets; whether it is the recipient's has been checked before
 * @throws CryptoError `wrong_length`; `zero_shared_secret` for a public key of small order.
 */
export async function sealEnvelope(
  messageKey: Uint8Array,
  recipientPublicKey: Uint8Array,
): Promise<SealedEnvelope> {
  checkLength(messageKey, KEY_LENGTH);
  const { ephemeralPublicKey, sharedSecret } = await agreeX25519(recipientPublicKey);
  const wrappingKey = deriveWrappingKey(sharedSecret);
  const iv = randomBytes(NONCE_LENGTH);
  const key = sealAead(wrappingKey, iv, messageKey);
  wipe(wrappingKey);
  return { key: toBase64(key), ephem_pub_key: toBase64(ephemeralPublicKey), iv: toBase64(iv) };
}

/**
 * Unwraps a message's key.
 *
 * @param envelope as it was delivered: a {@link SealedEnvelope}, or an older client's with the names `wrapped`,
 *   `ephemeral_public_key` and `nonce`
 * @param recipientPrivateKey X25519, 32 octets
 * @returns the message's key, 32 octets
 * @throws CryptoError `malformed`, `wrong_length`, `zero_shared_secret`; `decryption_failed` if it is for another key.
 */
export async function openEnvelope(envelope: unknown, recipientPrivateKey: Uint8Array): Promise<Octets> {
  const { key, ephemeralPublicKey, iv } = readEnvelope(envelope);
  const wrappingKey = deriveWrappingKey(await x25519SharedSecret(recipientPrivateKey, ephemeralPublicKey));
  try {
    const messageKey = openAead(wrappingKey, iv, key);
    checkLength(messageKey, KEY_LENGTH);
    return messageKey;
  } finally {
    wipe(wrappingKey);
  }
}

/** The secret has served its only purpose: it is wiped. */
function deriveWrappingKey(sharedSecret: Uint8Array): Octets {
  const wrappingKey = hkdfSha256(sharedSecret, "ren-sdk-wrap", KEY_LENGTH);
  wipe(sharedSecret);
  return wrappingKey;
}

function readEnvelope(envelope: unknown) {
  const fields = jsonObject(envelope);
  const older = fields.key === undefined;
  return {
    key: octetsOf(fields[older ? "wrapped" : "key"]),
    ephemeralPublicKey: publicKeyOf(fields[older ? "ephemeral_public_key" : "ephem_pub_key"]),
    iv: octetsOf(fields[older ? "nonce" : "iv"]),
  };
}

/** X25519 ignores the highest bit (RFC 7748, section 5). Nobody sends it, so it is not left for others to set. */
function publicKeyOf(base64: unknown): Octets {
  const publicKey = octetsOf(base64);
  if ((publicKey[31] ?? 0) & 0x80) throw new CryptoError("malformed");
  return publicKey;
}

function octetsOf(base64: unknown): Octets {
  if (typeof base64 !== "string") throw new CryptoError("malformed");
  return fromBase64(base64);
}
