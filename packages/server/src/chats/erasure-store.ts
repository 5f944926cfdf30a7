import type { Sql } from "../db/database.ts";

/** Messages erased by one statement at most, so that none is long. */
const BATCH = 10_000;

/**
 * Erases chats that are locked, with all that was ever in them. Of a very long one the rest is left to {@link eraseBatch};
 * nobody can read it from the commit on.
 */
export async function eraseChats(sql: Sql, chatIds: readonly number[]): Promise<void> {
  if (chatIds.length === 0) return;
  const ids = [...chatIds];
  await deleteMessages(sql, ids);
  await sql`
    INSERT INTO erasures (chat_id)
    SELECT id FROM unnest(${ids}::bigint[]) AS erased(id)
    WHERE EXISTS (SELECT 1 FROM messages WHERE messages.chat_id = erased.id)`;
  await sql`DELETE FROM chats WHERE id = ANY(${ids}::bigint[])`;
}

/** Goes on erasing a chat that is gone and that nobody else is erasing. @returns whether there was one. */
export async function eraseBatch(sql: Sql): Promise<boolean> {
  const [next] = await sql<{ chat_id: number }[]>`
    SELECT chat_id FROM erasures ORDER BY chat_id LIMIT 1 FOR UPDATE SKIP LOCKED`;
  if (!next) return false;
  const deleted = await deleteMessages(sql, [next.chat_id]);
  if (deleted < BATCH) await sql`DELETE FROM erasures WHERE chat_id = ${next.chat_id}`;
  return true;
}

async function deleteMessages(sql: Sql, chatIds: readonly number[]): Promise<number> {
  const { count } = await sql`
    DELETE FROM messages WHERE (chat_id, id) IN (
      SELECT chat_id, id FROM messages WHERE chat_id = ANY(${[...chatIds]}::bigint[]) LIMIT ${BATCH}
    )`;
  return count;
}
