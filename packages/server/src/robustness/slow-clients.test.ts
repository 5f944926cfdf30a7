import { setInterval as ticks } from "node:timers/promises";
import { createTestDatabase, type ServerProcess, spawnTestServer, type TestDatabase } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRaw, type RawConnection, statusLines } from "./fixtures/raw-connection.ts";
import { expectWell, openFilesAtRest } from "./fixtures/well-being.ts";

let database: TestDatabase;
let server: ServerProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await spawnTestServer({ database: database.config });
});
afterAll(async () => {
  await server.kill();
  await database.drop();
});

/** Sends a little more every second, until the server has had enough. */
async function drip(connection: RawConnection, more: string): Promise<void> {
  for await (const _ of ticks(1_000)) {
    if (connection.socket.destroyed || connection.socket.readableEnded) return;
    connection.socket.write(more);
  }
}

const UNFINISHED = "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Slow: ";

test("whoever sends headers without end, or none at all, is sent away, and others are served meanwhile", async () => {
  const atRest = await openFilesAtRest(server);
  const slow = await Promise.all([
    ...Array.from({ length: 50 }, () => openRaw(server.url, `GET /health HTTP/1.1\r\n${UNFINISHED}`)),
    ...Array.from({ length: 50 }, () => openRaw(server.url, `GET /ws HTTP/1.1\r\n${UNFINISHED}`)),
    ...Array.from({ length: 50 }, () => openRaw(server.url, "G")),
  ]);
  const silent = await Promise.all(Array.from({ length: 50 }, () => openRaw(server.url)));
  const dripping = slow.map((connection) => drip(connection, "x"));
  for (const { ended } of slow) {
    const lines = statusLines(await ended);
    // Whoever is still sending may be reset before reading the answer.
    expect([[], ["400 Bad Request"]]).toContainEqual(lines);
  }
  for (const { ended } of silent) await ended;
  await Promise.all(dripping);
  await expectWell(server, atRest);
  for (const { socket } of [...slow, ...silent]) socket.destroy();
}, 90_000);
