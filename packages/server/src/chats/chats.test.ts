import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const people = (count: number) =>
  Promise.all(Array.from({ length: count }, () => TestClient.register(server)));

async function open(client: TestClient, ...others: number[]) {
  return (await client.post("/chats", { body: { kind: "private", user_ids: others }, expectStatus: 200 }))
    .body;
}

describe("a private chat", () => {
  test("shows each side the other, and both are told of it", async () => {
    const [alice, bob] = (await people(2)) as [TestClient, TestClient];
    const sockets = await Promise.all([alice.socket(), bob.socket()]);
    const chat = await open(alice, bob.id);
    expect(chat).toMatchObject({
      kind: "private",
      title: null,
      peer_id: bob.id,
      peer_username: bob.identity.username,
      my_role: "member",
      member_count: 2,
      members_version: 1,
      seq: 1,
      unread_count: 0,
      last_message_id: null,
      history_from_id: null,
      encrypted: false,
    });
    for (const socket of sockets) {
      expect(await socket.next("chat_created")).toMatchObject({
        chat_id: chat.id,
        kind: "private",
        title: null,
        created_by: alice.id,
      });
    }
    const { body: list } = await bob.get("/chats", { expectStatus: 200 });
    expect(list).toMatchObject([{ id: chat.id, peer_id: alice.id }]);
  });

  test("is the same for the pair, whoever opens it again", async () => {
    const [alice, bob] = (await people(2)) as [TestClient, TestClient];
    const chat = await open(alice, bob.id);
    expect((await open(bob, alice.id)).id).toBe(chat.id);
    expect((await open(alice, bob.id, alice.id, bob.id)).id).toBe(chat.id);
  });

  test("twenty people in a hurry make one", async () => {
    const [alice, bob] = (await people(2)) as [TestClient, TestClient];
    const socket = await alice.socket();
    const chats = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? open(alice, bob.id) : open(bob, alice.id))),
    );
    expect(new Set(chats.map(({ id }) => id)).size).toBe(1);
    await socket.next("chat_created");
    await socket.flushed();
    expect(socket.frames.filter(({ type }) => type === "chat_created")).toHaveLength(1);
  });

  test("needs exactly one other person, who exists", async () => {
    const [alice, bob, carol] = (await people(3)) as [TestClient, TestClient, TestClient];
    for (const user_ids of [[], [alice.id], [bob.id, carol.id]]) {
      const { body } = await alice.post("/chats", { body: { kind: "private", user_ids }, expectStatus: 400 });
      expect(body).toMatchObject({ code: "invalid_input", details: [{ path: "/user_ids" }] });
    }
    await alice.post("/chats", { body: { kind: "private", user_ids: [999_999_999] }, expectStatus: 404 });
    expect((await alice.get("/chats")).body).toEqual([]);
  });

  test("cannot be opened with someone who has blocked me, who is told nothing", async () => {
    const [alice, bob] = (await people(2)) as [TestClient, TestClient];
    await bob.put(`/users/${alice.id}/block`, { expectStatus: 204 });
    const { body } = await alice.post("/chats", {
      body: { kind: "private", user_ids: [bob.id] },
      expectStatus: 403,
    });
    expect(body.code).toBe("blocked");
    expect((await bob.get("/chats")).body).toEqual([]);
    await open(bob, alice.id);
  });

  test("with someone who then deletes the account stays readable", async () => {
    const [alice, bob] = (await people(2)) as [TestClient, TestClient];
    const chat = await open(alice, bob.id);
    const socket = await bob.socket();
    await socket.ask({ type: "send_message", chat_id: chat.id, message: "farewell" });
    await bob.delete("/users/me", { expectStatus: 204 });
    const { body: list } = await alice.get("/chats");
    expect(list).toMatchObject([
      { id: chat.id, peer_nickname: "Deleted account", last_message: "farewell", unread_count: 1 },
    ]);
    await alice.post("/chats", { body: { kind: "private", user_ids: [bob.id] }, expectStatus: 200 });
  });
});

describe("the list of chats", () => {
  test("has the latest activity first, with last message and unread count", async () => {
    const [alice, bob, carol] = (await people(3)) as [TestClient, TestClient, TestClient];
    const [withBob, withCarol] = [await open(alice, bob.id), await open(alice, carol.id)];
    const [aliceSocket, bobSocket] = await Promise.all([alice.socket(), bob.socket()]);
    const idsOf = async (client: TestClient) =>
      (await client.get("/chats")).body.map(({ id }: { id: number }) => id);
    expect(await idsOf(alice)).toEqual([withCarol.id, withBob.id]);
    for (const message of ["one", "two"])
      await bobSocket.ask({ type: "send_message", chat_id: withBob.id, message });
    expect(await idsOf(alice)).toEqual([withBob.id, withCarol.id]);
    const [chat] = (await alice.get("/chats")).body;
    expect(chat).toMatchObject({
      unread_count: 2,
      last_message: "two",
      last_message_ciphertext: null,
      last_message_type: "text",
      last_message_sender_id: bob.id,
      last_message_is_outgoing: false,
      last_message_is_read: false,
      seq: 3,
    });
    await aliceSocket.ask({ type: "send_message", chat_id: withCarol.id, message: "three" });
    const [own] = (await alice.get("/chats")).body;
    expect(own).toMatchObject({ id: withCarol.id, unread_count: 0, last_message_is_outgoing: true });
  });

  test("counts exactly up to 999 unread messages, then says 1000", async () => {
    const [alice, bob] = (await people(2)) as [TestClient, TestClient];
    const { id } = await open(alice, bob.id);
    const addMessages = (count: number) => server.sql`
      INSERT INTO messages (chat_id, id, seq, sender_id, message, message_type)
      SELECT ${id}, nextval('message_ids'), (SELECT max(seq) FROM (SELECT seq FROM messages WHERE chat_id = ${id} UNION ALL SELECT 1) AS s) + n, ${bob.id}, '', 'text'
      FROM generate_series(1, ${count}::int) AS n`;
    await addMessages(999);
    expect((await alice.get("/chats")).body[0].unread_count).toBe(999);
    await addMessages(51);
    expect((await alice.get("/chats")).body[0].unread_count).toBe(1000);
  });
});
