import { type Envelope, LIMITS, type Message } from "@tacit/protocol";
import { CryptoError } from "../crypto/errors.ts";
import { decryptText, openEnvelope } from "../crypto/index.ts";
import { isJsonObject, parseJson } from "../crypto/json-shape.ts";
import { wipe } from "../crypto/primitives/octets.ts";
import type { MessageContent, MessageTrust, UnreadableReason } from "../store/tables.ts";
import type { SenderIdentity } from "../trust/identities.ts";
import { readContent } from "./content.ts";
import { isShallow } from "./document.ts";
import { verify } from "./verification.ts";

/** What came of reading a message by itself, whatever is known of it from before. */
export type Reading =
  | { readonly trust: MessageTrust; readonly rev?: number; readonly content: MessageContent }
  | { readonly unreadable: UnreadableReason }
  /** An earlier edit than one that was verified. */
  | { readonly rolledBack: true };

/** What is needed to read a message. */
export interface ReadingContext {
  readonly encrypted: boolean;
  readonly userId: number;
  /** X25519, newest first. */
  readonly privateKeys: readonly Uint8Array[];
  readonly sender: SenderIdentity;
  /** The highest `rev` that was verified before. */
  readonly knownRev: number | undefined;
}

/** Decrypts and verifies one message. Never throws for what a server can send. */
export async function readMessage(message: Message, context: ReadingContext): Promise<Reading> {
  if (!isBounded(message)) return { unreadable: "damaged" };
  const envelope = message.envelopes?.[context.userId];
  if (envelope) return await readSealed(message, envelope, context);
  // The server leaves out the envelopes of others, and so says nothing about whether there are any.
  if (isCiphertext(message.message)) return { unreadable: "no_envelope" };
  return {
    trust: plainTrust(message, context.encrypted),
    content: readContent(message.message, message.metadata),
  };
}

/** Whether it keeps to what a server lets through. */
export function isBounded({ message, metadata }: Message): boolean {
  return message.length <= LIMITS.messageBytes && isShallow(metadata);
}

function plainTrust({ message_type, system }: Message, encrypted: boolean): MessageTrust {
  if (message_type === "system" && system) return "system";
  return encrypted ? "plaintext_in_encrypted_chat" : "plain";
}

function isCiphertext(message: string): boolean {
  const value = unlessRefused(() => parseJson(message));
  return isJsonObject(value) && typeof value.ciphertext === "string" && typeof value.nonce === "string";
}

async function readSealed(message: Message, envelope: Envelope, context: ReadingContext): Promise<Reading> {
  const key = await openWithAny(envelope, context.privateKeys);
  if (typeof key === "string") return { unreadable: key };
  try {
    return await readWithKey(message, key, context);
  } finally {
    wipe(key);
  }
}

async function readWithKey(message: Message, key: Uint8Array, context: ReadingContext): Promise<Reading> {
  const verdict = await verify(message, context.sender, context.knownRev);
  if (verdict.outcome === "refused") {
    if (verdict.reason === "rolled_back") return { rolledBack: true };
    return { unreadable: verdict.reason === "malformed" ? "damaged" : "forged" };
  }
  const plaintext = unlessRefused(() => decryptText(key, message.message));
  if (plaintext === undefined) return { unreadable: "damaged" };
  const content = readContent(plaintext, message.metadata, key);
  return verdict.outcome === "verified"
    ? { trust: "verified", rev: verdict.rev, content }
    : { trust: "unverified_sender", content };
}

/** An envelope does not say for which of my keys it was made. */
async function openWithAny(
  envelope: Envelope,
  privateKeys: readonly Uint8Array[],
): Promise<Uint8Array | "no_key" | "damaged"> {
  for (const privateKey of privateKeys) {
    try {
      return await openEnvelope(envelope, privateKey);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      if (error.code !== "decryption_failed") return "damaged";
    }
  }
  return "no_key";
}

function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}
