import { type ClientEventOf, ERRORS, type ErrorCode, LIMITS, type Message } from "@tacit/protocol";
import type { Bus } from "../bus/bus.ts";
import type { Database } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import { type NewMessage, type Page, readMessage, readMessages, type StoredMessage } from "./store.ts";
import type { WriteBatch } from "./write-batch.ts";

/** What the messages domain needs from the rest of the server. */
export interface MessagesDependencies {
  readonly database: Database;
  readonly bus: Bus;
  readonly writeBatch: WriteBatch;
}

/** A frame that sends: they differ only in the type that the message gets by default. */
export type SendEvent = ClientEventOf<"send_message" | "voice_message" | "video_message">;

/** What became of a send. */
export type Sent =
  | { readonly duplicate: false; readonly messageId: number; readonly seq: number }
  | { readonly duplicate: true; readonly message: Message };

/** The rules of sending and reading messages. */
export interface MessagesService {
  /**
   * Stores a message and tells every member's sockets. Returns after the commit.
   *
   * @throws {TacitError} `not_a_member`, `may_not_write`, `blocked`, `stale_members`, `envelopes_required`,
   *   `unknown_message` (the reply's), `busy`.
   */
  send(senderId: number, event: SendEvent): Promise<Sent>;
  /** @throws {TacitError} `not_a_member`. */
  list(readerId: number, chatId: number, page: Partial<Page>): Promise<Message[]>;
}

/** Builds the service. */
export function messagesService(dependencies: MessagesDependencies): MessagesService {
  const { database, bus, writeBatch } = dependencies;
  return {
    send: async (senderId, event) => {
      const message = newMessage(senderId, event);
      const stored = await writeBatch.submit(message);
      if (stored.outcome === "duplicate") return await duplicateOf(database, message, stored);
      if (stored.outcome !== "stored") throw refusal(stored);
      return announce(bus, message, stored);
    },
    list: async (readerId, chatId, { limit = LIMITS.messagesDefault, beforeId, afterId }) => {
      const page = { limit: Math.min(Math.max(limit, 1), LIMITS.messagesMax), beforeId, afterId };
      const messages = await database.run((sql) => readMessages(sql, chatId, readerId, page));
      if (!messages) throw new TacitError("not_a_member");
      return messages;
    },
  };
}

function newMessage(senderId: number, event: SendEvent): NewMessage {
  return {
    chat_id: event.chat_id,
    sender_id: senderId,
    client_message_id: event.client_message_id?.toLowerCase() ?? null,
    message: event.message,
    message_type: event.message_type ?? (event.type === "send_message" ? "text" : event.type),
    envelopes: event.envelopes ?? null,
    metadata: event.metadata ?? null,
    reply_to_message_id: event.reply_to_message_id ?? null,
    members_version: event.members_version ?? null,
    forwarded_from_message_id: null,
    forwarded_from_chat_id: null,
    forwarded_from_sender_id: null,
  };
}

function announce(bus: Bus, message: NewMessage, stored: StoredMessage): Sent {
  const { message_id: messageId, seq, audience_version: audienceVersion } = stored;
  if (messageId === null || seq === null || audienceVersion === null)
    throw new Error("a stored message has no number");
  const { chat_id: chatId, envelopes, members_version: _encryptedFor, ...content } = message;
  const createdAt = stored.created_at.toISOString();
  bus.publish("chat.event", {
    chatId,
    seq,
    audienceVersion,
    envelopes,
    frame: {
      type: "message_new",
      chat_id: chatId,
      seq,
      // The recipients' own envelopes are put in at delivery; the field comes before `metadata`, which clients may fill freely.
      message: {
        id: messageId,
        chat_id: chatId,
        seq,
        envelopes: null,
        ...content,
        ...UNTOUCHED,
        created_at: createdAt,
        has_files: hasFiles(message),
      },
    },
  });
  return { duplicate: false, messageId, seq };
}

/** What every message is when it is new. */
const UNTOUCHED = {
  edited_at: null,
  deleted_at: null,
  deleted_by: null,
  is_read: false,
  is_delivered: false,
  status: "sent",
  system: null,
};

function hasFiles({ metadata }: NewMessage): boolean {
  return (metadata?.length ?? 0) > 0;
}

async function duplicateOf(database: Database, message: NewMessage, stored: StoredMessage): Promise<Sent> {
  const { chat_id: chatId, sender_id: senderId } = message;
  const earlier = await database.run((sql) => readMessage(sql, chatId, stored.message_id ?? 0, senderId));
  if (!earlier) throw new TacitError("unknown_message");
  return { duplicate: true, message: earlier };
}

function refusal({ outcome, members_version: membersVersion }: StoredMessage): TacitError {
  if (!(outcome in ERRORS)) throw new Error(`the database answered with the unknown outcome ${outcome}`);
  const code = outcome as ErrorCode;
  return new TacitError(code, code === "stale_members" && membersVersion !== null ? { membersVersion } : {});
}
