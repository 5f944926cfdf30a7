import { createTestDatabase, startProxy, startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { done, open, type Person, pair, person, refused } from "../messages/fixtures/conversation.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const join = (who: Person, chat_id: number) => done(who, { type: "join_chat", chat_id });
const say = ({ socket }: Person, chat_id: number, is_typing = true) =>
  socket.send({ type: "typing", chat_id, is_typing });

/** What this person heard, once everything that these people did has been handled. */
async function heardBy(listener: Person, ...after: readonly Person[]): Promise<(string | boolean)[][]> {
  for (const who of after) await done(who, { type: "init", contacts: [] });
  await listener.socket.flushed();
  return listener.socket.frames.flatMap((frame) =>
    frame.type === "typing" ? [[String(frame.user_id), frame.is_typing]] : [],
  );
}

/** Types until the other one hears it. */
async function untilHeard(writer: Person, listener: Person, chatId: number): Promise<void> {
  const before = (await heardBy(listener)).length;
  let isTyping = false;
  const attempt = async () => {
    isTyping = !isTyping;
    say(writer, chatId, isTyping);
    return (await heardBy(listener, writer)).length;
  };
  await expect.poll(attempt, { timeout: 5_000 }).toBeGreaterThan(before);
}

async function groupOf(count: number, kind = "group") {
  const people = await Promise.all(Array.from({ length: count }, () => person(server)));
  const [owner, ...others] = people as [Person, ...Person[]];
  const chatId = await open(owner, kind, others);
  return { people, chatId };
}

describe("someone who types", () => {
  test("is seen by the others who joined the chat, and by nobody else", async () => {
    const { people, chatId } = await groupOf(4);
    const [alice, bob, carol, dave] = people as [Person, Person, Person, Person];
    const stranger = await person(server);
    const phone = { ...alice, socket: await (await alice.client.onAnotherDevice()).socket() };
    for (const who of [alice, phone, bob, carol]) await join(who, chatId);
    say(alice, chatId);
    for (const { socket } of [bob, carol])
      expect(await socket.next("typing")).toEqual({
        type: "typing",
        chat_id: chatId,
        user_id: alice.id,
        is_typing: true,
      });
    say(alice, chatId, false);
    expect(await bob.socket.next("typing")).toMatchObject({ is_typing: false });
    for (const who of [alice, phone, dave, stranger]) expect(await heardBy(who, alice)).toEqual([]);
  });

  test("without having joined is ignored without a word, and so is someone who left", async () => {
    const { alice, bob, chatId } = await pair(server);
    await join(bob, chatId);
    say(alice, chatId);
    await join(alice, chatId);
    await done(alice, { type: "leave_chat", chat_id: chatId });
    say(alice, chatId);
    expect(await heardBy(bob, alice)).toEqual([]);
    await alice.socket.flushed();
    expect(alice.socket.frames.filter(({ type }) => type === "error")).toEqual([]);
  });

  test("is not seen any more by someone who has left the chat's room, until they join again", async () => {
    const { alice, bob, chatId } = await pair(server);
    for (const who of [alice, bob]) await join(who, chatId);
    await done(bob, { type: "leave_chat", chat_id: chatId });
    await done(bob, { type: "leave_chat", chat_id: chatId });
    say(alice, chatId);
    expect(await heardBy(bob, alice)).toEqual([]);
    await join(bob, chatId);
    await untilHeard(alice, bob, chatId);
  });

  test("has stopped when the socket closes", async () => {
    const { alice, bob, chatId } = await pair(server);
    for (const who of [alice, bob]) await join(who, chatId);
    say(alice, chatId);
    expect(await bob.socket.next("typing")).toMatchObject({ is_typing: true });
    alice.socket.raw.terminate();
    expect(await bob.socket.next("typing")).toMatchObject({ is_typing: false });
  });

  test("in a hurry is told in a few events, of which the last is how it ended", async () => {
    const { alice, bob, chatId } = await pair(server);
    for (const who of [alice, bob]) await join(who, chatId);
    for (let count = 0; count < 500; count += 1) say(alice, chatId, count % 2 === 0);
    await bob.socket.next((frame) => frame.type === "typing" && !frame.is_typing);
    const heard = await heardBy(bob, alice);
    expect(heard.length).toBeLessThan(10);
    expect(heard.at(-1)).toEqual([String(alice.id), false]);
  });

  test("sends something that is not valid and is told so", async () => {
    const { alice, chatId } = await pair(server);
    expect(await refused(alice, { type: "typing", chat_id: chatId, is_typing: "yes" })).toBe("invalid_input");
    expect(await refused(alice, { type: "typing", chat_id: chatId })).toBe("invalid_input");
  });

  test("costs the database nothing: it is seen while the database is away", async () => {
    const database = await createTestDatabase();
    const proxy = await startProxy(proxyTarget(database.config));
    const own = await startTestServer({
      database: { ...database.config, host: proxy.host, port: proxy.port },
    });
    const { alice, bob, chatId } = await pair(own);
    for (const who of [alice, bob]) await join(who, chatId);
    proxy.pause();
    say(alice, chatId);
    expect(await bob.socket.next("typing")).toMatchObject({ user_id: alice.id });
    proxy.resume();
    await own.close();
    await proxy.close();
    await database.drop();
  });
});

describe("joining a chat", () => {
  test("needs membership, and answers alike for a chat that does not exist", async () => {
    const { chatId } = await pair(server);
    const stranger = await person(server);
    const answers = [];
    for (const chat_id of [chatId, 999_999_999])
      answers.push(await stranger.socket.ask({ type: "join_chat", chat_id, request_id: "same" }));
    expect(answers[0]).toMatchObject({ type: "error", code: "not_a_member" });
    expect(answers[1]).toMatchObject({ type: "error", code: "not_a_member" });
  });

  test("can be repeated, and nobody hears anything twice", async () => {
    const { alice, bob, chatId } = await pair(server);
    for (const who of [alice, bob, bob, alice]) await join(who, chatId);
    say(alice, chatId);
    expect(await heardBy(bob, alice)).toHaveLength(1);
  });

  test("beyond a thousand leaves the one joined first", async () => {
    const { alice, bob, chatId } = await pair(server);
    for (const who of [alice, bob]) await join(who, chatId);
    const rows = await server.sql<{ id: number }[]>`
      WITH made AS (
        INSERT INTO chats (kind, title, created_by, seq)
        SELECT 'group', 'One of many', ${bob.id}, 1 FROM generate_series(1, 1000) RETURNING id
      ), added AS (
        INSERT INTO chat_members (chat_id, user_id, role, seq) SELECT id, ${bob.id}, 'owner', 1 FROM made
      ) SELECT id FROM made`;
    await Promise.all(rows.slice(1).map(({ id }) => join(bob, id)));
    await untilHeard(alice, bob, chatId);
    await join(bob, rows[0]?.id as number);
    const before = await heardBy(bob, alice);
    say(alice, chatId, true);
    say(alice, chatId, false);
    expect(await heardBy(bob, alice)).toEqual(before);
  });
});

describe("someone who is no longer in the chat", () => {
  test("after being removed from a group neither sees nor is seen, at once", async () => {
    const { people, chatId } = await groupOf(3);
    const [owner, removed, other] = people as [Person, Person, Person];
    for (const who of people) await join(who, chatId);
    await owner.client.delete(`/chats/${chatId}/members/${removed.id}`, { expectStatus: 204 });
    say(removed, chatId);
    expect(await heardBy(other, removed)).toEqual([]);
    say(owner, chatId);
    await other.socket.next("typing");
    expect(await heardBy(removed, owner)).toEqual([]);
    expect(await refused(removed, { type: "join_chat", chat_id: chatId })).toBe("not_a_member");
  });

  test("after leaving a private chat hears nothing more, and nobody hears them", async () => {
    const { alice, bob, chatId } = await pair(server);
    for (const who of [alice, bob]) await join(who, chatId);
    await bob.client.delete(`/chats/${chatId}`, { expectStatus: 204 });
    say(bob, chatId);
    expect(await heardBy(alice, bob)).toEqual([]);
    say(alice, chatId);
    expect(await heardBy(bob, alice)).toEqual([]);
  });

  test("as the chat was deleted for all, is heard by nobody", async () => {
    const { people, chatId } = await groupOf(3);
    const [owner, bob, carol] = people as [Person, Person, Person];
    for (const who of people) await join(who, chatId);
    await owner.client.delete(`/chats/${chatId}?for_all=true`, { expectStatus: 204 });
    for (const who of [owner, bob]) say(who, chatId);
    expect(await heardBy(carol, owner, bob)).toEqual([]);
  });

  test("and comes back, is heard after joining again", async () => {
    const { people, chatId } = await groupOf(2);
    const [owner, other] = people as [Person, Person];
    for (const who of people) await join(who, chatId);
    await owner.client.delete(`/chats/${chatId}/members/${other.id}`, { expectStatus: 204 });
    await owner.client.post(`/chats/${chatId}/members`, { body: { user_id: other.id }, expectStatus: 204 });
    await join(other, chatId);
    await untilHeard(other, owner, chatId);
  });
});

describe("after a block", () => {
  test("neither side of the private chat sees the other type, until it ends", async () => {
    const { alice, bob, chatId } = await pair(server);
    for (const who of [alice, bob]) await join(who, chatId);
    await alice.client.put(`/users/${bob.id}/block`, { expectStatus: 204 });
    say(alice, chatId);
    say(bob, chatId);
    expect(await heardBy(alice, bob)).toEqual([]);
    expect(await heardBy(bob, alice)).toEqual([]);
    for (const who of [alice, bob]) await join(who, chatId);
    say(bob, chatId, false);
    expect(await heardBy(alice, bob)).toEqual([]);
    await alice.client.delete(`/users/${bob.id}/block`, { expectStatus: 204 });
    await untilHeard(bob, alice, chatId);
    await untilHeard(alice, bob, chatId);
  });

  test("a group goes on as before", async () => {
    const { people, chatId } = await groupOf(2);
    const [alice, bob] = people as [Person, Person];
    await alice.client.put(`/users/${bob.id}/block`, { expectStatus: 204 });
    for (const who of people) await join(who, chatId);
    say(bob, chatId);
    expect(await alice.socket.next("typing")).toMatchObject({ user_id: bob.id });
  });
});

function proxyTarget({ host, port }: { readonly host: string; readonly port: number }) {
  return host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}
