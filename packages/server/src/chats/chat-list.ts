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
  readonly last_is_read: boolean | null;
  readonly last_is_delivered: boolean | null;
}

/** Reads the chats of a user, latest activity first; with `chatId` that one alone. */
export async function listChats(sql: Sql, userId: number, chatId: number | null = null): Promise<Chat[]> {
  const rows = await sql<ChatRow[]>`
    SELECT chats.id, chats.kind, chats.title, chats.avatar, chats.encrypted, chats.created_at, chats.updated_at, chats.seq,
      chats.members_version, me.role, me.is_archived, me.is_favorite, me.muted_until, me.history_from_id,
      me.last_read_message_id, everyone.count AS member_count, everyone.others_read, everyone.others_delivered,
      peer.id AS peer_id, peer.username AS peer_username, peer.nickname AS peer_nickname, peer.avatar AS peer_avatar,
      unread.count AS unread_count, last.id AS last_id, last.message AS last_message, last.message_type AS last_type,
      last.created_at AS last_created_at, last.sender_id AS last_sender_id, last.envelopes IS NOT NULL AS last_has_envelopes,
      last.envelopes->${String(userId)} AS last_envelope, passed.is_read AS last_is_read, passed.is_delivered AS last_is_delivered
    FROM chat_members AS me
    JOIN chats ON chats.id = me.chat_id
    LEFT JOIN users AS peer
      ON peer.id = CASE WHEN chats.low_user_id = me.user_id THEN chats.high_user_id ELSE chats.low_user_id END
    CROSS JOIN LATERAL (
      SELECT count(*) AS count,
        max(member.last_read_message_id) FILTER (WHERE member.user_id <> me.user_id) AS others_read,
        max(member.last_delivered_message_id) FILTER (WHERE member.user_id <> me.user_id) AS others_delivered
      FROM chat_members AS member
      WHERE member.chat_id = me.chat_id AND (member.left_at IS NULL OR chats.kind = 'private')
    ) AS everyone
    CROSS JOIN LATERAL (
      SELECT count(*) AS count FROM (
        SELECT 1 FROM messages
        WHERE messages.chat_id = me.chat_id AND messages.id > me.last_read_message_id AND messages.sender_id <> me.user_id
          AND messages.deleted_at IS NULL AND messages.system IS NULL
          AND (messages.id > me.history_from_id OR (chats.kind <> 'private' AND messages.envelopes IS NULL))
        LIMIT ${LIMITS.unreadMax}
      ) AS counted
    ) AS unread
    LEFT JOIN LATERAL (
      SELECT * FROM messages
      WHERE messages.chat_id = me.chat_id AND messages.deleted_at IS NULL
        AND (messages.id > me.history_from_id OR (chats.kind <> 'private' AND messages.envelopes IS NULL))
      ORDER BY messages.id DESC LIMIT 1
    ) AS last ON true
    LEFT JOIN LATERAL (
      SELECT COALESCE(bool_or(member.last_read_message_id >= last.id), false) AS is_read,
        COALESCE(bool_or(member.last_delivered_message_id >= last.id), false) AS is_delivered
      FROM chat_members AS member
      WHERE member.chat_id = me.chat_id AND member.user_id <> last.sender_id
    ) AS passed ON last.id IS NOT NULL
    WHERE me.user_id = ${userId} AND me.left_at IS NULL ${chatId === null ? sql`` : sql`AND me.chat_id = ${chatId}`}
    ORDER BY chats.updated_at DESC, chats.id DESC`;
  return rows.map((row) => toChat(row, userId));
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
    last_message_is_delivered: row.last_is_delivered,
    last_message_is_read: row.last_is_read,
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
