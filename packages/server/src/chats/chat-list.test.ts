import type { Chat } from "@tacit/protocol";
import { startTestServer, TestClient, type TestServer, type TestSocket } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let server: TestServer;
let alice: TestClient;
let bob: TestClient;
let carol: TestClient;
let sockets: Map<TestClient, TestSocket>;

beforeAll(async () => {
  server = await startTestServer();
  [alice, bob, carol] = (await Promise.all(Array.from({ length: 3 }, () => TestClient.register(server)))) as [
    TestClient,
    TestClient,
    TestClient,
  ];
  const people = [alice, bob, carol];
  sockets = new Map(
    await Promise.all(people.map(async (person) => [person, await person.socket()] as const)),
  );
});
afterAll(() => server.close());

async function createGroup(owner: TestClient, ...members: TestClient[]): Promise<number> {
  const user_ids = members.map(({ id }) => id);
  const { body } = await owner.post("/chats", {
    body: { kind: "group", title: "A group", user_ids },
    expectStatus: 200,
  });
  return body.id;
}

async function openPrivate(client: TestClient, other: TestClient): Promise<number> {
  const { body } = await client.post("/chats", {
    body: { kind: "private", user_ids: [other.id] },
    expectStatus: 200,
  });
  return body.id;
}

/** @returns the id of the message. */
async function ask(person: TestClient, frame: object): Promise<number> {
  const answer = await sockets.get(person)?.ask(frame);
  if (answer?.type !== "ok") throw new Error(`refused: ${JSON.stringify(answer)}`);
  return answer.message_id ?? 0;
}

const say = (person: TestClient, chat_id: number, message: string, more: object = {}) =>
  ask(person, { type: "send_message", chat_id, message, ...more });
const remove = (person: TestClient, chat_id: number, message_id: number) =>
  ask(person, { type: "delete_message", chat_id, message_id });
const add = (owner: TestClient, chatId: number, person: TestClient) =>
  owner.post(`/chats/${chatId}/members`, { body: { user_id: person.id }, expectStatus: 204 });

const read = (person: TestClient, chatId: number, messageId?: number) =>
  person.post(`/chats/${chatId}/read`, { body: { message_id: messageId ?? null }, expectStatus: 200 });

async function chatOf(person: TestClient, chatId: number): Promise<Chat> {
  const { body } = await person.get("/chats", { expectStatus: 200 });
  return body.find(({ id }: Chat) => id === chatId);
}

const sealedFor = (...people: TestClient[]) => ({
  envelopes: Object.fromEntries(
    people.map(({ id }) => [id, { key: `key for ${id}`, ephem_pub_key: "ephemeral key", iv: "vector" }]),
  ),
});

const NO_MESSAGE = {
  last_message_id: null,
  last_message: null,
  last_message_ciphertext: null,
  last_message_type: null,
  last_message_created_at: null,
  last_message_sender_id: null,
  last_message_envelopes: null,
  last_message_is_outgoing: null,
  last_message_is_delivered: null,
  last_message_is_read: null,
};

describe("the last message", () => {
  test("of a private chat is what was sent, with my own envelope alone", async () => {
    const chatId = await openPrivate(alice, bob);
    const id = await say(alice, chatId, "sealed words", sealedFor(alice, bob));
    expect(await chatOf(bob, chatId)).toMatchObject({
      last_message_id: id,
      last_message: "sealed words",
      last_message_ciphertext: null,
      last_message_envelopes: { [bob.id]: { key: `key for ${bob.id}` } },
      last_message_is_outgoing: false,
    });
  });

  test("of a group is empty where old clients would print ciphertext, and beside it for others", async () => {
    const chatId = await createGroup(alice, bob);
    await say(alice, chatId, "plain words");
    expect(await chatOf(bob, chatId)).toMatchObject({
      last_message: "plain words",
      last_message_ciphertext: null,
      last_message_envelopes: null,
    });
    await say(alice, chatId, "sealed words", sealedFor(alice, bob));
    expect(await chatOf(bob, chatId)).toMatchObject({
      last_message: "",
      last_message_ciphertext: "sealed words",
      last_message_envelopes: { [bob.id]: { key: `key for ${bob.id}` } },
    });
  });

  test("is what the server wrote, too, without counting as unread", async () => {
    const chatId = await createGroup(alice, bob);
    await say(alice, chatId, "before");
    await add(alice, chatId, carol);
    expect(await chatOf(bob, chatId)).toMatchObject({ last_message_type: "system", unread_count: 1 });
    expect((await chatOf(bob, chatId)).last_message).toContain(carol.identity.nickname);
  });

  test("is the one before when it is deleted, its new text when it is edited, and none when all are gone", async () => {
    const chatId = await openPrivate(bob, carol);
    const [first, second] = [await say(bob, chatId, "first"), await say(bob, chatId, "second")];
    await ask(bob, { type: "edit_message", chat_id: chatId, message_id: second, message: "second thoughts" });
    expect(await chatOf(carol, chatId)).toMatchObject({ last_message: "second thoughts", unread_count: 2 });
    await remove(bob, chatId, second);
    expect(await chatOf(carol, chatId)).toMatchObject({ last_message_id: first, unread_count: 1 });
    await remove(bob, chatId, first);
    expect(await chatOf(carol, chatId)).toMatchObject({ ...NO_MESSAGE, unread_count: 0 });
  });

  test("for someone new in a group is never one that was sealed before they came", async () => {
    const chatId = await createGroup(alice, bob);
    const open = await say(alice, chatId, "open words");
    await say(alice, chatId, "sealed words", sealedFor(alice, bob));
    await add(alice, chatId, carol);
    expect(await chatOf(carol, chatId)).toMatchObject({ last_message_type: "system", unread_count: 0 });
    // As if nothing had been written about their coming.
    await server.sql`DELETE FROM messages WHERE chat_id = ${chatId} AND system IS NOT NULL`;
    expect(await chatOf(carol, chatId)).toMatchObject({ last_message_id: open, last_message: "open words" });
    expect(await chatOf(bob, chatId)).toMatchObject({ last_message_ciphertext: "sealed words" });
  });

  test("for someone who comes back to a private chat is none, until there is a new one", async () => {
    const chatId = await openPrivate(alice, carol);
    await say(alice, chatId, "long ago");
    await carol.delete(`/chats/${chatId}`, { expectStatus: 204 });
    await openPrivate(carol, alice);
    expect(await chatOf(carol, chatId)).toMatchObject({ ...NO_MESSAGE, unread_count: 0 });
    expect(await chatOf(alice, chatId)).toMatchObject({ last_message: "long ago" });
    await say(alice, chatId, "welcome back");
    expect(await chatOf(carol, chatId)).toMatchObject({ last_message: "welcome back", unread_count: 1 });
  });
});

describe("the count of unread messages", () => {
  test("is right through reading, own messages, edits and deletions", async () => {
    const chatId = await createGroup(alice, bob, carol);
    const unread = async () => (await chatOf(carol, chatId)).unread_count;
    const [first, second, third] = [
      await say(alice, chatId, "one"),
      await say(bob, chatId, "two"),
      await say(alice, chatId, "three"),
    ];
    await say(carol, chatId, "my own");
    expect(await unread()).toBe(3);
    await read(carol, chatId, first);
    expect(await unread()).toBe(2);
    await ask(bob, { type: "edit_message", chat_id: chatId, message_id: second, message: "two, corrected" });
    await remove(alice, chatId, first);
    expect(await unread()).toBe(2);
    await remove(alice, chatId, third);
    expect(await unread()).toBe(1);
    await read(carol, chatId);
    expect(await unread()).toBe(0);
  });

  test("begins at nothing for whoever joins, and joins again", async () => {
    const chatId = await createGroup(alice, bob);
    for (const message of ["one", "two"]) await say(alice, chatId, message);
    await add(alice, chatId, carol);
    expect((await chatOf(carol, chatId)).unread_count).toBe(0);
    await say(alice, chatId, "three");
    expect((await chatOf(carol, chatId)).unread_count).toBe(1);
    await carol.delete(`/chats/${chatId}`, { expectStatus: 204 });
    await say(alice, chatId, "four");
    await add(alice, chatId, carol);
    await say(alice, chatId, "five");
    expect((await chatOf(carol, chatId)).unread_count).toBe(1);
  });
});

describe("how far the others are", () => {
  test("is how far the furthest of them is, and never how far I am", async () => {
    const chatId = await createGroup(alice, bob, carol);
    const [first, second] = [await say(alice, chatId, "one"), await say(alice, chatId, "two")];
    await read(alice, chatId);
    expect(await chatOf(alice, chatId)).toMatchObject({
      last_read_message_id: second,
      others_read_message_id: null,
      others_delivered_message_id: null,
      last_message_is_read: false,
    });
    await read(bob, chatId, first);
    await carol.post(`/chats/${chatId}/delivered`, { expectStatus: 200 });
    expect(await chatOf(alice, chatId)).toMatchObject({
      others_read_message_id: first,
      others_delivered_message_id: second,
      last_message_is_read: false,
      last_message_is_delivered: true,
    });
    await read(bob, chatId);
    expect(await chatOf(alice, chatId)).toMatchObject({
      others_read_message_id: second,
      last_message_is_read: true,
    });
    expect(await chatOf(bob, chatId)).toMatchObject({
      others_read_message_id: second,
      others_delivered_message_id: second,
    });
  });

  test("forgets who has left a group, though what they read stays read", async () => {
    const chatId = await createGroup(alice, bob, carol);
    const id = await say(alice, chatId, "one");
    await read(bob, chatId);
    expect(await chatOf(alice, chatId)).toMatchObject({ others_read_message_id: id, member_count: 3 });
    await server.sql`UPDATE chat_members SET left_at = now() WHERE chat_id = ${chatId} AND user_id = ${bob.id}`;
    expect(await chatOf(alice, chatId)).toMatchObject({
      others_read_message_id: null,
      last_message_is_read: true,
      member_count: 2,
    });
  });

  test("remembers the side that has left a private chat: it counts as a member", async () => {
    const chatId = await openPrivate(bob, alice);
    const id = await say(bob, chatId, "read this and go");
    await read(alice, chatId);
    await alice.delete(`/chats/${chatId}`, { expectStatus: 204 });
    expect(await chatOf(bob, chatId)).toMatchObject({ others_read_message_id: id, member_count: 2 });
    expect(await chatOf(alice, chatId)).toBeUndefined();
  });
});
