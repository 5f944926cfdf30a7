import type { FileMetadata } from "@tacit/protocol";
import canonicalize from "canonicalize";
import { CryptoError } from "./errors.ts";
import { isJsonObject, isU32, parseJson } from "./json-shape.ts";
import { signEd25519, verifyEd25519 } from "./primitives/ed25519.ts";
import { sha256 } from "./primitives/hash.ts";
import { concat, fromBase64, toBase64, u32be, u64be, utf8 } from "./primitives/octets.ts";

/** What a message's signature covers beside its text: a server cannot move the text elsewhere, or change its files. */
export interface MessageContext {
  /** The chat that it is sent to. */
  readonly chatId: number;
  /** Who sends it. */
  readonly senderId: number;
  /** UUID (RFC 9562); only `null` in messages of old clients. */
  readonly clientMessageId: string | null;
  /** The message that it answers; `null`: none. */
  readonly replyToMessageId: number | null;
  /** The protocol's `message_type`, such as `text`. */
  readonly messageType: string;
  /** As it is sent and delivered: `null` and an empty list are not the same. */
  readonly metadata: readonly FileMetadata[] | null;
}

/** The encrypted text, both fields in base64. */
export interface EncryptedText {
  /** ChaCha20-Poly1305 (RFC 8439) of the text, tag included. */
  readonly ciphertext: string;
  /** 12 octets. */
  readonly nonce: string;
}

/** What there is to know about the sender of a message. */
export interface KnownSender {
  /**
   * The pinned Ed25519 identity key, 32 octets. `undefined` for someone whose key is `signed_by: "server"`: the directory
   * key that then stands in `identity_key` is the server's, and must not be given here.
   */
  readonly identityKey: Uint8Array | undefined;
  /** The highest `rev` of this message that was verified before. */
  readonly knownRev: number | undefined;
}

/** What came of checking a message's signature. */
export type MessageVerdict =
  /** From whom it says, whole, and not older than what is known. */
  | { readonly outcome: "verified"; readonly rev: number }
  /** Its sender has no identity key: shown as "sender not verified". */
  | { readonly outcome: "unverified_sender" }
  /** Not to be shown as a message of its sender. */
  | { readonly outcome: "refused"; readonly reason: MessageRefusal };

/** Why a message is refused: `rolled_back` is an earlier edit that the server presents as the latest. */
export type MessageRefusal = "malformed" | "missing_signature" | "wrong_signature" | "rolled_back";

/**
 * Signs an encrypted message (CRYPTO.md, section 4; Ed25519, RFC 8032).
 *
 * @param identitySeed 32 octets.
 * @param rev 0 for a new message, one more with every edit.
 * @returns the text for the field `message`: JSON of `ciphertext`, `nonce`, `rev` and `sig`.
 * @throws CryptoError `malformed` for ids, a UUID or a `rev` out of range, or metadata that is no JSON.
 */
export async function signMessage(
  identitySeed: Uint8Array,
  context: MessageContext,
  { ciphertext, nonce }: EncryptedText,
  rev: number,
): Promise<string> {
  const signed = messageSignatureInput(context, { ciphertext, nonce }, rev);
  const sig = toBase64(await signEd25519(identitySeed, signed));
  return JSON.stringify({ ciphertext, nonce, rev, sig });
}

/**
 * Checks a message as it was delivered. Never throws for what a server can send.
 *
 * @param message the field `message`.
 * @param context the fields beside it.
 */
export async function verifyMessage(
  message: string,
  context: MessageContext,
  { identityKey, knownRev }: KnownSender,
): Promise<MessageVerdict> {
  const fields = readFields(message);
  if (!fields) return refused("malformed");
  if (!identityKey) return { outcome: "unverified_sender" };
  if (fields.sig === undefined) return refused("missing_signature");
  const { rev } = fields;
  if (!isU32(rev) || !(await signatureFits(fields, rev, context, identityKey)))
    return refused("wrong_signature");
  return knownRev !== undefined && rev < knownRev ? refused("rolled_back") : { outcome: "verified", rev };
}

function refused(reason: MessageRefusal): MessageVerdict {
  return { outcome: "refused", reason };
}

interface MessageFields extends EncryptedText {
  readonly rev: unknown;
  readonly sig: unknown;
}

function readFields(message: string): MessageFields | undefined {
  const value = unlessMalformed(() => parseJson(message));
  if (!isJsonObject(value)) return undefined;
  const { ciphertext, nonce, rev, sig } = value;
  if (typeof ciphertext !== "string" || typeof nonce !== "string") return undefined;
  return { ciphertext, nonce, rev, sig };
}

async function signatureFits(
  fields: MessageFields,
  rev: number,
  context: MessageContext,
  identityKey: Uint8Array,
): Promise<boolean> {
  const { sig } = fields;
  const signature = typeof sig === "string" ? unlessMalformed(() => fromBase64(sig)) : undefined;
  const content = unlessMalformed(() => canonicalContent(context, fields));
  const position = unlessMalformed(() => positionOctets(context, rev));
  if (signature?.length !== 64 || !content || !position) return false;
  return verifyEd25519(identityKey, concat(position, sha256(content)), signature);
}

function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CryptoError && error.code === "malformed") return undefined;
    throw error;
  }
}

/**
 * The octets that a message's signature signs: `"tacit/v2/msg\0" ‖ chat_id ‖ sender_id ‖ client_message_id ‖ rev ‖
 * reply_to_message_id or 0 ‖ SHA-256(RFC 8785 JSON of [message_type, ciphertext, nonce, metadata])`; ids as u64 and `rev` as
 * u32, big endian, the UUID as 16 octets.
 *
 * @throws CryptoError `malformed` for ids, a UUID or a `rev` out of range, or metadata that is no JSON.
 */
export function messageSignatureInput(context: MessageContext, text: EncryptedText, rev: number): Uint8Array {
  return concat(positionOctets(context, rev), sha256(canonicalContent(context, text)));
}

function positionOctets(context: MessageContext, rev: number): Uint8Array {
  const { chatId, senderId, clientMessageId, replyToMessageId } = context;
  return concat(
    utf8("tacit/v2/msg\0"),
    idOctets(chatId),
    idOctets(senderId),
    uuidOctets(clientMessageId),
    u32be(rev),
    replyToMessageId === null ? u64be(0) : idOctets(replyToMessageId),
  );
}

/** An id of 0 would be taken for "no reply". */
function idOctets(id: number): Uint8Array {
  if (!Number.isSafeInteger(id) || id < 1) throw new CryptoError("malformed");
  return u64be(id);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function uuidOctets(uuid: string | null): Uint8Array {
  if (uuid === null || !UUID.test(uuid)) throw new CryptoError("malformed");
  const hex = uuid.replaceAll("-", "");
  return Uint8Array.from({ length: 16 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

function canonicalContent({ messageType, metadata }: MessageContext, text: EncryptedText): Uint8Array {
  const json = canonicalJson([messageType, text.ciphertext, text.nonce, metadata]);
  if (json === undefined) throw new CryptoError("malformed");
  return utf8(json);
}

/** `undefined` for what has no canonical form, such as NaN or lists nested by the thousands: nobody can have signed it. */
function canonicalJson(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch {
    return undefined;
  }
}
