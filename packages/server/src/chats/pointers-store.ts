import { LIMITS } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";

/** Which pointer of a member. Reading implies delivery, so the delivered one is never behind the read one. */
export type Pointer = "read" | "delivered";

/** A pointer before and after it moved. */
export interface MovedPointer {
  readonly from: number;
  readonly to: number;
}

const COLUMNS = { read: "last_read_message_id", delivered: "last_delivered_message_id" } as const;

/**
 * Moves a member's pointer forward to the newest message that is not after `upTo`, or to the newest of all. Without the
 * chat's lock: pointers take no `seq`, and of two movements at once the larger wins.
 *
 * @returns null if it did not move: it is there already, or the caller is no member.
 */
export async function movePointer(
  sql: Sql,
  chatId: number,
  userId: number,
  pointer: Pointer,
  upTo: number | null,
): Promise<MovedPointer | null> {
  const column = sql(COLUMNS[pointer]);
  const [moved] = await sql<MovedPointer[]>`
    UPDATE chat_members AS member
    SET ${column} = before.target, touched_at = clock_timestamp()
      ${pointer === "read" ? sql`, last_delivered_message_id = GREATEST(member.last_delivered_message_id, before.target)` : sql``}
    FROM (
      SELECT me.chat_id, me.user_id, me.${column} AS position, newest.id AS target
      FROM chat_members AS me
      JOIN chats ON chats.id = me.chat_id
      CROSS JOIN LATERAL (
        SELECT messages.id FROM messages
        WHERE messages.chat_id = me.chat_id ${upTo === null ? sql`` : sql`AND messages.id <= ${upTo}`}
        ORDER BY messages.id DESC LIMIT 1
      ) AS newest
      WHERE me.chat_id = ${chatId} AND me.user_id = ${userId} AND me.left_at IS NULL AND me.${column} < newest.id
        -- What someone who came back does not have, they have not read.
        AND (chats.kind <> 'private' OR newest.id > me.history_from_id)
      -- The latest version of the row, whatever this statement's snapshot shows.
      FOR NO KEY UPDATE OF me
    ) AS before
    WHERE member.chat_id = before.chat_id AND member.user_id = before.user_id
    RETURNING before.position AS "from", member.${column} AS "to"`;
  return moved ?? null;
}

/** Where a member's pointer is, 0 before the first message; null for whoever is no member. */
export async function readPointer(
  sql: Sql,
  chatId: number,
  userId: number,
  pointer: Pointer,
): Promise<number | null> {
  const [row] = await sql<{ position: number }[]>`
    SELECT ${sql(COLUMNS[pointer])} AS position FROM chat_members
    WHERE chat_id = ${chatId} AND user_id = ${userId} AND left_at IS NULL`;
  return row?.position ?? null;
}

/** Messages looked at for the authors who are told: beyond that they are so old that nobody watches their ticks. */
const MAX_PASSED = 1_000;

/**
 * Who is told that a member's pointer moved: every member of a small chat, in a larger one the mover and the authors of
 * messages passed. Nobody, once the mover has left a group or channel: there pointers of others no longer count.
 */
export async function readPointerAudience(
  sql: Sql,
  chatId: number,
  userId: number,
  { from, to }: MovedPointer,
): Promise<number[]> {
  const rows = await sql<{ user_id: number }[]>`
    WITH few AS MATERIALIZED (
      SELECT user_id FROM chat_members WHERE chat_id = ${chatId} AND left_at IS NULL
      LIMIT ${LIMITS.pointersToAllMembers + 1}
    ),
    told AS (
      SELECT user_id FROM few WHERE (SELECT count(*) FROM few) <= ${LIMITS.pointersToAllMembers}
      UNION SELECT ${userId}
      UNION SELECT passed.sender_id FROM (
        SELECT sender_id FROM messages
        WHERE chat_id = ${chatId} AND id > ${from} AND id <= ${to} AND system IS NULL
          AND (SELECT count(*) FROM few) > ${LIMITS.pointersToAllMembers}
        ORDER BY id DESC LIMIT ${MAX_PASSED}
      ) AS passed
    )
    SELECT member.user_id FROM told JOIN chat_members AS member ON member.chat_id = ${chatId} AND member.user_id = told.user_id
    WHERE member.left_at IS NULL
      AND EXISTS (
        SELECT 1 FROM chat_members AS mover JOIN chats ON chats.id = mover.chat_id
        WHERE mover.chat_id = ${chatId} AND mover.user_id = ${userId} AND (mover.left_at IS NULL OR chats.kind = 'private')
      )`;
  return rows.map(({ user_id }) => user_id);
}
