import type { Sql } from "../db/database.ts";

/** The picture at a path. */
export async function findAvatar(sql: Sql, path: string): Promise<Buffer | undefined> {
  const [row] = await sql<{ image: Buffer }[]>`SELECT image FROM avatars WHERE path = ${path}`;
  return row?.image;
}

/**
 * Stores a picture, or locks the one that is there: {@link removeReleased} waits for the end of this transaction, and then
 * sees who uses it.
 */
export async function keepAvatar(sql: Sql, path: string, image: Buffer): Promise<void> {
  await sql`
    INSERT INTO avatars (path, image) VALUES (${path}, ${image})
    ON CONFLICT (path) DO UPDATE SET path = excluded.path`;
}

/** Removes one of the pictures that were given up, unless somebody else uses it. @returns whether there was one to look at. */
export async function removeReleased(sql: Sql): Promise<boolean> {
  const [released] = await sql<{ id: number; path: string }[]>`
    SELECT id, path FROM released_avatars ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`;
  if (!released) return false;
  const { id, path } = released;
  await sql`SELECT 1 FROM avatars WHERE path = ${path} FOR UPDATE`;
  // A statement of its own: its snapshot is taken after the lock was granted, so it sees everyone who has set the picture.
  await sql`
    DELETE FROM avatars WHERE path = ${path}
      AND NOT EXISTS (SELECT 1 FROM users WHERE avatar = ${path})
      AND NOT EXISTS (SELECT 1 FROM chats WHERE avatar = ${path})`;
  await sql`DELETE FROM released_avatars WHERE id = ${id}`;
  return true;
}
