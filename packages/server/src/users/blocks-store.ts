import type { User } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";

/** @returns whether this is new; nothing is added beyond `most` blocks of one owner. */
export async function insertBlock(
  sql: Sql,
  ownerId: number,
  otherId: number,
  most: number,
): Promise<boolean> {
  const { count } = await sql`
    INSERT INTO blocks (user_id, blocked_id)
    SELECT ${ownerId}::bigint, ${otherId}::bigint WHERE (SELECT count(*) FROM blocks WHERE user_id = ${ownerId}) < ${most}
    ON CONFLICT DO NOTHING`;
  return count === 1;
}

/** @returns whether there was one. */
export async function deleteBlock(sql: Sql, ownerId: number, otherId: number): Promise<boolean> {
  const { count } = await sql`DELETE FROM blocks WHERE user_id = ${ownerId} AND blocked_id = ${otherId}`;
  return count === 1;
}

/** Those of `otherIds` whom the owner has blocked. */
export async function findBlocked(sql: Sql, ownerId: number, otherIds: readonly number[]): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    SELECT blocked_id AS id FROM blocks WHERE user_id = ${ownerId} AND blocked_id = ANY(${[...otherIds]})`;
  return rows.map(({ id }) => id);
}

/** Those of `ownerIds` who have blocked the user. */
export async function findBlockers(sql: Sql, userId: number, ownerIds: readonly number[]): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    SELECT user_id AS id FROM blocks WHERE blocked_id = ${userId} AND user_id = ANY(${[...ownerIds]})`;
  return rows.map(({ id }) => id);
}

/** Whom the owner has blocked, the latest first. Bounded by what can be inserted. */
export async function listBlocked(sql: Sql, ownerId: number): Promise<User[]> {
  return await sql<User[]>`
    SELECT u.id, u.username, u.nickname, u.avatar
    FROM blocks b JOIN users u ON u.id = b.blocked_id
    WHERE b.user_id = ${ownerId} ORDER BY b.created_at DESC, u.id DESC`;
}
