import { startTestServer, TestClient, type TestServer, type TestSocket } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

let server: TestServer;
let alice: TestClient;
let bob: TestClient;
let chatId: number;

beforeAll(async () => {
  server = await startTestServer();
  [alice, bob] = (await Promise.all([TestClient.register(server), TestClient.register(server)])) as [
    TestClient,
    TestClient,
  ];
});
afterAll(() => server.close());

const FUTURE = "2090-01-01T12:00:00.500Z";

async function freshChat(): Promise<void> {
  const { body } = await alice.post("/chats", {
    body: { kind: "group", title: "A group", user_ids: [bob.id] },
    expectStatus: 200,
  });
  chatId = body.id;
}

const settle = (client: TestClient, body: object) =>
  client.patch(`/chats/${chatId}/settings`, { body, expectStatus: 204 });

const settingsIn = ({ frames }: TestSocket) => frames.filter(({ type }) => type === "chat_settings");

async function chatOf(client: TestClient) {
  const { body } = await client.get("/chats", { expectStatus: 200 });
  return body.find(({ id }: { id: number }) => id === chatId);
}

test("archiving and muting are mine alone", async () => {
  await freshChat();
  await settle(alice, { is_archived: true, muted_until: FUTURE });
  expect(await chatOf(alice)).toMatchObject({ is_archived: true, muted_until: FUTURE });
  expect(await chatOf(bob)).toMatchObject({ is_archived: false, muted_until: null });
});

test("what is not named, or null, stays", async () => {
  await freshChat();
  await settle(alice, { is_archived: true, muted_until: FUTURE });
  await settle(alice, { is_archived: null, muted_until: null });
  await settle(alice, {});
  await settle(alice, { is_archived: false });
  expect(await chatOf(alice)).toMatchObject({ is_archived: false, muted_until: FUTURE });
});

test("a time that is over ends the muting", async () => {
  await freshChat();
  await settle(alice, { muted_until: FUTURE });
  await settle(alice, { muted_until: "2001-01-01T00:00:00+02:00" });
  expect(await chatOf(alice)).toMatchObject({ muted_until: null });
});

test("an offset is understood, also where it crosses the last of the years", async () => {
  await freshChat();
  await settle(alice, { muted_until: "2090-01-01T12:00:00+02:00" });
  expect(await chatOf(alice)).toMatchObject({ muted_until: "2090-01-01T10:00:00.000Z" });
  await settle(alice, { muted_until: "9999-12-31T23:59:59-12:00" });
  expect(await chatOf(alice)).toMatchObject({ muted_until: "9999-12-31T23:59:59.999Z" });
});

test("what is no time, or no boolean, is refused by name", async () => {
  await freshChat();
  for (const [body, path] of [
    [{ muted_until: "tomorrow" }, "/muted_until"],
    [{ muted_until: 1_893_456_000 }, "/muted_until"],
    [{ is_archived: "true" }, "/is_archived"],
  ] as const) {
    const answer = await alice.patch(`/chats/${chatId}/settings`, { body, expectStatus: 400 });
    expect(answer.body).toMatchObject({ code: "invalid_input", details: [{ path }] });
  }
});

test("my devices are told of settings and favourites, once each, and nobody else is", async () => {
  await freshChat();
  const [phone, laptop, others] = await Promise.all([alice.socket(), alice.socket(), bob.socket()]);
  await settle(alice, { is_archived: true, muted_until: FUTURE });
  await settle(alice, { is_archived: true });
  await alice.post(`/chats/${chatId}/favorite`, { expectStatus: 204 });
  await alice.post(`/chats/${chatId}/favorite`, { expectStatus: 204 });
  await alice.delete(`/chats/${chatId}/favorite`, { expectStatus: 204 });
  const expected = [
    { is_favorite: false, is_archived: true, muted_until: FUTURE },
    { is_favorite: true, is_archived: true, muted_until: FUTURE },
    { is_favorite: false, is_archived: true, muted_until: FUTURE },
  ].map((settings) => ({ type: "chat_settings", chat_id: chatId, ...settings }));
  for (const socket of [phone, laptop]) {
    await socket.flushed();
    expect(settingsIn(socket)).toEqual(expected);
  }
  await others.flushed();
  expect(settingsIn(others)).toEqual([]);
});

test("of many changes at once, the last that my devices hear of is what holds", async () => {
  await freshChat();
  const socket = await alice.socket();
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      index % 2 ? settle(alice, { is_archived: index % 4 === 1 }) : alice.post(`/chats/${chatId}/favorite`),
    ),
  );
  await socket.flushed();
  const { is_archived, is_favorite } = await chatOf(alice);
  expect(settingsIn(socket).at(-1)).toMatchObject({ is_archived, is_favorite });
});

test("settings end with the membership: a chat that comes back is in sight again", async () => {
  const { body } = await alice.post("/chats", {
    body: { kind: "private", user_ids: [bob.id] },
    expectStatus: 200,
  });
  chatId = body.id;
  await settle(alice, { is_archived: true, muted_until: FUTURE });
  await alice.delete(`/chats/${chatId}`, { expectStatus: 204 });
  await alice.patch(`/chats/${chatId}/settings`, { body: { is_archived: true }, expectStatus: 403 });
  const socket = await bob.socket();
  await socket.ask({ type: "send_message", chat_id: chatId, message: "are you there" });
  expect(await chatOf(alice)).toMatchObject({
    is_archived: false,
    muted_until: null,
    last_message: "are you there",
  });
});
