import type { Message } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";
import { namedFiles } from "./named-files.ts";

/** A message on its way into the write batch. Ids of absent things are null. */
export interface NewMessage {
  readonly chat_id: number;
  readonly sender_id: number;
  readonly client_message_id: string | null;
  readonly message: string;
  readonly message_type: string;
  readonly envelopes: Message["envelopes"];
  readonly metadata: Message["metadata"];
  readonly reply_to_message_id: number | null;
  readonly members_version: number | null;
  readonly forwarded_from_message_id: number | null;
  readonly forwarded_from_chat_id: number | null;
  readonly forwarded_from_sender_id: number | null;
}

/** What became of one row of a batch: `stored`, `duplicate`, or the code of the error. */
export interface StoredMessage {
  readonly position: number;
  readonly outcome: string;
  readonly message_id: number | null;
  readonly seq: number | null;
  readonly created_at: Date;
  /** The chat's current one. */
  readonly members_version: number | null;
  readonly audience_version: number | null;
}

/** Stores a batch in one round trip and one commit; rows come back in the order they were given. */
export async function storeMessages(sql: Sql, batch: readonly NewMessage[]): Promise<StoredMessage[]> {
  const column = <K extends keyof NewMessage>(name: K) => batch.map((message) => message[name]);
  const json = (name: "envelopes" | "metadata") =>
    batch.map(({ [name]: value }) => (value === null ? null : JSON.stringify(value)));
  const naming = batch.flatMap(({ metadata }, position) =>
    namedFiles(metadata).map((fileId) => ({ position, fileId })),
  );
  return await sql<StoredMessage[]>`
    SELECT * FROM store_messages(
      ${column("chat_id")}::bigint[], ${column("sender_id")}::bigint[], ${column("client_message_id")}::uuid[],
      ${column("message")}::text[], ${column("message_type")}::text[], ${json("envelopes")}::text[], ${json("metadata")}::text[],
      ${column("reply_to_message_id")}::bigint[], ${column("members_version")}::bigint[],
      ${column("forwarded_from_message_id")}::bigint[], ${column("forwarded_from_chat_id")}::bigint[],
      ${column("forwarded_from_sender_id")}::bigint[], ${naming.map(({ position }) => position)}::bigint[],
      ${naming.map(({ fileId }) => fileId)}::bigint[])`;
}

interface MessageRow {
  readonly id: number;
  readonly chat_id: number;
  readonly seq: number;
  readonly sender_id: number;
  readonly client_message_id: string | null;
  readonly message: string;
  readonly message_type: string;
  readonly envelope: Record<string, string> | null;
  readonly metadata: Message["metadata"];
  readonly system: Message["system"];
  readonly reply_to_message_id: number | null;
  readonly forwarded_from_message_id: number | null;
  readonly forwarded_from_chat_id: number | null;
  readonly forwarded_from_sender_id: number | null;
  readonly created_at: Date;
  readonly edited_at: Date | null;
  readonly deleted_at: Date | null;
  readonly deleted_by: number | null;
  readonly is_read: boolean;
  readonly is_delivered: boolean;
}

/** Which messages of a chat: the newest, those before an id, or the first after one. */
export interface Page {
  readonly limit: number;
  readonly beforeId?: number | undefined;
  readonly afterId?: number | undefined;
}

/**
 * Reads a page of messages as one reader sees them, oldest first, without deleted ones.
 *
 * @returns null if the reader is not a member of the chat.
 */
export async function readMessages(
  sql: Sql,
  chatId: number,
  readerId: number,
  page: Page,
): Promise<Message[] | null> {
  const forward = page.afterId !== undefined;
  const rows = await sql<(MessageRow | { id: null })[]>`
    SELECT page.*
    FROM chat_members AS reader
    JOIN chats ON chats.id = reader.chat_id
    LEFT JOIN LATERAL (
      SELECT ${messageColumns(sql, readerId)}
      FROM messages
      WHERE messages.chat_id = reader.chat_id AND messages.deleted_at IS NULL
        AND (messages.id > reader.history_from_id OR (chats.kind <> 'private' AND messages.envelopes IS NULL))
        ${forward ? sql`AND messages.id > ${page.afterId as number}` : sql``}
        ${page.beforeId === undefined ? sql`` : sql`AND messages.id < ${page.beforeId}`}
      ORDER BY messages.id ${forward ? sql`ASC` : sql`DESC`}
      LIMIT ${page.limit}
    ) AS page ON true
    WHERE reader.chat_id = ${chatId} AND reader.user_id = ${readerId} AND reader.left_at IS NULL
    ORDER BY page.id`;
  if (rows.length === 0) return null;
  return rows.filter((row) => row.id !== null).map((row) => toMessage(row, readerId));
}

/** Reads one message as one reader sees it, also a deleted one; null if there is none. */
export async function readMessage(
  sql: Sql,
  chatId: number,
  messageId: number,
  readerId: number,
): Promise<Message | null> {
  const [row] = await sql<MessageRow[]>`
    SELECT ${messageColumns(sql, readerId)} FROM messages WHERE messages.chat_id = ${chatId} AND messages.id = ${messageId}`;
  return row ? toMessage(row, readerId) : null;
}

/** A message, named by its chat and its id. */
export interface MessageKey {
  readonly chatId: number;
  readonly messageId: number;
}

/** Reads messages as one reader sees them, also deleted ones, by chat and in the order of `seq`. Checks no right to read. */
export async function readChanged(
  sql: Sql,
  readerId: number,
  keys: readonly MessageKey[],
): Promise<Message[]> {
  if (keys.length === 0) return [];
  const rows = await sql<MessageRow[]>`
    SELECT ${messageColumns(sql, readerId)}
    FROM unnest(${keys.map(({ chatId }) => chatId)}::bigint[], ${keys.map(({ messageId }) => messageId)}::bigint[])
      AS key(chat_id, id)
    JOIN messages ON messages.chat_id = key.chat_id AND messages.id = key.id
    ORDER BY messages.chat_id, messages.seq`;
  return rows.map((row) => toMessage(row, readerId));
}

/** `is_read` and `is_delivered` mean: the pointer of some member other than the sender has passed the message. */
function messageColumns(sql: Sql, readerId: number) {
  const passed = (pointer: "last_read_message_id" | "last_delivered_message_id") => sql`EXISTS (
    SELECT 1 FROM chat_members AS other
    WHERE other.chat_id = messages.chat_id AND other.user_id <> messages.sender_id AND other.${sql(pointer)} >= messages.id
  )`;
  return sql`messages.id, messages.chat_id, messages.seq, messages.sender_id, messages.client_message_id, messages.message,
    messages.message_type, messages.envelopes->${String(readerId)} AS envelope, messages.metadata, messages.system,
    messages.reply_to_message_id, messages.forwarded_from_message_id, messages.forwarded_from_chat_id,
    messages.forwarded_from_sender_id, messages.created_at, messages.edited_at, messages.deleted_at, messages.deleted_by,
    ${passed("last_read_message_id")} AS is_read, ${passed("last_delivered_message_id")} AS is_delivered`;
}

function toMessage({ envelope, ...row }: MessageRow, readerId: number): Message {
  return {
    ...row,
    created_at: row.created_at.toISOString(),
    edited_at: row.edited_at?.toISOString() ?? null,
    deleted_at: row.deleted_at?.toISOString() ?? null,
    has_files: (row.metadata?.length ?? 0) > 0,
    envelopes: envelope && { [readerId]: envelope },
    status: "sent",
  };
}
