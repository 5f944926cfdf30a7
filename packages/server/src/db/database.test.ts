import { createTestDatabase, startProxy, type TcpProxy, type TestDatabase } from "@tacit/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Database, openDatabase } from "./database.ts";

let target: TestDatabase;
let network: TcpProxy;
let database: Database;

beforeAll(async () => {
  target = await createTestDatabase();
});
afterAll(() => target.drop());

beforeEach(async () => {
  const { host, port } = target.config;
  network = await startProxy(host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  database = openDatabase({ ...target.config, host: network.host, port: network.port });
});
afterEach(async () => {
  await database.close();
  await network.close();
});

const answer = () => database.run(async (sql) => (await sql<{ one: number }[]>`SELECT 1 AS one`)[0]?.one);

test("a PostgreSQL that is away is told at once, and used again as soon as it is back", async () => {
  expect(await answer()).toBe(1);
  network.refuse();
  const refused = await Promise.allSettled(Array.from({ length: 30 }, answer));
  for (const result of refused)
    expect(result).toMatchObject({ status: "rejected", reason: { code: "not_ready" } });
  network.accept();
  const start = performance.now();
  expect(await Promise.all(Array.from({ length: 30 }, answer))).toEqual(Array(30).fill(1));
  expect(performance.now() - start).toBeLessThan(3_000);
});

test("a connection whose peer has gone silent is given up, and the next query is answered", async () => {
  expect(await answer()).toBe(1);
  network.pause();
  await expect(answer()).rejects.toMatchObject({ code: "not_ready" });
  network.resume();
  expect(await answer()).toBe(1);
}, 30_000);

test("a transaction that throws leaves nothing behind", async () => {
  const failed = database.transaction(async (sql) => {
    await sql`INSERT INTO instance_secrets (name, value) VALUES ('half', '\\x00')`;
    throw new Error("changed my mind");
  });
  await expect(failed).rejects.toThrow("changed my mind");
  expect(await database.run((sql) => sql`SELECT 1 FROM instance_secrets WHERE name = 'half'`)).toHaveLength(
    0,
  );
});

test("ids are numbers and moments are dates", async () => {
  const [row] = await database.run(
    (sql) => sql`SELECT 9007199254740991::bigint AS id, ARRAY[1, 2]::bigint[] AS ids, now() AS at`,
  );
  expect(row).toMatchObject({ id: Number.MAX_SAFE_INTEGER, ids: [1, 2], at: expect.any(Date) });
});

test("arrays arrive as they were sent, whatever is in them", async () => {
  const texts = ['a "quoted" \\ text', "", "NULL", "{a,b}", "ü\n", null];
  const [row] = await database.run(
    (sql) =>
      sql`SELECT array_to_json(${texts}::text[]) AS texts, ${[1, 2]}::bigint[] AS ids, ${[]}::bigint[] AS none`,
  );
  expect(row).toEqual({ texts, ids: [1, 2], none: [] });
});
