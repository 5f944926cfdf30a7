import type { Chat } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";
import type { Audience } from "../gateway/delivery.ts";

/** A chat that was made, or that existed already. */
export interface CreatedChat {
  readonly id: number;
  readonly seq: number;
  readonly members_version: number;
}

/** Makes a chat and its members, all stamped with `seq` 1; null if the pair of a private chat has one already. */
export async function insertChat(
  sql: Sql,
  chat: {
    kind: Chat["kind"];
    title: string | null;
    encrypted: boolean;
    createdBy: number;
    pair: readonly [number, number] | null;
  },
  members: readonly { userId: number; role: Chat["my_role"] }[],
): Promise<CreatedChat | null> {
  const [low = null, high = null] = chat.pair ?? [];
  const [created] = await sql<CreatedChat[]>`
    INSERT INTO chats (kind, title, encrypted, created_by, seq, low_user_id, high_user_id)
    VALUES (${chat.kind}, ${chat.title}, ${chat.encrypted}, ${chat.createdBy}, 1, ${low}, ${high})
    ON CONFLICT (low_user_id, high_user_id) DO NOTHING
    RETURNING id, seq, members_version`;
  if (!created) return null;
  await sql`
    INSERT INTO chat_members (chat_id, user_id, role, seq)
    SELECT ${created.id}, member.user_id, member.role, 1
    FROM unnest(${members.map(({ userId }) => userId)}::bigint[], ${members.map(({ role }) => role)}::text[]) AS member(user_id, role)`;
  return created;
}

/** Locks and finds the private chat of a pair. */
export async function lockPrivateChat(
  sql: Sql,
  [low, high]: readonly [number, number],
): Promise<number | null> {
  const [row] = await sql<{ id: number }[]>`
    SELECT id FROM chats WHERE low_user_id = ${low} AND high_user_id = ${high} FOR NO KEY UPDATE`;
  return row?.id ?? null;
}

/** Whether this user has left the chat that is locked. */
export async function hasLeft(sql: Sql, chatId: number, userId: number): Promise<boolean> {
  const [row] = await sql<{ left: boolean }[]>`
    SELECT left_at IS NOT NULL AS left FROM chat_members WHERE chat_id = ${chatId} AND user_id = ${userId}`;
  return row?.left ?? true;
}

/** Brings someone back into a private chat, without the messages up to now. */
export async function bringBack(sql: Sql, chatId: number, userId: number): Promise<void> {
  await sql`
    WITH chat AS (UPDATE chats SET audience_version = audience_version + 1 WHERE id = ${chatId} RETURNING id, seq)
    UPDATE chat_members SET left_at = NULL, touched_at = clock_timestamp(), joined_seq = chat.seq + 1,
      history_from_id = COALESCE((SELECT max(id) FROM messages WHERE messages.chat_id = chat.id), 0)
    FROM chat
    WHERE chat_id = chat.id AND user_id = ${userId} AND left_at IS NOT NULL`;
}

/** Whether this user is a member of the chat now. */
export async function isMember(sql: Sql, chatId: number, userId: number): Promise<boolean> {
  const rows = await sql`
    SELECT 1 FROM chat_members WHERE chat_id = ${chatId} AND user_id = ${userId} AND left_at IS NULL`;
  return rows.length > 0;
}

/** Of these users, those who are members of the chat now, each with the other side if it is private. */
export async function membersAmong(
  sql: Sql,
  chatId: number,
  userIds: readonly number[],
): Promise<{ readonly userId: number; readonly peerId: number | null }[]> {
  const rows = await sql<{ user_id: number; peer_id: number | null }[]>`
    SELECT member.user_id,
      CASE WHEN chats.low_user_id = member.user_id THEN chats.high_user_id ELSE chats.low_user_id END AS peer_id
    FROM chats JOIN chat_members AS member ON member.chat_id = chats.id
    WHERE chats.id = ${chatId} AND member.user_id = ANY(${[...userIds]}::bigint[]) AND member.left_at IS NULL`;
  return rows.map(({ user_id, peer_id }) => ({ userId: user_id, peerId: peer_id }));
}

interface RecipientRow {
  readonly audience_version: number;
  readonly user_id: number | null;
  readonly joined_seq: number;
  readonly gone_at_seq: number | null;
}

/**
 * Who receives a chat's events: its members, each from the `seq` on with which they came. Events are delivered after their
 * commit, perhaps after the next ones', so whoever left a group or channel within the last minute is among them, up to then.
 */
export async function readAudience(sql: Sql, chatId: number): Promise<Audience> {
  const rows = await sql<RecipientRow[]>`
    SELECT chats.audience_version, member.user_id, member.joined_seq,
      CASE WHEN member.left_at IS NOT NULL THEN member.seq END AS gone_at_seq
    FROM chats LEFT JOIN chat_members AS member ON member.chat_id = chats.id
      AND (member.left_at IS NULL OR (chats.kind <> 'private' AND member.left_at > clock_timestamp() - interval '1 minute'))
    WHERE chats.id = ${chatId}`;
  return {
    version: rows[0]?.audience_version ?? Number.POSITIVE_INFINITY,
    members: rows.flatMap(({ user_id, joined_seq, gone_at_seq }) =>
      user_id === null ? [] : [{ userId: user_id, fromSeq: joined_seq, goneAtSeq: gone_at_seq }],
    ),
  };
}

/**
 * Everyone who shares a chat with this user, that user not included. Both sides of a private chat count, even while one has
 * left: the other still encrypts for them.
 */
export async function peersOf(sql: Sql, userId: number): Promise<number[]> {
  const rows = await sql<{ user_id: number }[]>`
    SELECT DISTINCT other.user_id
    FROM chat_members AS me
    JOIN chats ON chats.id = me.chat_id
    JOIN chat_members AS other ON other.chat_id = me.chat_id
    WHERE me.user_id = ${userId} AND other.user_id <> ${userId}
      AND (chats.kind = 'private' OR (me.left_at IS NULL AND other.left_at IS NULL))`;
  return rows.map(({ user_id }) => user_id);
}

/** Of these users, those who share a chat with `userId`. */
export async function peersAmong(sql: Sql, userId: number, others: readonly number[]): Promise<number[]> {
  const rows = await sql<{ user_id: number }[]>`
    SELECT DISTINCT other.user_id
    FROM chat_members AS me JOIN chat_members AS other ON other.chat_id = me.chat_id
    WHERE me.user_id = ${userId} AND me.left_at IS NULL AND other.left_at IS NULL
      AND other.user_id = ANY(${[...others]}::bigint[])`;
  return rows.map(({ user_id }) => user_id);
}

/** Raises the version of the membership in every chat of a user: others have to encrypt for a new key. */
export async function raiseMembersVersions(sql: Sql, userId: number): Promise<void> {
  await lockChatsOf(sql, userId);
  await sql`
    UPDATE chats SET members_version = members_version + 1, changed_at = clock_timestamp()
    WHERE id IN (SELECT chat_id FROM chat_members WHERE user_id = ${userId})
      AND (kind = 'private' OR id IN (SELECT chat_id FROM chat_members WHERE user_id = ${userId} AND left_at IS NULL))`;
}

/** Locks the chats of a user in the order of their ids, as every writer does. */
export async function lockChatsOf(sql: Sql, userId: number): Promise<void> {
  await sql`
    SELECT 1 FROM chats
    WHERE id IN (SELECT chat_id FROM chat_members WHERE user_id = ${userId})
    ORDER BY id FOR NO KEY UPDATE`;
}
