import type { Sql } from "../db/database.ts";

/** A message of a chat that this transaction has locked. */
export interface NamingMessage {
  readonly chatId: number;
  readonly messageId: number;
}

/**
 * Replaces the files that a message names. Whom it leaves without a message has a day to be named again.
 *
 * @returns false, having changed nothing, if `authorId` may not read one of them.
 */
export async function replaceNamedFiles(
  sql: Sql,
  message: NamingMessage,
  authorId: number,
  fileIds: readonly number[],
): Promise<boolean> {
  const earlier = await filesNamedBy(sql, message);
  const concerned = [...earlier, ...fileIds];
  if (concerned.length === 0) return true;
  await sql`SELECT 1 FROM files WHERE id = ANY(${concerned}::bigint[]) ORDER BY id FOR NO KEY UPDATE`;
  if (!(await mayReadAll(sql, authorId, fileIds))) return false;
  await writeNames(sql, message, fileIds);
  await sql`
    UPDATE files SET unnamed_since = CASE WHEN unnamed_since IS NULL THEN now() END
    WHERE id = ANY(${concerned}::bigint[])
      AND (unnamed_since IS NULL) <> EXISTS (SELECT 1 FROM message_files WHERE file_id = files.id)`;
  return true;
}

async function filesNamedBy(sql: Sql, { chatId, messageId }: NamingMessage): Promise<number[]> {
  const rows = await sql<{ file_id: number }[]>`
    SELECT file_id FROM message_files WHERE chat_id = ${chatId} AND message_id = ${messageId}`;
  return rows.map(({ file_id }) => file_id);
}

async function mayReadAll(sql: Sql, readerId: number, fileIds: readonly number[]): Promise<boolean> {
  const unreadable = await sql`
    SELECT 1 FROM unnest(${[...fileIds]}::bigint[]) AS named(id) WHERE NOT may_read_file(${readerId}, named.id) LIMIT 1`;
  return unreadable.length === 0;
}

async function writeNames(
  sql: Sql,
  { chatId, messageId }: NamingMessage,
  fileIds: readonly number[],
): Promise<void> {
  const ids = sql`${[...fileIds]}::bigint[]`;
  await sql`
    DELETE FROM message_files
    WHERE chat_id = ${chatId} AND message_id = ${messageId} AND NOT file_id = ANY(${ids})`;
  await sql`
    INSERT INTO message_files (chat_id, message_id, file_id)
    SELECT ${chatId}::bigint, ${messageId}::bigint, id FROM unnest(${ids}) AS named(id)
    ON CONFLICT DO NOTHING`;
}

/** Forgets what a message names, and removes the files that nobody else names. @returns whether there were any. */
export async function removeNamedFiles(sql: Sql, { chatId, messageId }: NamingMessage): Promise<boolean> {
  const rows = await sql<{ file_id: number }[]>`
    DELETE FROM message_files WHERE chat_id = ${chatId} AND message_id = ${messageId} RETURNING file_id`;
  if (rows.length === 0) return false;
  const fileIds = rows.map(({ file_id }) => file_id);
  const [outcome] = await sql<
    { removed: number }[]
  >`SELECT remove_unnamed_files(${fileIds}::bigint[]) AS removed`;
  return (outcome?.removed ?? 0) > 0;
}
