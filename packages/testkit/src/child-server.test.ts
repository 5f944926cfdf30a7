import { expect, test } from "vitest";
import { createTestDatabase, ServerNotStarted, spawnTestServer, TestClient } from "./index.ts";

test("a server process with its own database is killed, starts again and still knows its people", async () => {
  const first = await spawnTestServer();
  const alice = await TestClient.register(first);
  expect(await first.kill("SIGKILL")).toEqual({ code: null, signal: "SIGKILL" });
  await using second = await spawnTestServer({ dataDirectory: first.dataDirectory });
  await new TestClient(second, alice.identity).login();
  expect(await second.kill("SIGTERM")).toEqual({ code: 0, signal: null });
});

test("a server process runs on a database of the test", async () => {
  const database = await createTestDatabase();
  await using server = await spawnTestServer({ database: database.config });
  const alice = await TestClient.register(server);
  expect(await database.sql`SELECT id FROM users`).toEqual([{ id: alice.id }]);
  await server.kill();
  await database.drop();
});

test("a server process that cannot start says why", async () => {
  const started = spawnTestServer({ env: { REGISTRATION: "perhaps" } });
  await expect(started).rejects.toThrow(ServerNotStarted);
  await expect(started).rejects.toThrow(/REGISTRATION must be one of/);
});
