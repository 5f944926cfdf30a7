import type { DepartedMember, SyncedMember, SyncedProfile } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";

/** A chat that is not as the client has it: one that it asked about, or one of its user's that looks different now. */
export interface ComparedChat {
  readonly id: number;
  /** What the client has; null: it did not ask. */
  readonly asked_seq: number | null;
  /** null: the client's user is not in it. */
  readonly seq: number | null;
  /** Whether it looks different since the moment that was asked for. */
  readonly is_changed: boolean;
  readonly is_private: boolean;
  readonly history_from_id: number;
  readonly joined_seq: number;
}

/** What {@link compareChats} found, and when: the moment of its snapshot or a little before, on the database's clock. */
export interface Comparison {
  readonly moment: Date;
  readonly chats: readonly ComparedChat[];
}

/**
 * Compares a user's chats with what a client has, the latest activity first. Those that look different since a moment are
 * looked for above `afterChatId`; without a moment all of those are different.
 */
export async function compareChats(
  sql: Sql,
  userId: number,
  asked: readonly (readonly [chatId: number, seq: number])[],
  { since, afterChatId }: { readonly since: Date | null; readonly afterChatId: number },
): Promise<Comparison> {
  const changed = since
    ? sql`(
        chats.changed_at >= ${sinceOf(sql, since)}
        OR EXISTS (SELECT 1 FROM chat_members WHERE chat_id = chats.id AND touched_at >= ${sinceOf(sql, since)})
      )`
    : sql`true`;
  const rows = await sql<(ComparedChat & { moment: Date })[]>`
    SELECT moment.now AS moment, chat.* FROM (SELECT now()) AS moment LEFT JOIN (
    SELECT COALESCE(asked.id, mine.id) AS id, asked.seq AS asked_seq, mine.seq, COALESCE(mine.is_changed, false) AS is_changed,
      COALESCE(mine.kind = 'private', false) AS is_private, COALESCE(mine.history_from_id, 0) AS history_from_id,
      COALESCE(mine.joined_seq, 0) AS joined_seq, mine.updated_at
    FROM (
      SELECT chats.id, chats.seq, chats.kind, chats.updated_at, me.history_from_id, me.joined_seq,
        chats.id > ${afterChatId} AND ${changed} AS is_changed
      FROM chat_members AS me JOIN chats ON chats.id = me.chat_id
      WHERE me.user_id = ${userId} AND me.left_at IS NULL
    ) AS mine
    FULL JOIN unnest(${numbers(sql, asked, ([id]) => id)}, ${numbers(sql, asked, ([, seq]) => seq)}) AS asked(id, seq)
      ON asked.id = mine.id
    WHERE mine.id IS NULL OR mine.seq <> asked.seq OR mine.is_changed
    ) AS chat ON true
    ORDER BY chat.updated_at DESC NULLS LAST, chat.id DESC`;
  const [first] = rows;
  if (!first) throw new Error("the database has no clock");
  return { moment: first.moment, chats: rows.filter(({ id }) => id !== null) };
}

/** As text that PostgreSQL reads itself: the driver would take an array apart number by number. */
function numbers<T>(sql: Sql, rows: readonly T[], pick: (row: T) => number) {
  return sql`${`{${rows.map(pick).join()}}`}::text::bigint[]`;
}

/** After a clock was set back, or a database restored, a moment of the future must not hide anything. */
function sinceOf(sql: Sql, since: Date | null) {
  return sql`LEAST(${since}::timestamptz, now() - interval '1 minute')`;
}

/**
 * Profiles above an id that have changed since a moment, by id: of those who share a chat with the user, and the user's own.
 * Someone who has left a private chat still counts. A deleted account has the key version 0.
 */
export async function findChangedProfiles(
  sql: Sql,
  userId: number,
  page: { readonly since: Date; readonly afterUserId: number; readonly limit: number },
): Promise<SyncedProfile[]> {
  const { since, afterUserId, limit } = page;
  return await sql<SyncedProfile[]>`
    WITH changed AS MATERIALIZED (
      SELECT id FROM users WHERE updated_at >= ${sinceOf(sql, since)}
      UNION SELECT user_id FROM user_keys WHERE signed_at >= ${sinceOf(sql, since)}
    )
    SELECT users.id, users.username, users.nickname, users.avatar, COALESCE(user_keys.key_version, 0) AS key_version
    FROM changed
    JOIN users ON users.id = changed.id
    LEFT JOIN user_keys ON user_keys.user_id = changed.id
    WHERE changed.id > ${afterUserId} AND (
      changed.id = ${userId}
      OR EXISTS (
        SELECT 1 FROM chats JOIN chat_members AS me ON me.chat_id = chats.id AND me.user_id = ${userId} AND me.left_at IS NULL
        WHERE chats.low_user_id = LEAST(${userId}::bigint, changed.id) AND chats.high_user_id = GREATEST(${userId}::bigint, changed.id)
      )
      OR EXISTS (
        SELECT 1 FROM chat_members AS other
        JOIN chat_members AS me ON me.chat_id = other.chat_id AND me.user_id = ${userId} AND me.left_at IS NULL
        WHERE other.user_id = changed.id AND other.left_at IS NULL
      )
    )
    ORDER BY users.id LIMIT ${limit}`;
}

/** What is read of one chat: everything above `fromSeq`, but at most so many messages. */
export interface ChatRange {
  readonly chat: ComparedChat;
  readonly fromSeq: number;
  readonly maxMessages: number;
}

/** Something in a chat that has changed: a message or a member. */
export interface ChangedEntry {
  /** Of its chat among the ranges, from 0. */
  readonly range: number;
  readonly seq: number;
  readonly message_id: number | null;
  readonly user_id: number | null;
  /** Not for this reader any more: an edit has hidden it. */
  readonly is_hidden: boolean;
  /** About what it takes in the answer. */
  readonly bytes: number;
}

/** More than an answer has room for, so this limit never decides what is left out. */
const MAX_MEMBERS = 10_000;
const MESSAGE_BYTES = 1024;
const MEMBER_BYTES = 512;

/**
 * What has changed in these chats, chat by chat and in the order of `seq`.
 *
 * A message that was hidden from the reader by an edit, after they had joined, is among it: they were told then, under its
 * `seq`, that they do not have it any more.
 */
export async function findChangedEntries(sql: Sql, ranges: readonly ChatRange[]): Promise<ChangedEntry[]> {
  const column = (pick: (range: ChatRange) => number) => numbers(sql, ranges, pick);
  return await sql<ChangedEntry[]>`
    SELECT (asked.position - 1)::integer AS range, entry.seq, entry.message_id, entry.user_id, entry.is_hidden, entry.bytes
    FROM unnest(${column(({ chat }) => chat.id)}, ${column(({ fromSeq }) => fromSeq)}, ${column(({ maxMessages }) => maxMessages)},
        ${column(({ chat }) => chat.history_from_id)}, ${column(({ chat }) => chat.joined_seq)},
        ${column(({ chat }) => Number(chat.is_private))})
      WITH ORDINALITY AS asked(chat_id, from_seq, max_messages, history_from_id, joined_seq, is_private, position)
    CROSS JOIN LATERAL (
      (
        SELECT messages.seq, messages.id AS message_id, NULL::bigint AS user_id,
          messages.id <= asked.history_from_id AND messages.envelopes IS NOT NULL AS is_hidden,
          octet_length(messages.message) + COALESCE(pg_column_size(messages.metadata), 0) + ${MESSAGE_BYTES}::integer AS bytes
        FROM messages
        WHERE messages.chat_id = asked.chat_id AND messages.seq > asked.from_seq
          AND (messages.id > asked.history_from_id OR (asked.is_private = 0
            AND (messages.envelopes IS NULL OR (messages.edited_at IS NOT NULL AND messages.seq >= asked.joined_seq))))
        ORDER BY messages.seq LIMIT asked.max_messages
      )
      UNION ALL
      (
        SELECT member.seq, NULL, member.user_id, false, ${MEMBER_BYTES}::integer
        FROM chat_members AS member
        WHERE member.chat_id = asked.chat_id AND member.seq > asked.from_seq
        ORDER BY member.seq LIMIT ${MAX_MEMBERS}
      )
    ) AS entry
    ORDER BY asked.position, entry.seq`;
}

/** A member of a chat, named by both. */
export interface MemberKey {
  readonly chatId: number;
  readonly userId: number;
}

interface MemberRow extends Omit<SyncedMember, "joined_at"> {
  readonly chat_id: number;
  readonly joined_at: Date;
  readonly removed: boolean;
}

/** Reads members, those who have gone too; both sides of a private chat are members, even while one has left. */
export async function readMembers(
  sql: Sql,
  keys: readonly MemberKey[],
): Promise<{ chatId: number; member: SyncedMember | DepartedMember }[]> {
  if (keys.length === 0) return [];
  const rows = await sql<MemberRow[]>`
    SELECT member.chat_id, member.user_id, users.username, users.nickname, users.avatar, member.role, member.joined_at,
      NULLIF(member.last_read_message_id, 0) AS last_read_message_id,
      NULLIF(member.last_delivered_message_id, 0) AS last_delivered_message_id,
      member.seq, member.left_at IS NOT NULL AND chats.kind <> 'private' AS removed
    FROM unnest(${numbers(sql, keys, ({ chatId }) => chatId)}, ${numbers(sql, keys, ({ userId }) => userId)}) AS key(chat_id, user_id)
    JOIN chat_members AS member ON member.chat_id = key.chat_id AND member.user_id = key.user_id
    JOIN chats ON chats.id = member.chat_id
    JOIN users ON users.id = member.user_id
    ORDER BY member.chat_id, member.seq, member.user_id`;
  return rows.map(({ chat_id: chatId, removed, joined_at, ...member }) => {
    const { user_id, seq } = member;
    if (removed) return { chatId, member: { user_id, removed, seq } };
    return { chatId, member: { ...member, joined_at: joined_at.toISOString() } };
  });
}
