import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const TOMBSTONE = { username: "Deleted account", nickname: "Deleted account", avatar: null };

it("all my sessions end at once, and my sockets are closed", async () => {
  const alice = await TestClient.register(server);
  const device = await alice.onAnotherDevice();
  const [first, second] = [await alice.socket(), await device.socket()];
  await alice.delete("/users/me", { expectStatus: 204 });
  expect((await first.closed).code).toBe(4401);
  expect((await second.closed).code).toBe(4401);
  for (const client of [alice, device]) {
    await client.get("/users/me", { expectStatus: 401 });
    await client.post("/auth/refresh", { body: { refresh_token: client.refreshToken }, expectStatus: 401 });
  }
});

it("login and username are free again, and the next account under them is another one", async () => {
  const alice = await TestClient.register(server);
  await alice.delete("/users/me", { expectStatus: 204 });
  const { login, password } = alice.identity;
  await new TestClient(server).post("/auth/login", { body: { login, password }, expectStatus: 401 });
  const again = await TestClient.register(server, { login, username: alice.identity.username });
  expect(again.id).not.toBe(alice.id);
});

it("nobody finds a deleted account or its key any more", async () => {
  const [alice, bob] = [await TestClient.register(server), await TestClient.register(server)];
  await alice.delete("/users/me", { expectStatus: 204 });
  const key = await bob.get(`/users/${alice.id}/public-key`, { expectStatus: 404 });
  expect(key.body.code).toBe("unknown_user");
  await bob.post("/reports", { body: { user_id: alice.id, reason: "late" }, expectStatus: 404 });
  await bob.post("/chats", { body: { kind: "private", user_ids: [alice.id] }, expectStatus: 404 });
});

it("nothing of keys, vault, credentials, sessions and blocks is left in the database", async () => {
  const [alice, bob] = [await TestClient.register(server), await TestClient.register(server)];
  const headers = { "content-type": "application/octet-stream" };
  await alice.put("/users/me/vault", { body: Buffer.from("sealed"), headers, expectStatus: 204 });
  await alice.put(`/users/${bob.id}/block`, { expectStatus: 204 });
  await bob.put(`/users/${alice.id}/block`, { expectStatus: 204 });
  await alice.delete("/users/me", { expectStatus: 204 });
  for (const table of [
    "user_keys",
    "vaults",
    "credentials",
    "auth_sessions",
    "recovery_tokens",
    "known_addresses",
    "blocks",
  ]) {
    const rows = await server.sql`SELECT FROM ${server.sql(table)} WHERE user_id = ${alice.id}`;
    expect([table, rows.length]).toEqual([table, 0]);
  }
  expect((await bob.get("/users/me/blocks")).body).toEqual([]);
  const [row] = await server.sql`SELECT * FROM users WHERE id = ${alice.id}`;
  expect(row).toMatchObject({ ...TOMBSTONE, username_key: null, nickname_key: "" });
});

it("whoever shared a chat sees the name go, and keeps what was written", async () => {
  const [alice, bob] = [await TestClient.register(server), await TestClient.register(server)];
  const { body: chat } = await alice.post("/chats", { body: { kind: "private", user_ids: [bob.id] } });
  await using mine = await alice.socket();
  await mine.ask({ type: "send_message", chat_id: chat.id, message: "remember me" });
  await using theirs = await bob.socket();
  await alice.delete("/users/me", { expectStatus: 204 });
  expect(await theirs.next("profile_updated")).toEqual({
    type: "profile_updated",
    user: { id: alice.id, ...TOMBSTONE },
  });
  const { body: messages } = await bob.get(`/chats/${chat.id}/messages`, { expectStatus: 200 });
  expect(messages).toMatchObject([{ sender_id: alice.id, message: "remember me" }]);
  const { body: chats } = await bob.get("/chats");
  expect(chats).toMatchObject([{ peer_id: alice.id, peer_username: TOMBSTONE.username, peer_avatar: null }]);
});

it("whoever is added to a chat at the very moment of their deletion is not left behind in it", async () => {
  const [alice, bob] = [await TestClient.register(server), await TestClient.register(server)];
  let deletion: Promise<{ status: number }> | undefined;
  const chatId = await server.sql.begin(async (sql) => {
    // As any transaction does that adds somebody to a chat.
    await sql`SELECT FROM users WHERE id = ${alice.id} FOR SHARE`;
    const [chat] = await sql`
      INSERT INTO chats (kind, title, created_by, seq) VALUES ('group', 'Too late', ${bob.id}, 1) RETURNING id`;
    await sql`
      INSERT INTO chat_members (chat_id, user_id, role, seq)
      SELECT ${chat?.id}::bigint, id, 'member', 1 FROM users WHERE id IN (${alice.id}, ${bob.id})`;
    deletion = alice.delete("/users/me");
    await someoneWaits();
    return chat?.id;
  });
  expect((await deletion)?.status).toBe(204);
  const members =
    await server.sql`SELECT user_id FROM chat_members WHERE chat_id = ${chatId} AND left_at IS NULL`;
  expect(members.map(({ user_id }) => user_id)).toEqual([bob.id]);
});

/** Resolves once a statement in this database waits for a lock that another one holds. */
async function someoneWaits(): Promise<void> {
  const waiting = await server.sql`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  if (waiting.length === 0) await someoneWaits();
}

it("deleting twice at once deletes once", async () => {
  const alice = await TestClient.register(server);
  const device = await alice.onAnotherDevice();
  const answers = await Promise.all([alice.delete("/users/me"), device.delete("/users/me")]);
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 401]);
});

it("an account that is deleted while it sends, renames itself and is written to gets no error but the end", async () => {
  const [alice, bob] = [await TestClient.register(server), await TestClient.register(server)];
  const { body: chat } = await alice.post("/chats", { body: { kind: "private", user_ids: [bob.id] } });
  const [mine, theirs] = [await alice.socket(), await bob.socket()];
  const message = { type: "send_message", chat_id: chat.id, message: "x" };
  for (let count = 0; count < 40; count++) {
    mine.send(message);
    theirs.send(message);
  }
  const renaming = Promise.all(
    Array.from({ length: 5 }, (_, index) =>
      alice.patch("/users/nickname", { body: { nickname: `N${index}` } }),
    ),
  );
  const deletion = await alice.delete("/users/me");
  expect(deletion.status).toBe(204);
  for (const { status } of await renaming) expect([200, 401]).toContain(status);
  expect((await mine.closed).code).toBe(4401);
  await theirs.ask({ type: "leave_chat", chat_id: chat.id });
  const codes = theirs.frames.flatMap((frame) => (frame.type === "error" ? [frame.code] : []));
  expect(codes.filter((code) => code === "internal" || code === "not_ready")).toEqual([]);
  await theirs.close();
});
