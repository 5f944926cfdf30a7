import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

let server: TestServer;
let alice: TestClient;
let bob: TestClient;

beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  [alice, bob] = await Promise.all([TestClient.register(server), TestClient.register(server)]);
});
afterAll(() => server.close());

const block = (who: TestClient, whom: { id: number }) =>
  who.put(`/users/${whom.id}/block`, { expectStatus: 204 });
const unblock = (who: TestClient, whom: { id: number }) =>
  who.delete(`/users/${whom.id}/block`, { expectStatus: 204 });
const list = async (who: TestClient) => (await who.get("/users/me/blocks", { expectStatus: 200 })).body;

it("my list shows whom I blocked, the latest first, and nobody else's does", async () => {
  const carol = await TestClient.register(server);
  await block(alice, bob);
  await block(alice, carol);
  const shown = [carol, bob].map(({ id, identity: { username, nickname } }) => ({
    id,
    username,
    nickname,
    avatar: null,
  }));
  expect(await list(alice)).toEqual(shown);
  expect(await list(bob)).toEqual([]);
});

it("blocking and unblocking can be repeated", async () => {
  await block(alice, bob);
  await block(alice, bob);
  expect(await list(alice)).toHaveLength(1);
  await unblock(alice, bob);
  await unblock(alice, bob);
  expect(await list(alice)).toEqual([]);
});

it("nobody blocks themselves, or someone who is not there", async () => {
  const self = await alice.put(`/users/${alice.id}/block`, { expectStatus: 400 });
  expect(self.body.details).toMatchObject([{ path: "/id" }]);
  await bob.delete("/users/me", { expectStatus: 204 });
  for (const id of [bob.id, 9_007_199_254_740_991]) {
    expect((await alice.put(`/users/${id}/block`, { expectStatus: 404 })).body.code).toBe("unknown_user");
    await alice.delete(`/users/${id}/block`, { expectStatus: 404 });
  }
  await alice.put("/users/nobody/block", { expectStatus: 400 });
});

it("someone whom I blocked cannot open a private chat with me, nor I be found out by other answers", async () => {
  await block(alice, bob);
  const answer = await bob.post("/chats", {
    body: { kind: "private", user_ids: [alice.id] },
    expectStatus: 403,
  });
  expect(answer.body.code).toBe("blocked");
  await bob.get(`/users/${alice.id}/public-key`, { expectStatus: 200 });
  const found = await bob.get(`/users/search?q=${alice.identity.username}`);
  expect(found.body).toHaveLength(1);
});

it("someone whom I blocked cannot write in our chat until I unblock them", async () => {
  const { body: chat } = await alice.post("/chats", { body: { kind: "private", user_ids: [bob.id] } });
  await using theirs = await bob.socket();
  const send = () => theirs.ask({ type: "send_message", chat_id: chat.id, message: "hello" });
  await block(alice, bob);
  expect(await send()).toMatchObject({ type: "error", code: "blocked" });
  await unblock(alice, bob);
  expect(await send()).toMatchObject({ type: "ok" });
});

it("someone whom I blocked sees me offline, at once and later, and back when I unblock them", async () => {
  await alice.post("/chats", { body: { kind: "private", user_ids: [bob.id] }, expectStatus: 200 });
  await using mine = await alice.socket();
  await using theirs = await bob.socket();
  theirs.send({ type: "init", contacts: [alice.id] });
  expect(await theirs.next("presence")).toMatchObject({ user_id: alice.id, status: "online" });
  await block(alice, bob);
  expect(await theirs.next("presence")).toMatchObject({ user_id: alice.id, status: "offline" });
  await using later = await bob.socket();
  later.send({ type: "init", contacts: [alice.id] });
  expect(await later.next("presence")).toMatchObject({ status: "offline" });
  await unblock(alice, bob);
  expect(await theirs.next("presence")).toMatchObject({ user_id: alice.id, status: "online" });
  await mine.flushed();
  expect(mine.frames.filter(({ type }) => type !== "chat_created")).toEqual([]);
});
