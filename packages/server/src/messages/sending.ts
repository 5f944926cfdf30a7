import { ERRORS, type ErrorCode, type Message } from "@tacit/protocol";
import type { Bus } from "../bus/bus.ts";
import type { Database } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import { announceMessage } from "./announcement.ts";
import { type NewMessage, readMessage, type StoredMessage } from "./store.ts";
import type { WriteBatch } from "./write-batch.ts";

/** What sending needs from the rest of the server. */
export interface SendingDependencies {
  readonly database: Database;
  readonly bus: Bus;
  readonly writeBatch: WriteBatch;
}

/** What became of a send. */
export type Sent =
  | { readonly duplicate: false; readonly messageId: number; readonly seq: number }
  | { readonly duplicate: true; readonly message: Message };

/**
 * Stores a message with the next transaction, unless it was sent before, and tells every member's sockets.
 *
 * @throws {TacitError} `not_a_member`, `may_not_write`, `blocked`, `stale_members`, `envelopes_required`, `unknown_message`
 *   (the one replied to or forwarded), `unknown_file` (one that the sender may not read), `busy`.
 */
export async function sendMessage(
  { database, bus, writeBatch }: SendingDependencies,
  message: NewMessage,
): Promise<Sent> {
  const stored = await writeBatch.submit(message);
  if (stored.outcome === "duplicate") return await duplicateOf(database, message, stored);
  if (stored.outcome !== "stored") throw refusal(stored);
  return announceNew(bus, message, stored);
}

function announceNew(bus: Bus, message: NewMessage, stored: StoredMessage): Sent {
  const { message_id: messageId, seq, audience_version: audienceVersion } = stored;
  if (messageId === null || seq === null || audienceVersion === null)
    throw new Error("a stored message has no number");
  const { envelopes, members_version: _encryptedFor, ...content } = message;
  const created_at = stored.created_at.toISOString();
  const has_files = (message.metadata?.length ?? 0) > 0;
  announceMessage(bus, {
    type: "message_new",
    message: { id: messageId, seq, ...content, ...UNTOUCHED, created_at, has_files },
    envelopes,
    audienceVersion,
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
} as const;

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
