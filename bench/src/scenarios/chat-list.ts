import type { Sql } from "@tacit/server/db/database";
import type { Account } from "../load/people.ts";
import { timed } from "../load/timed.ts";
import { milliseconds } from "../report.ts";
import { type Figure, repeated, type Scenario } from "../scenario.ts";
import { median, percentile, spread } from "../statistics.ts";
import { withOneReader } from "./one-reader.ts";

const CHATS = 500;
const MESSAGES = 200_000;
/** Of the 500, and how many members each of them has. */
const GROUPS = [
  { count: 70, members: 30 },
  { count: 10, members: 1_000 },
];
const PEOPLE = 1_200;
/** Messages that one statement inserts within the deadline of every statement. */
const CHUNK = 20_000;
const TARGET_MS = 40;
const ROUNDS = 30;
const WARM_UP = 8;

/** The list of someone with many chats: the first thing that a client asks. */
export const chatList: Scenario = {
  name: "chat-list",
  expectedSeconds: ({ runs }) => 60 + runs * 3,
  run: (options, say) =>
    withOneReader(async ({ url, reader, database }) => {
      say(`${CHATS} chats, ${MESSAGES} messages`);
      await fill(database.run, reader.userId);
      return figures(await repeated(options, say, () => measure(url, reader, database.run)));
    }),
};

type Run = <T>(work: (sql: Sql) => Promise<T>) => Promise<T>;

/** Messages of all chats come in between each other, as they do in life; a third of the chats have some unread. */
async function fill(run: Run, reader: number): Promise<void> {
  await run((sql) => insertChats(sql, reader));
  for (let first = 1; first <= MESSAGES; first += CHUNK)
    await run((sql) => insertMessages(sql, reader, first));
  await run(movePointers);
  // What autovacuum does within a minute of so many inserts.
  for (const table of ["messages", "chat_members", "chats"])
    await run((sql) => sql`VACUUM (ANALYZE) ${sql(table)}`);
}

async function insertChats(sql: Sql, reader: number): Promise<void> {
  const groups = GROUPS.reduce((sum, { count }) => sum + count, 0);
  await sql`
    INSERT INTO users (username, nickname, nickname_key)
    SELECT 'person ' || n, 'Person ' || n, 'person ' || n FROM generate_series(1, ${PEOPLE}::integer) AS n`;
  await sql`
    INSERT INTO chats (kind, created_by, low_user_id, high_user_id)
    SELECT 'private', ${reader}, ${reader}, ${reader} + n FROM generate_series(1, ${CHATS - groups}::integer) AS n`;
  await sql`
    INSERT INTO chat_members (chat_id, user_id, role, seq)
    SELECT chats.id, unnest(ARRAY[low_user_id, high_user_id]), 'member', 1 FROM chats`;
  for (const { count, members } of GROUPS) {
    await sql`
      WITH made AS (
        INSERT INTO chats (kind, title, created_by)
        SELECT 'group', 'Group ' || n, ${reader} FROM generate_series(1, ${count}::integer) AS n RETURNING id
      )
      INSERT INTO chat_members (chat_id, user_id, role, seq)
      SELECT made.id, ${reader} + n, 'member', 1 FROM made, generate_series(0, ${members - 1}::integer) AS n`;
  }
}

/** Each message has a number of its own as `seq`, so that chunks need not know of each other. */
async function insertMessages(sql: Sql, reader: number, first: number): Promise<void> {
  await sql`
    INSERT INTO messages (chat_id, id, seq, sender_id, client_message_id, message, message_type, envelopes)
    SELECT chats.id, nextval('message_ids'), 1 + n,
      CASE WHEN kind = 'private' AND random() < 0.5 THEN ${reader} ELSE ${reader} + 1 + floor(random() * 29) END,
      gen_random_uuid(), jsonb_build_object('ciphertext', repeat(md5(n::text), 8), 'nonce', 'abcdefghijklmnop'), 'text',
      CASE WHEN kind = 'private' THEN jsonb_build_object(
        ${String(reader)}::text, jsonb_build_object('key', repeat(md5(n::text), 2), 'ephem_pub_key', md5(n::text), 'iv', 'abcdefghijklmnop'))
      END
    FROM (SELECT n, 1 + floor(random() * ${CHATS}::integer)::integer AS position FROM generate_series(${first}::integer, ${first + CHUNK - 1}::integer) AS n) AS entry
    JOIN (SELECT id, kind, row_number() OVER (ORDER BY id) AS position FROM chats) AS chats USING (position)
    ORDER BY n`;
}

async function movePointers(sql: Sql): Promise<void> {
  await sql`
    UPDATE chats SET seq = newest.seq, updated_at = newest.created_at
    FROM (SELECT chat_id, max(seq) AS seq, max(created_at) AS created_at FROM messages GROUP BY chat_id) AS newest
    WHERE newest.chat_id = chats.id`;
  await sql`
    UPDATE chat_members SET last_read_message_id = newest.id, last_delivered_message_id = newest.id
    FROM (SELECT chat_id, (array_agg(id ORDER BY id DESC))[CASE WHEN chat_id % 3 = 0 THEN 60 ELSE 1 END] AS id FROM messages GROUP BY chat_id) AS newest
    WHERE newest.chat_id = chat_members.chat_id`;
}

interface Measured {
  readonly p50: number;
  readonly p99: number;
  /** Of a query for the same chats and the reader's own rows alone. */
  readonly floor: number;
}

async function measure(url: string, { token, userId }: Account, run: Run): Promise<Measured> {
  const [list, floor]: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    list.push(await timed(() => readList(url, token)));
    floor.push(
      await timed(() =>
        run(
          (sql) => sql`
            SELECT chats.*, me.* FROM chat_members AS me JOIN chats ON chats.id = me.chat_id
            WHERE me.user_id = ${userId} AND me.left_at IS NULL ORDER BY chats.updated_at DESC, chats.id DESC`,
        ),
      ),
    );
  }
  const measured = list.slice(WARM_UP);
  return {
    p50: median(measured),
    p99: percentile(measured, 0.99),
    floor: median(floor.slice(WARM_UP)),
  };
}

async function readList(url: string, token: string): Promise<void> {
  const answer = await fetch(`${url}/chats`, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`GET /chats answered ${answer.status}: ${text}`);
}

function figures(runs: readonly Measured[]): Figure[] {
  const p50s = runs.map(({ p50 }) => p50);
  const ratio = median(runs.map(({ p50, floor }) => p50 / floor));
  return [
    {
      name: `\`GET /chats\`, ${CHATS} chats (10 with 1,000 members), 200,000 messages, p50`,
      target: `under ${TARGET_MS} ms`,
      measured: `${milliseconds(median(p50s))} (${spread(p50s, milliseconds)})`,
      ratio: `${ratio.toFixed(1)} × floor`,
      ok: median(p50s) < TARGET_MS,
    },
    { name: "… p99", measured: milliseconds(median(runs.map(({ p99 }) => p99))) },
    {
      name: "Floor: the same rows of chats and of the reader, without messages and other members",
      measured: milliseconds(median(runs.map(({ floor }) => floor))),
    },
  ];
}
