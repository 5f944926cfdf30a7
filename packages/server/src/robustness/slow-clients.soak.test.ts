import { setInterval as ticks } from "node:timers/promises";
import {
  createTestDatabase,
  type ServerProcess,
  spawnTestServer,
  TestClient,
  type TestDatabase,
} from "@tacit/testkit";
import { afterAll, beforeAll, test } from "vitest";
import { openRaw, type RawConnection } from "./fixtures/raw-connection.ts";
import { expectWell, openFilesAtRest } from "./fixtures/well-being.ts";

let database: TestDatabase;
let server: ServerProcess;
let alice: TestClient;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await spawnTestServer({ database: database.config });
  alice = await TestClient.register(server);
});
afterAll(async () => {
  await server.kill();
  await database.drop();
});

async function drip(connection: RawConnection): Promise<void> {
  for await (const _ of ticks(1_000)) {
    if (connection.socket.destroyed || connection.socket.readableEnded) return;
    connection.socket.write(" ");
  }
}

test("whoever sends a body without end is sent away, with a session and without", async () => {
  const atRest = await openFilesAtRest(server);
  const head = "HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n";
  const slow = await Promise.all([
    ...Array.from({ length: 20 }, () => openRaw(server.url, `POST /auth/login ${head}\r\n{`)),
    ...Array.from({ length: 20 }, () => openRaw(server.url, `POST /chats ${head}\r\n{`)),
    ...Array.from({ length: 20 }, () =>
      openRaw(server.url, `POST /chats ${head}Authorization: Bearer ${alice.token}\r\n\r\n{`),
    ),
  ]);
  const dripping = slow.map(drip);
  for (const { ended } of slow) await ended;
  await Promise.all(dripping);
  await expectWell(server, atRest);
  for (const { socket } of slow) socket.destroy();
}, 240_000);
