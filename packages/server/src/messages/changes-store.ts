import type { Envelopes, Message } from "@tacit/protocol";
import type { LockedChat } from "../chats/change.ts";
import type { Sql } from "../db/database.ts";

/** What has to be known of a message before it is changed. */
export interface ChangeableMessage {
  readonly sender_id: number;
  readonly seq: number;
  readonly deleted_at: Date | null;
}

/** Finds a message, deleted or not, that the caller of a locked chat may see; null for system messages: nobody changes those. */
export async function findChangeable(
  sql: Sql,
  { id: chatId, kind, history_from_id }: LockedChat,
  messageId: number,
): Promise<ChangeableMessage | null> {
  const [message] = await sql<ChangeableMessage[]>`
    SELECT sender_id, seq, deleted_at FROM messages
    WHERE chat_id = ${chatId} AND id = ${messageId} AND system IS NULL
      AND (id > ${history_from_id} OR (${kind !== "private"} AND envelopes IS NULL))`;
  return message ?? null;
}

/** Whether the other side of a private chat has blocked the writer. */
export async function isBlockedIn(sql: Sql, chatId: number, writerId: number): Promise<boolean> {
  const rows = await sql`
    SELECT 1 FROM chats
    JOIN blocks ON blocks.blocked_id = ${writerId}
      AND blocks.user_id = CASE WHEN chats.low_user_id = ${writerId} THEN chats.high_user_id ELSE chats.low_user_id END
    WHERE chats.id = ${chatId} AND chats.kind = 'private'`;
  return rows.length > 0;
}

/** Whether there is no envelope for someone who has to be encrypted for; as it is for a message that is sent. */
export async function lacksEnvelopes(
  sql: Sql,
  { id: chatId, kind }: LockedChat,
  envelopes: Envelopes | undefined,
): Promise<boolean> {
  const [row] = await sql<{ lacks: boolean }[]>`
    SELECT lacks_envelopes(${chatId}, ${kind}, ${asJson(envelopes)}::text::jsonb) AS lacks`;
  return row?.lacks ?? true;
}

/** What an edit puts in the place of a message's content. */
export interface NewContent {
  readonly seq: number;
  readonly message: string;
  /** undefined keeps the old one. */
  readonly message_type: string | undefined;
  readonly envelopes: Envelopes | undefined;
  readonly metadata: Message["metadata"] | undefined;
}

/** Replaces the content of a message of a locked chat. @returns the envelopes that are kept: those of members. */
export async function replaceContent(
  sql: Sql,
  { id: chatId, kind }: LockedChat,
  messageId: number,
  { seq, message, message_type, envelopes, metadata }: NewContent,
): Promise<Message["envelopes"]> {
  const [row] = await sql<{ envelopes: Message["envelopes"] }[]>`
    UPDATE messages
    SET seq = ${seq}, message = ${message}, message_type = COALESCE(${message_type ?? null}, message_type),
      envelopes = members_envelopes(chat_id, ${kind}, ${asJson(envelopes)}::text::jsonb),
      metadata = ${asJson(metadata)}::text::jsonb, edited_at = clock_timestamp()
    WHERE chat_id = ${chatId} AND id = ${messageId}
    RETURNING envelopes`;
  return row?.envelopes ?? null;
}

function asJson(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

/** The members of a locked chat for whom this message is not: they came, or came back, after it. */
export async function findThoseWithout(sql: Sql, chatId: number, messageId: number): Promise<number[]> {
  const rows = await sql<{ user_id: number }[]>`
    SELECT member.user_id
    FROM messages
    JOIN chats ON chats.id = messages.chat_id
    JOIN chat_members AS member ON member.chat_id = messages.chat_id
    WHERE messages.chat_id = ${chatId} AND messages.id = ${messageId}
      AND member.left_at IS NULL AND member.history_from_id >= messages.id
      AND (chats.kind = 'private' OR messages.envelopes IS NOT NULL)`;
  return rows.map(({ user_id }) => user_id);
}

/** Leaves nothing of a message but its tombstone. @returns when. */
export async function eraseMessage(
  sql: Sql,
  {
    chatId,
    messageId,
    deletedBy,
    seq,
  }: { chatId: number; messageId: number; deletedBy: number; seq: number },
): Promise<Date> {
  const [row] = await sql<{ deleted_at: Date }[]>`
    UPDATE messages
    SET seq = ${seq}, message = '', envelopes = NULL, metadata = NULL, deleted_at = clock_timestamp(), deleted_by = ${deletedBy}
    WHERE chat_id = ${chatId} AND id = ${messageId}
    RETURNING deleted_at`;
  if (!row) throw new Error("the message vanished under its chat's lock");
  return row.deleted_at;
}

/** Who sent a message that someone may forward, and as what; null if it is not theirs to see, deleted or the system's. */
export async function findForwardable(
  sql: Sql,
  chatId: number,
  messageId: number,
  readerId: number,
): Promise<{ readonly sender_id: number; readonly message_type: string } | null> {
  const [source] = await sql<{ sender_id: number; message_type: string }[]>`
    SELECT messages.sender_id, messages.message_type
    FROM chat_members AS reader
    JOIN chats ON chats.id = reader.chat_id
    JOIN messages ON messages.chat_id = reader.chat_id
    WHERE reader.chat_id = ${chatId} AND reader.user_id = ${readerId} AND reader.left_at IS NULL
      AND messages.id = ${messageId} AND messages.deleted_at IS NULL AND messages.system IS NULL
      AND (messages.id > reader.history_from_id OR (chats.kind <> 'private' AND messages.envelopes IS NULL))`;
  return source ?? null;
}
