import { LIMITS } from "@tacit/protocol";
import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";

let server: TestServer;
let administrator: TestClient;
let alice: TestClient;
let bob: TestClient;

beforeAll(async () => {
  server = await startTestServer();
  administrator = await TestClient.register(server);
  [alice, bob] = await Promise.all([TestClient.register(server), TestClient.register(server)]);
});
afterAll(() => server.close());

const shown = ({ id, identity: { username, nickname } }: TestClient) => ({
  id,
  username,
  nickname,
  avatar: null,
});
const list = async (query = "") =>
  (await administrator.get(`/admin/reports${query}`, { expectStatus: 200 })).body;
const report = (body: object, status: number) => alice.post("/reports", { body, expectStatus: status });

it("an administrator sees who reported whom, where and why, exactly as it was said", async () => {
  const { body: chat } = await alice.post("/chats", { body: { kind: "private", user_ids: [bob.id] } });
  const revealed = { messages: [{ id: 5, text: "naïve \\ 'quoted' \u{1f98a}", nothing: null }] };
  const said = { user_id: bob.id, chat_id: chat.id, message_ids: [5, 6], reason: " unkind words ", revealed };
  await report(said, 204);
  const [newest] = await list();
  expect(newest).toMatchObject({
    state: "open",
    reporter: shown(alice),
    user: shown(bob),
    chat_id: chat.id,
    message_ids: [5, 6],
    reason: "unkind words",
    revealed,
    closed_at: null,
    closed_by: null,
  });
});

it("a report needs no chat, no messages and no evidence", async () => {
  await report({ user_id: bob.id, reason: "spam", chat_id: null, message_ids: null, revealed: null }, 204);
  expect((await list())[0]).toMatchObject({ chat_id: null, message_ids: [], revealed: null });
  for (const revealed of ["text", 7, false, [], ["a", null]]) {
    await report({ user_id: bob.id, reason: "spam", revealed }, 204);
    expect((await list())[0].revealed).toEqual(revealed);
  }
});

it("a report about nobody, or from a chat that is not mine, is refused", async () => {
  expect((await report({ user_id: 9_007_199_254_740_991, reason: "x" }, 404)).body.code).toBe("unknown_user");
  const carol = await TestClient.register(server);
  const { body: chat } = await carol.post("/chats", { body: { kind: "private", user_ids: [bob.id] } });
  const refused = [chat.id, 9_007_199_254_740_991].map((chat_id) =>
    report({ user_id: bob.id, chat_id, reason: "x" }, 404),
  );
  for (const { body } of await Promise.all(refused)) expect(body.code).toBe("unknown_chat");
});

it("a report has its limits", async () => {
  const before = (await list()).length;
  const ids = (length: number) => Array.from({ length }, (_, index) => index + 1);
  const most = LIMITS.reportRevealedBytes - 2;
  for (const fields of [
    { reason: "" },
    { reason: "   " },
    { reason: "x".repeat(2001) },
    { reason: null },
    { reason: 7 },
    { reason: "x", message_ids: ids(101) },
    { reason: "x", message_ids: [0] },
    { reason: "x", message_ids: ["1"] },
    { reason: "x", revealed: "x".repeat(most + 1) },
    { reason: "x", user_id: String(bob.id) },
  ]) {
    await report({ user_id: bob.id, ...fields }, 400);
  }
  expect(await list()).toHaveLength(before);
  await report(
    { user_id: bob.id, reason: "🦊".repeat(2000), message_ids: ids(100), revealed: "x".repeat(most) },
    204,
  );
});

it("an administrator resolves, dismisses and reopens reports, and lists them by state", async () => {
  await report({ user_id: bob.id, reason: "for the states" }, 204);
  const [{ id }] = await list();
  const set = async (state: string) =>
    (await administrator.patch(`/admin/reports/${id}`, { body: { state }, expectStatus: 200 })).body;
  const inState = async (state: string) =>
    (await list(`?state=${state}`)).map((entry: { id: number }) => entry.id);
  const resolved = await set("resolved");
  expect(resolved).toMatchObject({ id, state: "resolved", closed_by: administrator.id });
  expect(Math.abs(Date.now() - Date.parse(resolved.closed_at))).toBeLessThan(60_000);
  expect(await inState("resolved")).toEqual([id]);
  expect(await inState("open")).not.toContain(id);
  expect(await set("dismissed")).toMatchObject({ state: "dismissed" });
  expect(await set("open")).toMatchObject({ state: "open", closed_at: null, closed_by: null });
  expect(await inState("open")).toContain(id);
});

it("a report that does not exist, or a state that does not, is refused", async () => {
  await administrator.patch("/admin/reports/9007199254740991", {
    body: { state: "open" },
    expectStatus: 404,
  });
  await administrator.patch("/admin/reports/1", { body: { state: "burnt" }, expectStatus: 400 });
  await administrator.get("/admin/reports?state=burnt", { expectStatus: 400 });
});

it("reports come newest first, a page at a time", async () => {
  await server.sql`
    INSERT INTO reports (reporter_id, user_id, reason)
    SELECT ${alice.id}, ${bob.id}, 'many' FROM generate_series(1, ${LIMITS.adminPage})`;
  const first = await list();
  expect(first).toHaveLength(LIMITS.adminPage);
  const ids: number[] = first.map(({ id }: { id: number }) => id);
  expect(ids).toEqual([...ids].sort((a, b) => b - a));
  const next = await list(`?before_id=${ids.at(-1)}`);
  expect(next.length).toBeGreaterThan(0);
  expect(next[0].id).toBe((ids.at(-1) ?? 0) - 1);
});

it("only administrators see reports, and only those who are signed in make them", async () => {
  await alice.get("/admin/reports", { expectStatus: 403 });
  await alice.patch("/admin/reports/1", { body: { state: "resolved" }, expectStatus: 403 });
  const anonymous = new TestClient(server);
  await anonymous.post("/reports", { body: { user_id: bob.id, reason: "x" }, expectStatus: 401 });
  await anonymous.get("/admin/reports", { expectStatus: 401 });
});

it("a report outlives the accounts that it is about", async () => {
  const [carol, dave] = [await TestClient.register(server), await TestClient.register(server)];
  await carol.post("/reports", { body: { user_id: dave.id, reason: "before the end" }, expectStatus: 204 });
  await carol.delete("/users/me", { expectStatus: 204 });
  await dave.delete("/users/me", { expectStatus: 204 });
  const [newest] = await list();
  expect(newest).toMatchObject({
    reason: "before the end",
    reporter: { id: carol.id, username: "Deleted account" },
    user: { id: dave.id, username: "Deleted account" },
  });
});
