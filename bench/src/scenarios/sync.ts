import { Agent } from "node:http";
import type { Sql } from "@tacit/server/db/database";
import { exchange } from "../load/exchange.ts";
import { type Account, call } from "../load/people.ts";
import { timed } from "../load/timed.ts";
import { milliseconds } from "../report.ts";
import { type Figure, repeated, type Scenario } from "../scenario.ts";
import { median, percentile, spread } from "../statistics.ts";
import { withOneReader } from "./one-reader.ts";

const CHATS = 500;
const GROUPS = 80;
const GROUP_MEMBERS = 30;
const MESSAGES_A_CHAT = 200;
/** The last ones of each chat: 10,000 altogether. */
const CHANGES_A_CHAT = 20;
const NOTHING_NEW_MS = 5;
const FIRST_ANSWER_MS = 150;
const ROUNDS = 30;
/** Each of the server's ten connections plans a statement anew for its first five uses. */
const WARM_UP = 60;

/** Catching up with many chats: after a moment, and after a long time. */
export const sync: Scenario = {
  name: "sync",
  expectedSeconds: ({ runs }) => 15 + runs * 10,
  run: (options, say) =>
    withOneReader(async ({ url, reader, database }) => {
      say(`${CHATS} chats, ${CHATS * MESSAGES_A_CHAT} messages`);
      await database.run((sql) => fill(sql, reader.userId));
      return figures(await repeated(options, say, () => measure(url, reader)));
    }),
};

/** Everything happened hours ago, so that a cursor of now has nothing behind it. */
async function fill(sql: Sql, reader: number): Promise<void> {
  await sql`
    INSERT INTO users (username, nickname, nickname_key, updated_at)
    SELECT 'person ' || n, 'Person ' || n, 'person ' || n, now() - interval '1 day' FROM generate_series(1, ${CHATS}::integer) AS n`;
  await sql`
    INSERT INTO chats (kind, title, created_by, seq, changed_at, low_user_id, high_user_id)
    SELECT CASE WHEN n > ${GROUPS} THEN 'private' ELSE 'group' END, CASE WHEN n > ${GROUPS} THEN NULL ELSE 'A group' END,
      ${reader}, 1 + ${MESSAGES_A_CHAT}::integer, now() - interval '2 hours',
      CASE WHEN n > ${GROUPS} THEN ${reader}::bigint END, CASE WHEN n > ${GROUPS} THEN ${reader}::bigint + n END
    FROM generate_series(1, ${CHATS}::integer) AS n`;
  await sql`
    INSERT INTO chat_members (chat_id, user_id, role, seq, touched_at)
    SELECT chats.id, member.id, 'member', 1, now() - interval '2 hours'
    FROM chats CROSS JOIN LATERAL (
      SELECT unnest(ARRAY[low_user_id, high_user_id]) AS id WHERE kind = 'private'
      UNION ALL SELECT ${reader}::bigint + n FROM generate_series(0, ${GROUP_MEMBERS - 1}::integer) AS n WHERE kind = 'group'
    ) AS member`;
  await sql`
    INSERT INTO messages (chat_id, id, seq, sender_id, client_message_id, message, message_type, envelopes)
    SELECT chats.id, nextval('message_ids'), 1 + n, ${reader} + 1, gen_random_uuid(),
      jsonb_build_object('ciphertext', repeat(md5(n::text), 8), 'nonce', 'abcdefghijklmnop'), 'text',
      jsonb_build_object(${String(reader)}::text, jsonb_build_object('key', repeat(md5(n::text), 2), 'ephem_pub_key', md5(n::text), 'iv', 'abcdefghijklmnop'))
    FROM generate_series(1, ${MESSAGES_A_CHAT}::integer) AS n CROSS JOIN chats ORDER BY n`;
  await sql`UPDATE users SET updated_at = now() - interval '1 day'`;
  await sql`UPDATE user_keys SET signed_at = now() - interval '1 day'`;
  // What autovacuum does within a minute of so many inserts.
  for (const table of ["users", "messages", "chat_members", "chats"])
    await sql`VACUUM (ANALYZE) ${sql(table)}`;
}

interface SyncAnswer {
  readonly chats: readonly { readonly id: number; readonly seq: number }[];
  readonly changes: Readonly<Record<string, { readonly messages: readonly unknown[]; readonly seq: number }>>;
  readonly cursor: string;
  readonly more: boolean;
}

interface Measured {
  readonly nothingNew: readonly number[];
  readonly firstAnswer: readonly number[];
  /** Until nothing is missing, at the default limit. */
  readonly everything: number;
  /** Of a request that reads one row. */
  readonly floor: number;
}

async function measure(url: string, { token }: Account): Promise<Measured> {
  const ask = (body: object) => call<SyncAnswer>(url, "/sync", body, token);
  const { chats, cursor } = await ask({ chats: {} });
  const current = Object.fromEntries(chats.map(({ id, seq }) => [id, seq]));
  const behind = Object.fromEntries(chats.map(({ id, seq }) => [id, seq - CHANGES_A_CHAT]));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sync = (body: object) => {
    const json = Buffer.from(JSON.stringify(body));
    return repeat(() => exchange({ url: `${url}/sync`, token, agent, json }));
  };
  const nothingNew = await sync({ chats: current, cursor });
  // Without a cursor: all chats are part of the answer, as after a day with a change in each.
  const firstAnswer = await sync({ chats: behind });
  const floor = median(await repeat(() => exchange({ url: `${url}/users/me`, token, agent })));
  agent.destroy();
  return { nothingNew, firstAnswer, everything: await timed(() => catchUp(ask, behind)), floor };
}

async function repeat(work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) times.push(await timed(work));
  return times.slice(WARM_UP);
}

async function catchUp(
  ask: (body: object) => Promise<SyncAnswer>,
  behind: Readonly<Record<string, number>>,
): Promise<void> {
  const chats = { ...behind };
  let count = 0;
  for (let cursor: { cursor?: string } = {}, more = true; more; ) {
    const answer = await ask({ chats, ...cursor });
    for (const [id, { messages, seq }] of Object.entries(answer.changes)) {
      chats[id] = seq;
      count += messages.length;
    }
    ({ more } = answer);
    cursor = { cursor: answer.cursor };
  }
  if (count !== CHATS * CHANGES_A_CHAT) throw new RangeError(`${count} changes came`);
}

function figures(runs: readonly Measured[]): Figure[] {
  const judged = (name: string, limit: number, rounds: (run: Measured) => readonly number[]): Figure[] => {
    const p50s = runs.map((run) => median(rounds(run)));
    return [
      {
        name: `${name}, p50`,
        target: `under ${limit} ms`,
        measured: `${milliseconds(median(p50s))} (${spread(p50s, milliseconds)})`,
        ratio: `${median(runs.map((run) => median(rounds(run)) / run.floor)).toFixed(1)} × floor`,
        ok: median(p50s) < limit,
      },
      {
        name: "… p99",
        measured: milliseconds(median(runs.map((run) => percentile(rounds(run), 0.99)))),
      },
    ];
  };
  return [
    ...judged(`\`POST /sync\`, ${CHATS} chats, nothing new`, NOTHING_NEW_MS, ({ nothingNew }) => nothingNew),
    ...judged(
      `\`POST /sync\`, 10,000 changes in ${CHATS} chats, first answer`,
      FIRST_ANSWER_MS,
      ({ firstAnswer }) => firstAnswer,
    ),
    {
      name: "… until everything has come",
      measured: milliseconds(median(runs.map(({ everything }) => everything))),
    },
    {
      name: "Floor: `GET /users/me`, which reads one row",
      measured: milliseconds(median(runs.map(({ floor }) => floor))),
    },
  ];
}
