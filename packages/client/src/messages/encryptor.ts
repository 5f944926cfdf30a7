import { type Envelopes, type FileMetadata, LIMITS, utf8Length } from "@tacit/protocol";
import { encryptText, sealEnvelope, signMessage } from "../crypto/index.ts";
import { TacitError } from "../errors.ts";
import { inParallel } from "../parallel.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { ChatRecord, OutgoingContent } from "../store/tables.ts";
import type { Api } from "../transport/transport.ts";
import type { Recipient } from "../trust/judge.ts";
import type { OwnSecrets } from "../trust/own-keys.ts";
import type { Trust } from "../trust/trust.ts";
import { isEncrypted, writeMetadata } from "./attachments.ts";
import { tooLarge, writeContent } from "./content.ts";
import { Recipients, type Snapshot } from "./recipients.ts";

/** What an encryptor needs. */
export interface EncryptorDependencies {
  readonly api: Pick<Api, "call">;
  readonly trust: Pick<Trust, "judge" | "epoch">;
  readonly keys: OwnSecrets;
  readonly store: LocalStore;
  /** Brings who is in a chat up to date, in the store. @throws TacitError of the network */
  readonly learnMembers?: (chatId: number) => Promise<void>;
}

/** A message to be encrypted, or an edit of one. */
export interface OutgoingMessage {
  /** The message's key, 32 octets: its files are encrypted with it. */
  readonly key: Uint8Array;
  readonly content: OutgoingContent;
  /** Of the message: an edit has none of its own. `null` in messages of old clients, which cannot be edited. */
  readonly clientMessageId: string | null;
  /** 0 for a new message, one more with every edit. */
  readonly rev: number;
  readonly replyToId: number | null;
  /** The protocol's `message_type`. */
  readonly type: string;
}

/** The fields of a frame that carry what a message says. */
export interface EncryptedMessage {
  readonly message: string;
  readonly message_type: string;
  readonly envelopes?: Envelopes;
  readonly metadata?: FileMetadata[];
  readonly members_version?: number;
}

/** Encrypts for everyone in a chat, whom nobody but the server names: see {@link Recipients}. */
export interface Encryptor {
  /**
   * In chats that are not encrypted nothing is, but in private ones always.
   *
   * @throws TacitError `identity_changed` and `unusable_key`, with the people's ids; `encryption_downgrade`;
   *   `message_too_large`; `not_possible` for a file that is encrypted in a chat that is not, and for an edit of what an
   *   old client sent; of the network. CryptoError `malformed` for a text that is no Unicode.
   */
  encrypt(chat: ChatRecord, message: OutgoingMessage): Promise<EncryptedMessage>;
  /** The membership has changed: the next message is encrypted for those who are there then. */
  forget(chatId: number): void;
  /** Whether everyone reads documents and files in chunks: no old client, and a chat that is encrypted. @throws as `encrypt` */
  modern(chat: ChatRecord): Promise<boolean>;
}

/** An encryptor for one account. */
export function createEncryptor({ keys, ...dependencies }: EncryptorDependencies): Encryptor {
  const recipients = new Recipients({ ...dependencies, userId: keys.userId });
  return {
    encrypt: async (chat, message) => {
      if (!isSealed(chat)) return checkSize(plain(message));
      const snapshot = await usable(recipients, chat);
      return checkSize(await seal(chat, message, snapshot, keys));
    },
    forget: (chatId) => recipients.forget(chatId),
    modern: async (chat) => isSealed(chat) && isModern(await recipients.of(chat)),
  };
}

/** Whether messages of this chat have envelopes: in private ones they do, whatever the server says of the chat. */
function isSealed({ encrypted, kind }: ChatRecord): boolean {
  return encrypted || kind === "private";
}

function isModern({ recipients }: Snapshot): boolean {
  return recipients.every(({ signedBy }) => signedBy === "user");
}

/**
 * Asks once more for what is not to be used: an answer may have been overtaken by what was heard since, such as of a key that
 * was replaced meanwhile.
 */
async function usable(recipients: Recipients, chat: ChatRecord): Promise<Snapshot> {
  try {
    return await usableAtOnce(recipients, chat);
  } catch (error) {
    if (!mayBeOvertaken(error)) throw error;
    return await usableAtOnce(recipients, chat);
  }
}

function mayBeOvertaken(error: unknown): boolean {
  return (
    error instanceof TacitError && (error.code === "unusable_key" || error.code === "encryption_downgrade")
  );
}

async function usableAtOnce(recipients: Recipients, chat: ChatRecord): Promise<Snapshot> {
  const snapshot = await recipients.of(chat);
  const { changed, unusable } = snapshot;
  if (changed.length === 0 && unusable.length === 0) return snapshot;
  // The server may present something better next time.
  recipients.forget(chat.id);
  if (changed.length > 0)
    throw new TacitError("identity_changed", "Somebody in this chat has another identity now.", {
      userIds: changed,
    });
  throw new TacitError("unusable_key", "Somebody in this chat has a key that cannot be used.", {
    userIds: unusable,
  });
}

/** Envelopes that are sealed at a time. */
const AT_ONCE = 64;

async function seal(
  { id: chatId }: ChatRecord,
  message: OutgoingMessage,
  snapshot: Snapshot,
  keys: OwnSecrets,
): Promise<EncryptedMessage> {
  const { key, content, clientMessageId, rev, replyToId, type } = message;
  if (clientMessageId === null)
    throw new TacitError("not_possible", "What an old client sent cannot be signed, and so not be edited.");
  const modern = isModern(snapshot);
  const metadata = writeMetadata(content.attachments, modern ? "hidden" : "named");
  const text = encryptText(key, writeContent(content, { modern, room: ROOM_OF_PLAINTEXT }));
  const context = { chatId, senderId: keys.userId, clientMessageId, replyToMessageId: replyToId };
  const signed = { ...context, messageType: type, metadata: metadata ?? null };
  const [envelopes, json] = await Promise.all([
    sealEnvelopes(key, snapshot.recipients),
    signMessage(keys.bundle().identitySeed, signed, text, rev),
  ]);
  return {
    message: json,
    message_type: type,
    envelopes,
    ...(metadata && { metadata }),
    members_version: snapshot.version,
  };
}

async function sealEnvelopes(key: Uint8Array, recipients: readonly Recipient[]): Promise<Envelopes> {
  const sealed = await inParallel(recipients, AT_ONCE, async ({ userId, publicKey }) => {
    return [String(userId), { ...(await sealEnvelope(key, publicKey)) }] as const;
  });
  return Object.fromEntries(sealed);
}

function plain({ content, type }: OutgoingMessage): EncryptedMessage {
  if (content.attachments.some(isEncrypted))
    throw new TacitError(
      "not_possible",
      "This file is encrypted: nobody in a chat that is not could read it.",
    );
  const metadata = writeMetadata(content.attachments, "plain");
  const message = writeContent(content, { modern: false, room: LIMITS.messageBytes });
  return { message, message_type: type, ...(metadata && { metadata }) };
}

/** Octets of JSON around the ciphertext: names, nonce, `rev` and signature. */
const AROUND_CIPHERTEXT = 256;
const TAG_OCTETS = 16;
/** Octets of plaintext whose ciphertext, in base64, fits into a message. */
const ROOM_OF_PLAINTEXT = Math.floor((LIMITS.messageBytes - AROUND_CIPHERTEXT) / 4) * 3 - TAG_OCTETS;
/** Octets of plaintext that a message of this chat has room for. */
export function roomOf(chat: ChatRecord): number {
  return isSealed(chat) ? ROOM_OF_PLAINTEXT : LIMITS.messageBytes;
}

/** Octets of a frame for its other fields. */
const AROUND_MESSAGE = 1024;

function checkSize(encrypted: EncryptedMessage): EncryptedMessage {
  const { metadata = [], message } = encrypted;
  const described = metadata.map(({ enc_file: _, ...rest }) => rest);
  const fits =
    metadata.length <= LIMITS.metadataEntries &&
    octetsOf(described) <= LIMITS.metadataBytes &&
    utf8Length(message) <= LIMITS.messageBytes &&
    octetsOf(encrypted) <= LIMITS.frameBytes - AROUND_MESSAGE;
  if (!fits) throw tooLarge();
  return encrypted;
}

function octetsOf(value: unknown): number {
  return utf8Length(JSON.stringify(value));
}
