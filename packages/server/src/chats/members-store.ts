import type { Chat, Member, Role } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";

interface MemberRow extends Omit<Member, "joined_at"> {
  readonly joined_at: Date;
}

/**
 * The members of a chat, the longest-standing first; both sides of a private chat, even while one has left.
 *
 * @returns null if the reader is not a member.
 */
export async function readMembers(sql: Sql, chatId: number, readerId: number): Promise<Member[] | null> {
  const rows = await sql<MemberRow[]>`
    SELECT member.user_id, users.username, users.nickname, users.avatar, member.role, member.joined_at,
      NULLIF(member.last_read_message_id, 0) AS last_read_message_id,
      NULLIF(member.last_delivered_message_id, 0) AS last_delivered_message_id
    FROM chat_members AS reader
    JOIN chats ON chats.id = reader.chat_id
    JOIN chat_members AS member
      ON member.chat_id = reader.chat_id AND (member.left_at IS NULL OR chats.kind = 'private')
    JOIN users ON users.id = member.user_id
    WHERE reader.chat_id = ${chatId} AND reader.user_id = ${readerId} AND reader.left_at IS NULL
    ORDER BY member.joined_at, member.user_id`;
  if (rows.length === 0) return null;
  return rows.map((row) => ({ ...row, joined_at: row.joined_at.toISOString() }));
}

/** Who has to be encrypted for, and the version of that; null if the reader is not a member. */
export async function readRecipients(
  sql: Sql,
  chatId: number,
  readerId: number,
): Promise<{ membersVersion: number; userIds: number[] } | null> {
  const rows = await sql<{ members_version: number; user_id: number }[]>`
    SELECT chats.members_version, member.user_id
    FROM chat_members AS reader
    JOIN chats ON chats.id = reader.chat_id
    JOIN chat_members AS member
      ON member.chat_id = reader.chat_id AND (member.left_at IS NULL OR chats.kind = 'private')
    WHERE reader.chat_id = ${chatId} AND reader.user_id = ${readerId} AND reader.left_at IS NULL`;
  const [first] = rows;
  return first
    ? { membersVersion: first.members_version, userIds: rows.map(({ user_id }) => user_id) }
    : null;
}

/** The role of a current member; null for anybody else. */
export async function roleOf(sql: Sql, chatId: number, userId: number): Promise<Role | null> {
  const [row] = await sql<{ role: Role }[]>`
    SELECT role FROM chat_members WHERE chat_id = ${chatId} AND user_id = ${userId} AND left_at IS NULL`;
  return row?.role ?? null;
}

/** The ids of the current members. */
export async function currentMembers(sql: Sql, chatId: number): Promise<number[]> {
  const rows = await sql<{ user_id: number }[]>`
    SELECT user_id FROM chat_members WHERE chat_id = ${chatId} AND left_at IS NULL`;
  return rows.map(({ user_id }) => user_id);
}

/** How many current members there are. */
export async function countMembers(sql: Sql, chatId: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    SELECT count(*) FROM chat_members WHERE chat_id = ${chatId} AND left_at IS NULL`;
  return row?.count ?? 0;
}

/** Makes someone a member, perhaps again: with the `seq` of the joining, and everything before it behind them. */
export async function putMember(
  sql: Sql,
  chatId: number,
  member: { readonly userId: number; readonly role: Role; readonly seq: number },
): Promise<void> {
  await sql`
    INSERT INTO chat_members (chat_id, user_id, role, seq, joined_seq, joined_at, touched_at, history_from_id,
      last_read_message_id, last_delivered_message_id)
    SELECT ${chatId}::bigint, ${member.userId}::bigint, ${member.role}, ${member.seq}::bigint, ${member.seq}::bigint,
      clock_timestamp(), clock_timestamp(), newest.id, newest.id, newest.id
    FROM (SELECT COALESCE(max(id), 0) AS id FROM messages WHERE chat_id = ${chatId}) AS newest
    ON CONFLICT (chat_id, user_id) DO UPDATE SET role = EXCLUDED.role, seq = EXCLUDED.seq, left_at = NULL,
      joined_seq = EXCLUDED.joined_seq, joined_at = EXCLUDED.joined_at, touched_at = EXCLUDED.touched_at,
      history_from_id = EXCLUDED.history_from_id, last_read_message_id = EXCLUDED.last_read_message_id,
      last_delivered_message_id = EXCLUDED.last_delivered_message_id`;
}

/** Gives a current member a role. */
export async function setRole(
  sql: Sql,
  chatId: number,
  member: { readonly userId: number; readonly role: Role; readonly seq: number },
): Promise<void> {
  await sql`
    UPDATE chat_members SET role = ${member.role}, seq = ${member.seq}, touched_at = clock_timestamp()
    WHERE chat_id = ${chatId} AND user_id = ${member.userId} AND left_at IS NULL`;
}

/** Ends a membership of a group or channel. Settings end with it: a way back begins without favourites. */
export async function endMembership(sql: Sql, chatId: number, userId: number, seq: number): Promise<void> {
  await sql`
    UPDATE chat_members
    SET left_at = clock_timestamp(), seq = ${seq}, touched_at = clock_timestamp(), role = 'member', ${noSettings(sql)}
    WHERE chat_id = ${chatId} AND user_id = ${userId} AND left_at IS NULL`;
}

/** Takes one side out of these private chats that are locked, without a `seq`. @returns those that both have left now. */
export async function leavePrivateChats(
  sql: Sql,
  chatIds: readonly number[],
  userId: number,
): Promise<number[]> {
  if (chatIds.length === 0) return [];
  const ids = sql`${[...chatIds]}::bigint[]`;
  await sql`
    UPDATE chat_members SET left_at = clock_timestamp(), touched_at = clock_timestamp(), ${noSettings(sql)}
    WHERE chat_id = ANY(${ids}) AND user_id = ${userId} AND left_at IS NULL`;
  await sql`UPDATE chats SET audience_version = audience_version + 1 WHERE id = ANY(${ids})`;
  const left = await sql<{ id: number }[]>`
    SELECT id FROM chats WHERE id = ANY(${ids})
      AND NOT EXISTS (SELECT 1 FROM chat_members WHERE chat_id = chats.id AND left_at IS NULL)`;
  return left.map(({ id }) => id);
}

function noSettings(sql: Sql) {
  return sql`is_favorite = false, is_archived = false, muted_until = NULL`;
}

/** Who is next to own the chat: the longest-standing admin, else member. */
export async function findHeir(sql: Sql, chatId: number, ownerId: number): Promise<number | null> {
  const [heir] = await sql<{ user_id: number }[]>`
    SELECT user_id FROM chat_members
    WHERE chat_id = ${chatId} AND user_id <> ${ownerId} AND left_at IS NULL
    ORDER BY role = 'admin' DESC, joined_at, user_id LIMIT 1`;
  return heir?.user_id ?? null;
}

/** A chat that someone is in, and as what. */
export interface Membership {
  readonly id: number;
  readonly kind: Chat["kind"];
  readonly role: Role;
}

/** The chats that a user is in, by id. */
export async function membershipsOf(sql: Sql, userId: number): Promise<Membership[]> {
  return await sql<Membership[]>`
    SELECT chats.id, chats.kind, member.role
    FROM chat_members AS member JOIN chats ON chats.id = member.chat_id
    WHERE member.user_id = ${userId} AND member.left_at IS NULL ORDER BY chats.id`;
}

/** Sets title and picture of a chat that is locked. */
export async function setAppearance(
  sql: Sql,
  chatId: number,
  appearance: { readonly title: string | null; readonly avatar: string | null },
): Promise<void> {
  await sql`UPDATE chats SET title = ${appearance.title}, avatar = ${appearance.avatar} WHERE id = ${chatId}`;
}
