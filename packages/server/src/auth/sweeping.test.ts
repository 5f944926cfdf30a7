import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Database, openDatabase } from "../db/database.ts";
import { sweep } from "./sweeping.ts";

let server: TestServer;
let database: Database;
const revoked: string[] = [];

beforeAll(async () => {
  server = await startTestServer();
  if (server.config.database.kind !== "fields")
    throw new Error("the test server's database is given by its fields");
  database = openDatabase(server.config.database);
});
afterAll(async () => {
  await database.close();
  await server.close();
});

async function sweepNow(): Promise<void> {
  revoked.length = 0;
  const sessions = { announceRevoked: (ids: readonly string[]) => void revoked.push(...ids) };
  await sweep({ database, sessions, log: { warn: () => {} } });
}

it("expired sessions are removed and announced, so that their sockets close; others stay", async () => {
  const ann = await TestClient.register(server);
  const old = await ann.onAnotherDevice();
  await server.sql`UPDATE auth_sessions SET expires_at = now() WHERE id = ${old.sessionId ?? ""}`;
  await sweepNow();
  expect(revoked).toEqual([old.sessionId]);
  expect(await server.sql`SELECT id FROM auth_sessions WHERE user_id = ${ann.id}`).toEqual([
    { id: ann.sessionId },
  ]);
});

it("more than one batch is removed at once", async () => {
  const ann = await TestClient.register(server);
  await server.sql`
    INSERT INTO auth_sessions (id, user_id, family_hash, refresh_hash, remember_me, city, expires_at)
    SELECT gen_random_uuid(), ${ann.id}, sha256(n::text::bytea), '', false, '', now() FROM generate_series(1, 2500) n`;
  await sweepNow();
  expect(revoked).toHaveLength(2500);
});

it("old recovery tokens, counts and addresses are removed; what still counts stays", async () => {
  const ann = await TestClient.register(server);
  await server.sql`DELETE FROM throttles`;
  await server.sql`INSERT INTO recovery_tokens VALUES ('old', ${ann.id}, now()), ('new', ${ann.id}, now() + interval '1 minute')`;
  await server.sql`INSERT INTO throttles (key, attempts, window_ends_at)
    VALUES ('old', 1, now()), ('new', 1, now() + interval '1 minute')`;
  await server.sql`DELETE FROM known_addresses`;
  await server.sql`INSERT INTO known_addresses
    VALUES (${ann.id}, 'old', now() - interval '30 days'), (${ann.id}, 'new', now() - interval '29 days')`;
  await sweepNow();
  const left = await server.sql`
    SELECT encode(token_hash, 'escape') AS left FROM recovery_tokens
    UNION ALL SELECT encode(key, 'escape') FROM throttles
    UNION ALL SELECT encode(address_hash, 'escape') FROM known_addresses`;
  expect(left.map((row) => row.left)).toEqual(["new", "new", "new"]);
});
