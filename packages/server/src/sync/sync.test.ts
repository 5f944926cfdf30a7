import { startTestServer, TestClient, type TestServer, type TestSocket } from "@tacit/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

let server: TestServer;
let alice: TestClient;
let bob: TestClient;
let carol: TestClient;
let aliceSocket: TestSocket;
let bobSocket: TestSocket;

beforeAll(async () => {
  server = await startTestServer();
  [alice, bob, carol] = (await Promise.all(Array.from({ length: 3 }, () => TestClient.register(server)))) as [
    TestClient,
    TestClient,
    TestClient,
  ];
  aliceSocket = await alice.socket();
  bobSocket = await bob.socket();
});

afterAll(() => server.close());

/** The group of a test: its own, so that tests do not see each other's changes. */
let group: number;

beforeEach(async () => {
  const { body } = await alice.post("/chats", {
    body: { kind: "group", title: "A group", user_ids: [bob.id] },
    expectStatus: 200,
  });
  group = body.id;
});

async function sync(client: TestClient, body: object = {}) {
  const answer = await client.post("/sync", { body: { chats: {}, ...body }, expectStatus: 200 });
  return answer.body;
}

/** What a client that holds the group up to `seq` is told about it. */
async function changesOf(client: TestClient, seq: number, options: object = {}) {
  const { changes } = await sync(client, { chats: { [group]: seq }, ...options });
  return changes[group];
}

async function send(socket: TestSocket, message: string, fields: object = {}): Promise<number> {
  const answer = await socket.ask({ type: "send_message", chat_id: group, message, ...fields });
  if (answer.type === "error" || !answer.message_id) throw new Error(JSON.stringify(answer));
  return answer.message_id;
}

/** Everything happened longer ago than a cursor reaches back. */
async function letTimePass(): Promise<void> {
  const { sql } = server;
  await sql`UPDATE chats SET changed_at = changed_at - interval '1 hour'`;
  await sql`UPDATE chat_members SET touched_at = touched_at - interval '1 hour'`;
  await sql`UPDATE users SET updated_at = updated_at - interval '1 hour'`;
  await sql`UPDATE user_keys SET signed_at = signed_at - interval '1 hour'`;
}

const idsOf = (entries: readonly { id: number }[]) => entries.map(({ id }) => id);
const envelopesFor = (...clients: TestClient[]) =>
  Object.fromEntries(clients.map(({ id }) => [id, { key: `wrapped for ${id}` }]));

describe("the list of chats", () => {
  test("a device that never synchronised gets all chats, exactly as GET /chats gives them", async () => {
    await send(aliceSocket, "hello");
    const { body } = await alice.get("/chats");
    const { chats, changes, removed, profiles, more } = await sync(alice);
    expect(new Map(chats.map((chat: { id: number }) => [chat.id, chat]))).toEqual(
      new Map(body.map((chat: { id: number }) => [chat.id, chat])),
    );
    expect({ changes, removed, profiles, more }).toEqual({
      changes: {},
      removed: [],
      profiles: [],
      more: false,
    });
  });

  test("with nothing new the answer is empty", async () => {
    const { chats } = await sync(alice);
    await letTimePass();
    const known = Object.fromEntries(chats.map(({ id, seq }: { id: number; seq: number }) => [id, seq]));
    const { cursor } = await sync(alice, { chats: known });
    const { cursor: _, ...rest } = await sync(alice, { chats: known, cursor });
    expect(rest).toEqual({ chats: [], changes: {}, removed: [], profiles: [], more: false });
  });

  test.each([
    ["a message", () => send(bobSocket, "news")],
    ["my pointer", () => alice.post(`/chats/${group}/read`)],
    ["somebody else's pointer", () => bob.post(`/chats/${group}/delivered`)],
    ["my settings", () => alice.patch(`/chats/${group}/settings`, { body: { is_archived: true } })],
    ["a title", () => alice.patch(`/chats/${group}`, { body: { title: "Another" } })],
    ["a member", () => alice.post(`/chats/${group}/members`, { body: { user_id: carol.id } })],
  ])("%s brings the chat back, and no other", async (_, change) => {
    await send(aliceSocket, "hello");
    await letTimePass();
    const { cursor } = await sync(alice);
    await change();
    const { chats } = await sync(alice, { cursor });
    expect(idsOf(chats)).toEqual([group]);
  });

  test("an answer reaches back a minute, so that nothing is missed", async () => {
    await letTimePass();
    const { cursor } = await sync(alice);
    await server.sql`UPDATE chats SET changed_at = now() - interval '59 seconds' WHERE id = ${group}`;
    expect(idsOf((await sync(alice, { cursor })).chats)).toEqual([group]);
  });

  test("a list too large for one answer goes on in the next", async () => {
    const large = "x".repeat(250_000);
    const created: number[] = [];
    for (let index = 0; index < 18; index += 1) {
      const { body } = await alice.post("/chats", {
        body: { kind: "group", title: "Large", user_ids: [carol.id] },
      });
      created.push(body.id);
      await aliceSocket.ask({ type: "send_message", chat_id: body.id, message: large });
    }
    const first = await sync(carol);
    expect(first.more).toBe(true);
    expect(JSON.stringify(first).length).toBeLessThan(4 * 1024 * 1024 + 1024);
    const second = await sync(carol, { cursor: first.cursor });
    expect(second.more).toBe(false);
    const both = idsOf([...first.chats, ...second.chats]);
    expect(both.filter((id) => created.includes(id))).toEqual(created);
    expect(new Set(both).size).toBe(both.length);
    await Promise.all(created.map((id) => alice.delete(`/chats/${id}?for_all=true`, { expectStatus: 204 })));
  });

  test("a cursor that no answer gave is refused by name", async () => {
    for (const cursor of [
      "",
      "x",
      "MS4xLjIuMy40LjU",
      Buffer.from("1.9999999999999999.-.0.0").toString("base64url"),
    ]) {
      const { status, body } = await alice.post("/sync", { body: { chats: {}, cursor } });
      expect([status, body.details?.[0]?.path]).toEqual([400, "/cursor"]);
    }
  });
});

describe("the changes of a chat", () => {
  test("come only for chats that were asked about", async () => {
    await send(bobSocket, "hello");
    expect((await sync(alice)).changes).toEqual({});
  });

  test("messages and members come in the order of seq, as GET /messages shows them", async () => {
    await send(aliceSocket, "first", { envelopes: envelopesFor(alice, bob) });
    await alice.post(`/chats/${group}/members`, {
      body: { user_id: carol.id, role: "admin" },
      expectStatus: 204,
    });
    const last = await send(bobSocket, "second");
    await aliceSocket.next((frame) => frame.type === "message_new" && frame.message.id === last);
    const { messages, members, seq, more } = await changesOf(alice, 0);
    const { body: listed } = await alice.get(`/chats/${group}/messages`);
    expect(messages).toEqual(listed);
    const { body: everyone } = await alice.get(`/chats/${group}/members`);
    expect(members.map(({ seq: _, ...member }: { seq: number }) => member)).toEqual(everyone);
    expect(members.map((member: { seq: number }) => member.seq)).toEqual([1, 1, 3]);
    expect({ seq, more }).toEqual({ seq: 5, more: false });
  });

  test("an edited message comes again, a deleted one as what is left of it", async () => {
    const edited = await send(aliceSocket, "a first try");
    const deleted = await send(aliceSocket, "a mistake");
    const { seq } = await changesOf(bob, 0);
    await aliceSocket.ask({ type: "edit_message", chat_id: group, message_id: edited, message: "better" });
    await aliceSocket.ask({ type: "delete_message", chat_id: group, message_id: deleted });
    const { messages } = await changesOf(bob, seq);
    expect(messages).toEqual([
      expect.objectContaining({ id: edited, message: "better", seq: seq + 1 }),
      { id: deleted, deleted_at: expect.any(String), deleted_by: alice.id, seq: seq + 2 },
    ]);
  });

  test("a member who is gone is told of as such, to those who stay", async () => {
    const { seq } = await changesOf(alice, 0);
    await alice.delete(`/chats/${group}/members/${bob.id}`, { expectStatus: 204 });
    expect((await changesOf(alice, seq)).members).toEqual([{ user_id: bob.id, removed: true, seq: seq + 1 }]);
  });

  test("chats that I am not in, or that never were, are named alike", async () => {
    const { body: theirs } = await alice.post("/chats", {
      body: { kind: "group", title: "Theirs", user_ids: [] },
    });
    await alice.delete(`/chats/${group}/members/${bob.id}`, { expectStatus: 204 });
    const nowhere = 9_007_199_254_740_000;
    const { changes, removed } = await sync(bob, { chats: { [group]: 1, [theirs.id]: 0, [nowhere]: 5 } });
    expect(changes).toEqual({});
    expect(removed.sort()).toEqual([group, theirs.id, nowhere].sort());
  });

  test("everybody gets only their own envelope", async () => {
    await send(aliceSocket, "sealed", { envelopes: envelopesFor(alice, bob) });
    for (const client of [alice, bob]) {
      const { messages } = await changesOf(client, 0);
      expect(messages[0].envelopes).toEqual(envelopesFor(client));
    }
  });

  test("asking again with what came leads to the end, without a gap, at any limit", async () => {
    for (let index = 0; index < 7; index += 1)
      await send(index % 2 ? aliceSocket : bobSocket, `message ${index}`);
    await alice.post(`/chats/${group}/members`, { body: { user_id: carol.id }, expectStatus: 204 });
    await send(aliceSocket, "the last");
    const whole = await changesOf(alice, 0);
    for (const limit of [1, 2, 3, 5]) {
      const messages = [];
      const members = [];
      let seq = 0;
      for (let more = true; more; ) {
        const part = await changesOf(alice, seq, { limit });
        expect(part.messages.length).toBeLessThanOrEqual(limit);
        messages.push(...part.messages);
        members.push(...part.members);
        ({ seq, more } = part);
      }
      expect({ messages, members, seq, more: false }).toEqual(whole);
    }
  });

  test("the limit counts over all chats, and those left out come with the next answer", async () => {
    const { body: other } = await alice.post("/chats", {
      body: { kind: "group", title: "Other", user_ids: [] },
    });
    await aliceSocket.ask({ type: "send_message", chat_id: other.id, message: "in the other" });
    await send(aliceSocket, "one");
    await send(aliceSocket, "two");
    const first = await sync(alice, { chats: { [group]: 0, [other.id]: 0 }, limit: 2 });
    expect(Object.keys(first.changes)).toEqual([String(group)]);
    expect(first.changes[group]).toMatchObject({ more: false });
    expect(first.more).toBe(true);
    const second = await sync(alice, {
      chats: { [group]: first.changes[group].seq, [other.id]: 0 },
      limit: 2,
    });
    expect(Object.keys(second.changes)).toEqual([String(other.id)]);
    expect(second.more).toBe(false);
  });

  test("an answer ends at 4 MiB", async () => {
    const large = "x".repeat(250_000);
    for (let index = 0; index < 20; index += 1) await send(aliceSocket, large);
    const answer = await sync(alice, { chats: { [group]: 0 }, cursor: (await sync(alice)).cursor });
    expect(JSON.stringify(answer).length).toBeLessThan(4 * 1024 * 1024 + 1024);
    expect(answer.changes[group].more).toBe(true);
    let { seq } = answer.changes[group];
    let count = answer.changes[group].messages.length;
    for (let more = true; more; ) {
      const part = await changesOf(alice, seq);
      count += part.messages.length;
      ({ seq, more } = part);
    }
    expect(count).toBe(20);
  });

  test("a device that is ahead of a restored database begins anew", async () => {
    await send(aliceSocket, "what the backup has");
    const { seq, messages, more } = await changesOf(alice, 1_000);
    expect({ seq, more, messages: messages.length }).toEqual({ seq: 2, more: false, messages: 1 });
  });
});

describe("who came back", () => {
  test("does not get what was encrypted without them, nor loses what was not", async () => {
    await send(aliceSocket, "before", { envelopes: envelopesFor(alice, bob) });
    const { seq } = await changesOf(bob, 0);
    await alice.delete(`/chats/${group}/members/${bob.id}`, { expectStatus: 204 });
    await send(aliceSocket, "sealed while away", { envelopes: envelopesFor(alice) });
    await send(aliceSocket, "open while away");
    await alice.post(`/chats/${group}/members`, { body: { user_id: bob.id }, expectStatus: 204 });
    await send(aliceSocket, "sealed again", { envelopes: envelopesFor(alice, bob) });
    const texts = (await changesOf(bob, seq)).messages
      .filter(({ system }: { system: unknown }) => system === null)
      .map(({ message }: { message: string }) => message);
    expect(texts).toEqual(["open while away", "sealed again"]);
  });

  test("is told of an edit that hid a message from them, and of nothing in it", async () => {
    const id = await send(aliceSocket, "open");
    await alice.post(`/chats/${group}/members`, { body: { user_id: carol.id }, expectStatus: 204 });
    const { seq } = await changesOf(carol, 0);
    await aliceSocket.ask({
      type: "edit_message",
      chat_id: group,
      message_id: id,
      message: "sealed now",
      envelopes: envelopesFor(alice, bob),
    });
    expect((await changesOf(carol, seq)).messages).toEqual([
      { id, deleted_at: expect.any(String), deleted_by: alice.id, seq: seq + 1 },
    ]);
  });

  test("gets nothing of a private chat's past", async () => {
    const { body: chat } = await bob.post("/chats", { body: { kind: "private", user_ids: [carol.id] } });
    await bobSocket.ask({ type: "send_message", chat_id: chat.id, message: "an old story" });
    await carol.delete(`/chats/${chat.id}`, { expectStatus: 204 });
    expect((await sync(carol, { chats: { [chat.id]: 2 } })).removed).toEqual([chat.id]);
    await bobSocket.ask({ type: "send_message", chat_id: chat.id, message: "and now?" });
    const { changes } = await sync(carol, { chats: { [chat.id]: 0 } });
    expect(changes[chat.id].messages.map(({ message }: { message: string }) => message)).toEqual([
      "and now?",
    ]);
    expect(changes[chat.id].members.map(({ user_id }: { user_id: number }) => user_id).sort()).toEqual(
      [bob.id, carol.id].sort(),
    );
  });
});

describe("profiles", () => {
  test("those who share a chat and changed come with the version of their key", async () => {
    const stranger = await TestClient.register(server);
    await letTimePass();
    const { cursor } = await sync(alice);
    await bob.patch("/users/nickname", { body: { nickname: "Bobby" }, expectStatus: 200 });
    await stranger.patch("/users/nickname", { body: { nickname: "Stranger" }, expectStatus: 200 });
    const { profiles } = await sync(alice, { cursor });
    expect(profiles).toEqual([
      { id: bob.id, username: bob.identity.username, nickname: "Bobby", avatar: null, key_version: 1 },
    ]);
  });

  test("the account that is gone comes as what everybody sees of it", async () => {
    const leaver = await TestClient.register(server);
    await alice.post(`/chats`, { body: { kind: "private", user_ids: [leaver.id] }, expectStatus: 200 });
    await letTimePass();
    const { cursor } = await sync(alice);
    await leaver.delete("/users/me", { expectStatus: 204 });
    expect((await sync(alice, { cursor })).profiles).toEqual([
      expect.objectContaining({ id: leaver.id, nickname: "Deleted account", key_version: 0 }),
    ]);
  });
});
