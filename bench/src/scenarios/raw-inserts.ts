import { randomUUID } from "node:crypto";
import { type Database, openDatabase } from "@tacit/server/db/database";
import { readPasswords, SERVER_ROLE } from "@tacit/server/db/embedded/credentials";
import { encryptedContent } from "../load/message-content.ts";
import type { Person } from "../load/people.ts";
import { postmasterLines } from "../system/server-process.ts";

/**
 * Inserts the rows that the messages of a load become, in batches of the same size, one commit after the other, into a table with
 * the same indexes of the same PostgreSQL: what its disk and CPU allow when nothing is locked, checked or numbered.
 *
 * @returns rows a second.
 */
export async function insertBatches(
  dataDirectory: string,
  people: readonly Person[],
  batchRows: number,
  seconds: number,
): Promise<number> {
  const database = await openBuiltIn(dataDirectory);
  await database.run((sql) => sql`CREATE TABLE bench_messages (LIKE messages INCLUDING ALL)`);
  const rowsOf = rowMaker(people);
  const begin = performance.now();
  let rows = 0;
  while (performance.now() - begin < seconds * 1000) {
    await insert(database, rowsOf(batchRows));
    rows += batchRows;
  }
  const elapsed = (performance.now() - begin) / 1000;
  await database.run((sql) => sql`DROP TABLE bench_messages`);
  await database.close();
  return rows / elapsed;
}

/** Opens the built-in database of a server, past that server. */
export async function openBuiltIn(dataDirectory: string): Promise<Database> {
  const [, , , port, host = ""] = postmasterLines(dataDirectory);
  const passwords = await readPasswords(dataDirectory);
  return openDatabase(
    {
      host,
      port: Number(port),
      database: SERVER_ROLE,
      user: SERVER_ROLE,
      password: passwords?.server ?? "",
    },
    { maxConnections: 1 },
  );
}

/** As arrays of columns, the form in which PostgreSQL reads many rows with the least work. */
async function insert(database: Database, rows: readonly Row[]): Promise<void> {
  const column = <T>(pick: (row: Row) => T) => rows.map(pick);
  await database.run(
    (sql) => sql`
      INSERT INTO bench_messages (chat_id, id, seq, sender_id, client_message_id, message, message_type, envelopes)
      SELECT chat_id, id, id, sender_id, client_message_id, message, 'text', envelopes::jsonb
      FROM unnest(${column(({ chatId }) => chatId)}::bigint[], ${column(({ id }) => id)}::bigint[],
        ${column(({ userId }) => userId)}::bigint[], ${column(({ clientMessageId }) => clientMessageId)}::uuid[],
        ${column(({ message }) => message)}::text[], ${column(({ envelopes }) => envelopes)}::text[])
        AS entry(chat_id, id, sender_id, client_message_id, message, envelopes)`,
  );
}

interface Row {
  readonly id: number;
  readonly chatId: number;
  readonly userId: number;
  readonly clientMessageId: string;
  readonly message: string;
  readonly envelopes: string;
}

function rowMaker(people: readonly Person[]): (count: number) => Row[] {
  const contents = people.map((person) => {
    const { message, envelopes } = encryptedContent(person);
    return { chatId: person.chatId, userId: person.userId, message, envelopes: JSON.stringify(envelopes) };
  });
  let id = 0;
  const next = (): Row => {
    id += 1;
    return { id, clientMessageId: randomUUID(), ...(contents[id % contents.length] as (typeof contents)[0]) };
  };
  return (count) => Array.from({ length: count }, next);
}
