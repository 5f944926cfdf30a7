import type { Sql } from "../db/database.ts";

/** Messages, and names of files, erased by one statement at most, so that none is long. */
const BATCH = 10_000;

/**
 * Erases chats that are locked, with all that was ever in them and the files that only they name. Of a very long one the
 * rest is left to {@link eraseBatch}; nobody can read it from the commit on.
 *
 * To be called once in a transaction: files are locked in the order of their ids.
 */
export async function eraseChats(sql: Sql, chatIds: readonly number[]): Promise<void> {
  if (chatIds.length === 0) return;
  const ids = [...chatIds];
  await eraseContent(sql, ids);
  await sql`
    INSERT INTO erasures (chat_id)
    SELECT id FROM unnest(${ids}::bigint[]) AS erased(id)
    WHERE EXISTS (SELECT 1 FROM messages WHERE messages.chat_id = erased.id)
      OR EXISTS (SELECT 1 FROM message_files WHERE message_files.chat_id = erased.id)`;
  await sql`DELETE FROM chats WHERE id = ANY(${ids}::bigint[])`;
}

/** Goes on erasing a chat that is gone and that nobody else is erasing. @returns whether there was one. */
export async function eraseBatch(sql: Sql): Promise<boolean> {
  const [next] = await sql<{ chat_id: number }[]>`
    SELECT chat_id FROM erasures ORDER BY chat_id LIMIT 1 FOR UPDATE SKIP LOCKED`;
  if (!next) return false;
  const isMore = await eraseContent(sql, [next.chat_id]);
  if (!isMore) await sql`DELETE FROM erasures WHERE chat_id = ${next.chat_id}`;
  return true;
}

/** Erases one batch. @returns whether there may be more. */
async function eraseContent(sql: Sql, chatIds: readonly number[]): Promise<boolean> {
  const messages = await deleteMessages(sql, chatIds);
  const fileIds = await deleteNames(sql, chatIds);
  if (fileIds.length > 0) await sql`SELECT remove_unnamed_files(${fileIds}::bigint[])`;
  return messages === BATCH || fileIds.length === BATCH;
}

async function deleteMessages(sql: Sql, chatIds: readonly number[]): Promise<number> {
  const { count } = await sql`
    DELETE FROM messages WHERE (chat_id, id) IN (
      SELECT chat_id, id FROM messages WHERE chat_id = ANY(${[...chatIds]}::bigint[]) LIMIT ${BATCH}
    )`;
  return count;
}

/** @returns the files that were named, one for each time. */
async function deleteNames(sql: Sql, chatIds: readonly number[]): Promise<number[]> {
  const rows = await sql<{ file_id: number }[]>`
    DELETE FROM message_files WHERE (chat_id, message_id, file_id) IN (
      SELECT chat_id, message_id, file_id FROM message_files WHERE chat_id = ANY(${[...chatIds]}::bigint[]) LIMIT ${BATCH}
    )
    RETURNING file_id`;
  return rows.map(({ file_id }) => file_id);
}
