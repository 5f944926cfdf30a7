import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { startTestServer, type TestServer } from "@tacit/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { anotherSweeper, blobsOf, letADayPass, pathOf } from "./fixtures/named-files.ts";
import { operations, World } from "./fixtures/world.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** What messages say, and what the database has noted of it. */
async function names() {
  const said = await server.sql`
    SELECT DISTINCT chat_id, id AS message_id, (entry->>'file_id')::bigint AS file_id
    FROM messages, jsonb_array_elements(metadata) AS entry
    WHERE entry->>'file_id' IS NOT NULL ORDER BY 1, 2, 3`;
  const noted = await server.sql`SELECT chat_id, message_id, file_id FROM message_files ORDER BY 1, 2, 3`;
  return { said, noted };
}

/** Files, and whether a message names them. */
const files = () => server.sql<
  { id: number; blob: string; sha256: Buffer; isNamed: boolean; isKept: boolean }[]
>`
  SELECT id, blob, sha256, unnamed_since IS NULL AS "isKept",
    EXISTS (SELECT 1 FROM message_files WHERE file_id = files.id) AS "isNamed"
  FROM files ORDER BY blob`;

test("whatever people do at once, a file is there as long as a message names it, and no longer", async () => {
  await using sweeper = await anotherSweeper(server);
  const world = new World(server, sweeper.sweep);
  await world.addPeople();
  await fc.assert(
    fc.asyncProperty(operations, async (script) => {
      await world.carryOut(script);
      await world.expectNoneMissing();
      const { said, noted } = await names();
      expect([...noted]).toEqual([...said]);
      for (const { isNamed, isKept, blob, sha256 } of await files()) {
        expect(isKept).toBe(isNamed);
        expect(
          createHash("sha256")
            .update(readFileSync(pathOf(server, blob)))
            .digest(),
        ).toEqual(sha256);
      }
      await expectOnlyNamedAfterADay(sweeper.sweep);
    }),
    { numRuns: 6, endOnFailure: true },
  );
  await world.close();
  expect(sweeper.warnings).toEqual([]);
  expect(server.logs.lines.filter((line) => /"level":"error"|deadlock|40P01/.test(line))).toEqual([]);
  // Most of it was done, so that it means something.
  const times = (what: string) => world.answers.get(what) ?? 0;
  for (const what of [
    "send_message ok",
    "edit_message ok",
    "forward_message ok",
    "delete_message ok",
    "end 204",
  ])
    expect(times(what), what).toBeGreaterThan(0);
}, 120_000);

/** The server's own sweeper may be at work on the same rows. */
async function expectOnlyNamedAfterADay(sweep: () => Promise<void>): Promise<void> {
  const left = async () => {
    await letADayPass(server);
    await server.sql`UPDATE released_blobs SET not_before = now()`;
    await sweep();
    const rows = await files();
    const [named, onDisk] = [rows.filter(({ isNamed }) => isNamed).map(({ blob }) => blob), blobsOf(server)];
    return { unnamed: rows.length - named.length, isExactlyNamed: named.join() === onDisk.join() };
  };
  await expect.poll(left, { timeout: 20_000 }).toEqual({ unnamed: 0, isExactlyNamed: true });
}
