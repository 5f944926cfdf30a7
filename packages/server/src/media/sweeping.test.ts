import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pair } from "../messages/fixtures/conversation.ts";
import { anotherSweeper, anyOf, blobOf, pathOf, uploadTo } from "./fixtures/named-files.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** A blob as an upload leaves it that was cut off by a crash, to be removed in so many minutes. */
async function leftBehind(minutes: number): Promise<string> {
  const blob = randomBytes(32).toString("hex");
  mkdirSync(dirname(pathOf(server, blob)), { recursive: true });
  writeFileSync(pathOf(server, blob), "left behind");
  await release(blob, minutes);
  return blob;
}

const release = (blob: string, minutes: number) => server.sql`
  INSERT INTO released_blobs (blob, not_before) VALUES (${blob}, now() + make_interval(mins => ${minutes}))`;

const releasedRows = (blob: string) =>
  server.sql`SELECT not_before > now() AS is_later FROM released_blobs WHERE blob = ${blob}`;

test("what an upload left behind that was cut off goes in its time", async () => {
  await using sweeper = await anotherSweeper(server);
  const [due, later] = [await leftBehind(-1), await leftBehind(30)];
  await sweeper.sweep();
  expect(anyOf(server, [due])).toBe(false);
  expect(anyOf(server, [later])).toBe(true);
  expect(await releasedRows(due)).toHaveLength(0);
  expect(await releasedRows(later)).toHaveLength(1);
});

test("the content of a file stays, even if it was to be removed", async () => {
  await using sweeper = await anotherSweeper(server);
  const { alice, chatId } = await pair(server);
  const blob = await blobOf(server, await uploadTo(chatId, alice));
  await release(blob, -1);
  await sweeper.sweep();
  expect(anyOf(server, [blob])).toBe(true);
  expect(await releasedRows(blob)).toHaveLength(0);
});

test("one that cannot be removed does not hold up the others, and is tried again later", async () => {
  await using sweeper = await anotherSweeper(server);
  const stuck = randomBytes(32).toString("hex");
  mkdirSync(pathOf(server, stuck), { recursive: true });
  await release(stuck, -2);
  const other = await leftBehind(-1);
  await sweeper.sweep();
  expect(anyOf(server, [other])).toBe(false);
  expect(await releasedRows(stuck)).toEqual([{ is_later: true }]);
  expect(sweeper.warnings).toHaveLength(1);
});

test("many are removed by several processes at once, and by a server when it starts", async () => {
  const many = (count: number) => Promise.all(Array.from({ length: count }, () => leftBehind(-1)));
  const blobs = await many(250);
  await using one = await anotherSweeper(server);
  await using other = await anotherSweeper(server);
  await Promise.all([one.sweep(), other.sweep(), one.sweep(), other.sweep()]);
  expect(anyOf(server, blobs)).toBe(false);
  expect([...one.warnings, ...other.warnings]).toEqual([]);
  const rest = await many(3);
  const { database, dataDirectory } = server.config;
  await using _started = await startTestServer({ database, dataDirectory });
  await expect.poll(() => anyOf(server, rest), { timeout: 10_000 }).toBe(false);
});
