import { type ClientEventOf, LIMITS, type Message } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import { deleteMessage } from "./deletion.ts";
import { type ChangeDependencies, type Changed, type EditEvent, editMessage } from "./edit.ts";
import { forwardMessage } from "./forward.ts";
import { type SendingDependencies, type Sent, sendMessage } from "./sending.ts";
import { type MessageKey, type NewMessage, type Page, readChanged, readMessages } from "./store.ts";

/** A frame that sends: they differ only in the type that the message gets by default. */
export type SendEvent = ClientEventOf<"send_message" | "voice_message" | "video_message">;

/** The rules of sending, changing and reading messages. Whoever acts is told everything after the commit. */
export interface MessagesService {
  /** Stores a message and tells every member's sockets. @throws {TacitError} as {@link sendMessage}. */
  send(senderId: number, event: SendEvent): Promise<Sent>;
  /** Sends a message on into another chat. @throws {TacitError} as {@link forwardMessage}. */
  forward(forwarderId: number, event: ClientEventOf<"forward_message">): Promise<Sent>;
  /** Replaces the content of one's own message. @throws {TacitError} as {@link editMessage}. */
  edit(editorId: number, event: EditEvent): Promise<Changed>;
  /** Erases a message for everyone. Repeatable. @throws {TacitError} as {@link deleteMessage}. */
  delete(userId: number, event: ClientEventOf<"delete_message">): Promise<Changed>;
  /** Messages as one reader sees them, also deleted ones, by chat and in the order of `seq`. Checks no right to read. */
  read(sql: Sql, readerId: number, keys: readonly MessageKey[]): Promise<Message[]>;
  /** @throws {TacitError} `not_a_member`. */
  list(readerId: number, chatId: number, page: Partial<Page>): Promise<Message[]>;
}

/** Builds the service. */
export function messagesService(dependencies: SendingDependencies & ChangeDependencies): MessagesService {
  const { database } = dependencies;
  return {
    send: (senderId, event) => sendMessage(dependencies, newMessage(senderId, event)),
    forward: (forwarderId, event) => forwardMessage(dependencies, forwarderId, event),
    edit: (editorId, event) => editMessage(dependencies, editorId, event),
    delete: (userId, event) => deleteMessage(dependencies, userId, event),
    read: readChanged,
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
