import type { Chat } from "@tacit/protocol";
import { LIMITS } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";

interface ChatRow {
  readonly id: number;
  readonly kind: Chat["kind"];
  readonly title: string | null;
  readonly avatar: string | null;
  readonly encrypted: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly seq: number;
  readonly members_version: number;
  readonly role: Chat["my_role"];
  readonly is_archived: boolean;
  readonly is_favorite: boolean;
  readonly muted_until: Date | null;
  readonly history_from_id: number;
  readonly last_read_message_id: number;
  readonly member_count: number;
  readonly others_read: number | null;
  readonly others_delivered: number | null;
  readonly peer_id: number | null;
  readonly peer_username: string | null;
  readonly peer_nickname: string | null;
  readonly peer_avatar: string | null;
  readonly unread_count: number;
  readonly last_id: number | null;
  readonly last_message: string | null;
  readonly last_type: string | null;
  readonly last_created_at: Date | null;
  readonly last_sender_id: number | null;
  readonly last_has_envelopes: boolean | null;
  readonly last_envelope: Record<string, string> | null;
  readonly last_is_read: boolean;
  readonly last_is_delivered: boolean;
}

/**
 * Reads the chats of a user, latest activity first; with `chatIds` only those.
 *
 * One statement, flat in the number of messages of a chat: unread ones are counted, and the newest is found, in the primary
 * key alone, which carries what decides whether a message counts. Only the newest message itself is read from the table.
 */
export async function listChats(
  sql: Sql,
  userId: number,
  chatIds: readonly number[] | null = null,
): Promise<Chat[]> {
  const rows = await sql<ChatRow[]>`
    SELECT chats.id, chats.kind, chats.title, chats.avatar, chats.encrypted, chats.created_at, chats.updated_at, chats.seq,
      chats.members_version, me.role, me.is_archived, me.is_favorite, me.muted_until, me.history_from_id,
      me.last_read_message_id, everyone.count AS member_count, everyone.others_read, everyone.others_delivered,
      peer.id AS peer_id, peer.username AS peer_username, peer.nickname AS peer_nickname, peer.avatar AS peer_avatar,
      ${unreadCount(sql)} AS unread_count, last.id AS last_id, last.message AS last_message, last.message_type AS last_type,
      last.created_at AS last_created_at, last.sender_id AS last_sender_id, last.envelopes IS NOT NULL AS last_has_envelopes,
      last.envelopes->${String(userId)} AS last_envelope,
      everyone.last_is_read, everyone.last_is_delivered
    FROM chat_members AS me
    JOIN chats ON chats.id = me.chat_id
    LEFT JOIN users AS peer
      ON peer.id = CASE WHEN chats.low_user_id = me.user_id THEN chats.high_user_id ELSE chats.low_user_id END
    LEFT JOIN messages AS last ON last.chat_id = me.chat_id AND last.id = ${newestMessage(sql)}
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE counts) AS count,
        max(read) FILTER (WHERE counts AND user_id <> me.user_id) AS others_read,
        max(delivered) FILTER (WHERE counts AND user_id <> me.user_id) AS others_delivered,
        -- Also of people who have left since: what was read stays read.
        COALESCE(bool_or(read >= last.id) FILTER (WHERE user_id <> last.sender_id), false) AS last_is_read,
        COALESCE(bool_or(delivered >= last.id) FILTER (WHERE user_id <> last.sender_id), false) AS last_is_delivered
      FROM (
        SELECT member.user_id, member.last_read_message_id AS read, member.last_delivered_message_id AS delivered,
          -- Both sides of a private chat count, even while one has left.
          member.left_at IS NULL OR chats.kind = 'private' AS counts
        FROM chat_members AS member WHERE member.chat_id = me.chat_id
      ) AS member
    ) AS everyone
    WHERE me.user_id = ${userId} AND me.left_at IS NULL ${chatIds ? sql`AND me.chat_id = ANY(${[...chatIds]}::bigint[])` : sql``}
    ORDER BY chats.updated_at DESC, chats.id DESC`;
  return rows.map((row) => toChat(row, userId));
}

/**
 * Messages of others past the reader's pointer; nothing is looked for where even the newest is not. In groups the pointer of
 * someone who joins is at what is hidden from them, so there is no more to check.
 */
function unreadCount(sql: Sql) {
  const seen = sql`GREATEST(me.last_read_message_id, me.history_from_id)`;
  return sql`CASE WHEN last.id > ${seen} THEN (
    SELECT count(*) FROM (
      SELECT 1 FROM messages
      WHERE messages.chat_id = me.chat_id AND messages.id > ${seen} AND messages.sender_id <> me.user_id
        AND messages.deleted_at IS NULL AND messages.message_type <> 'system'
      LIMIT ${LIMITS.unreadMax}
    ) AS counted
  ) ELSE 0 END`;
}

/** The newest message that the reader has: almost always one from after they came. */
function newestMessage(sql: Sql) {
  return sql`COALESCE(
    (
      SELECT id FROM messages
      WHERE messages.chat_id = me.chat_id AND messages.id > me.history_from_id AND messages.deleted_at IS NULL
      ORDER BY id DESC LIMIT 1
    ),
    (
      SELECT id FROM messages
      WHERE chats.kind <> 'private' AND messages.chat_id = me.chat_id AND messages.id <= me.history_from_id
        AND messages.deleted_at IS NULL AND messages.envelopes IS NULL
      ORDER BY id DESC LIMIT 1
    )
  )`;
}

function toChat(row: ChatRow, userId: number): Chat {
  const isPrivate = row.kind === "private";
  // Old clients print `last_message` of groups as it is, so ciphertext must not be there.
  const hidden = !isPrivate && row.last_has_envelopes === true;
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    avatar: row.avatar,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    is_archived: row.is_archived,
    is_favorite: row.is_favorite,
    muted_until: row.muted_until?.toISOString() ?? null,
    peer_id: row.peer_id,
    peer_username: row.peer_username,
    peer_nickname: row.peer_nickname,
    peer_avatar: isPrivate ? row.peer_avatar : row.avatar,
    unread_count: row.unread_count,
    my_role: row.role,
    last_message_id: row.last_id,
    last_message: hidden ? "" : row.last_message,
    last_message_ciphertext: hidden ? row.last_message : null,
    last_message_type: row.last_type,
    last_message_created_at: row.last_created_at?.toISOString() ?? null,
    last_message_sender_id: row.last_sender_id,
    last_message_envelopes: row.last_envelope && { [userId]: row.last_envelope },
    last_message_is_outgoing: row.last_id === null ? null : row.last_sender_id === userId,
    last_message_is_delivered: row.last_id === null ? null : row.last_is_delivered,
    last_message_is_read: row.last_id === null ? null : row.last_is_read,
    last_read_message_id: row.last_read_message_id || null,
    others_read_message_id: row.others_read || null,
    others_delivered_message_id: row.others_delivered || null,
    history_from_id: row.history_from_id || null,
    seq: row.seq,
    members_version: row.members_version,
    member_count: row.member_count,
    encrypted: row.encrypted,
  };
}
