import type { Sql } from "../db/database.ts";

/** A blob that is to be removed from the store. */
export interface ReleasedBlob {
  readonly id: number;
  readonly blob: string;
  /** A file has it, so it must stay. */
  readonly isKept: boolean;
}

/** Removes files that no message has named for a day, but for those that somebody is naming now. @returns how many. */
export async function removeForgotten(sql: Sql, limit: number): Promise<number> {
  const files = await sql<{ id: number }[]>`
    SELECT id FROM files WHERE unnamed_since < now() - interval '24 hours'
    ORDER BY unnamed_since LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
  return await removeUnnamed(sql, files);
}

/**
 * Removes files of one user that no message names, but for those that somebody is naming now: waiting for these could be a
 * deadlock, and if they stay without a name, the sweeper finds them.
 *
 * @returns how many.
 */
export async function removeUnnamedOf(sql: Sql, ownerId: number, limit: number): Promise<number> {
  const files = await sql<{ id: number }[]>`
    SELECT id FROM files WHERE owner_id = ${ownerId} AND unnamed_since IS NOT NULL
    LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
  return await removeUnnamed(sql, files);
}

async function removeUnnamed(sql: Sql, files: readonly { readonly id: number }[]): Promise<number> {
  if (files.length === 0) return 0;
  const [outcome] = await sql<{ removed: number }[]>`
    SELECT remove_unnamed_files(${files.map(({ id }) => id)}::bigint[]) AS removed`;
  return outcome?.removed ?? 0;
}

/** Locks blobs whose time has come and that no other process is removing. */
export async function lockReleased(sql: Sql, limit: number): Promise<ReleasedBlob[]> {
  const released = await sql<{ id: number; blob: string }[]>`
    SELECT id, blob FROM released_blobs WHERE not_before <= now()
    ORDER BY not_before LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
  if (released.length === 0) return [];
  // A statement of its own, so that it sees whatever was committed before the lock.
  const kept = await sql<{ blob: string }[]>`
    SELECT blob FROM files WHERE blob = ANY(${released.map(({ blob }) => blob)}::text[])`;
  const names = new Set(kept.map(({ blob }) => blob));
  return released.map(({ id, blob }) => ({ id, blob, isKept: names.has(blob) }));
}

/** Forgets blobs that are gone, or that stay. */
export async function forgetReleased(sql: Sql, ids: readonly number[]): Promise<void> {
  await sql`DELETE FROM released_blobs WHERE id = ANY(${[...ids]}::bigint[])`;
}

/** Puts off blobs that could not be removed, so that the others get their turn. */
export async function postponeReleased(sql: Sql, ids: readonly number[]): Promise<void> {
  await sql`UPDATE released_blobs SET not_before = now() + interval '1 hour' WHERE id = ANY(${[...ids]}::bigint[])`;
}
