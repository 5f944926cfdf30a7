import { LIMITS } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";

/** What a member has settled for themselves in a chat. */
export interface Settings {
  readonly is_favorite: boolean;
  readonly is_archived: boolean;
  readonly muted_until: Date | null;
}

/**
 * Until the transaction ends, nobody else adds a favourite of this user's. No row could be locked for it: the user may have
 * no favourite yet, and the user's own row is locked after those of members.
 */
export async function lockFavorites(sql: Sql, userId: number): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('favorites of ' || ${userId}::bigint, 0))`;
}

/** Under {@link lockFavorites}. @returns null if nothing changed: it is one, there are too many, or the user is no member. */
export async function addFavorite(sql: Sql, chatId: number, userId: number): Promise<Settings | null> {
  const [settings] = await sql<Settings[]>`
    UPDATE chat_members SET is_favorite = true, touched_at = clock_timestamp()
    WHERE chat_id = ${chatId} AND user_id = ${userId} AND left_at IS NULL AND NOT is_favorite
      AND ${LIMITS.favorites} > (
        SELECT count(*) FROM chat_members WHERE user_id = ${userId} AND left_at IS NULL AND is_favorite
      )
    RETURNING is_favorite, is_archived, muted_until`;
  return settings ?? null;
}

/** @returns null if nothing changed. */
export async function removeFavorite(sql: Sql, chatId: number, userId: number): Promise<Settings | null> {
  const [settings] = await sql<Settings[]>`
    UPDATE chat_members SET is_favorite = false, touched_at = clock_timestamp()
    WHERE chat_id = ${chatId} AND user_id = ${userId} AND left_at IS NULL AND is_favorite
    RETURNING is_favorite, is_archived, muted_until`;
  return settings ?? null;
}

/** What is undefined stays as it is. @returns null if nothing changed. */
export async function changeSettings(
  sql: Sql,
  chatId: number,
  userId: number,
  { isArchived, mutedUntil }: { isArchived: boolean | undefined; mutedUntil: Date | null | undefined },
): Promise<Settings | null> {
  const archived = isArchived === undefined ? sql`is_archived` : sql`${isArchived}::boolean`;
  const muted = mutedUntil === undefined ? sql`muted_until` : sql`${mutedUntil}::timestamptz`;
  const [settings] = await sql<Settings[]>`
    UPDATE chat_members SET is_archived = ${archived}, muted_until = ${muted}, touched_at = clock_timestamp()
    WHERE chat_id = ${chatId} AND user_id = ${userId} AND left_at IS NULL
      AND (is_archived, muted_until) IS DISTINCT FROM (${archived}, ${muted})
    RETURNING is_favorite, is_archived, muted_until`;
  return settings ?? null;
}

/** @returns null for whoever is no member. */
export async function readSettings(sql: Sql, chatId: number, userId: number): Promise<Settings | null> {
  const [settings] = await sql<Settings[]>`
    SELECT is_favorite, is_archived, muted_until FROM chat_members
    WHERE chat_id = ${chatId} AND user_id = ${userId} AND left_at IS NULL`;
  return settings ?? null;
}
