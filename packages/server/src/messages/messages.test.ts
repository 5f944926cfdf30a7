import { randomUUID } from "node:crypto";
import type { Message } from "@tacit/protocol";
import {
  decryptFor,
  encryptFor,
  startTestServer,
  TestClient,
  type TestServer,
  type TestSocket,
} from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Two people with a private chat and a socket each. */
async function pair() {
  const [alice, bob] = await Promise.all([TestClient.register(server), TestClient.register(server)]);
  const chatId: number = (
    await alice.post("/chats", { body: { kind: "private", user_ids: [bob.id] }, expectStatus: 200 })
  ).body.id;
  const [aliceSocket, bobSocket] = await Promise.all([alice.socket(), bob.socket()]);
  return { alice, bob, chatId, aliceSocket, bobSocket };
}

async function send(socket: TestSocket, chatId: number, fields: object = {}): Promise<number> {
  const answer = await socket.ask({ type: "send_message", chat_id: chatId, message: "hello", ...fields });
  expect(answer).toMatchObject({ type: "ok", chat_id: chatId });
  return (answer as { message_id: number }).message_id;
}

async function history(client: TestClient, chatId: number, query = ""): Promise<Message[]> {
  return (await client.get(`/chats/${chatId}/messages${query}`, { expectStatus: 200 })).body;
}

describe("a message between two people", () => {
  test("is encrypted by one side and read by the other, with the reference's fields alone and null for the rest", async () => {
    const { alice, bob, chatId, aliceSocket, bobSocket } = await pair();
    const { body: key } = await alice.get(`/users/${bob.id}/public-key`, { expectStatus: 200 });
    const sealed = encryptFor("Привет, мир! 🌍", {
      [alice.id]: alice.identity.publicKey,
      [bob.id]: key.public_key,
    });
    aliceSocket.send({
      type: "send_message",
      chat_id: chatId,
      message: sealed.message,
      message_type: "text",
      envelopes: sealed.envelopes,
      metadata: null,
      reply_to_message_id: null,
      client_message_id: null,
    });
    const { message } = await bobSocket.next("message_new");
    expect(Object.keys(message.envelopes ?? {})).toEqual([String(bob.id)]);
    expect(decryptFor(message, bob.id, bob.identity.privateKey)).toBe("Привет, мир! 🌍");
    const [stored] = await history(bob, chatId);
    expect(decryptFor(stored as Message, bob.id, bob.identity.privateKey)).toBe("Привет, мир! 🌍");
    const [own] = await history(alice, chatId);
    expect(decryptFor(own as Message, alice.id, alice.identity.privateKey)).toBe("Привет, мир! 🌍");
  });

  test("reaches every socket of both, the sender's other devices too, and is the same live and from history", async () => {
    const { alice, bob, chatId, aliceSocket, bobSocket } = await pair();
    const phone = await (await alice.onAnotherDevice()).socket();
    const id = await send(aliceSocket, chatId, {
      metadata: [{ filename: "a", mimetype: "b", size: 1, extra: { kept: null } }],
    });
    const frames = await Promise.all(
      [aliceSocket, phone, bobSocket].map((socket) => socket.next("message_new")),
    );
    const [stored] = await history(bob, chatId);
    for (const frame of frames) {
      expect(frame.message).toEqual(stored);
      expect(frame.seq).toBe(frame.message.seq);
    }
    expect(stored).toMatchObject({
      id,
      sender_id: alice.id,
      has_files: true,
      status: "sent",
      envelopes: null,
      client_message_id: null,
      metadata: [{ filename: "a", mimetype: "b", size: 1, extra: { kept: null } }],
    });
  });

  test("with a text that looks like the server's own JSON arrives unchanged", async () => {
    const { alice, bob, chatId, aliceSocket, bobSocket } = await pair();
    const message = '"envelopes":null $& {"envelopes":{}}';
    const envelopes = { [bob.id]: { key: "k$&", ephem_pub_key: "e", iv: "i" }, [alice.id]: { key: "own" } };
    await send(aliceSocket, chatId, {
      message,
      envelopes,
      metadata: [{ filename: "f", mimetype: "m", size: 0, envelopes: null }],
    });
    const { message: received } = await bobSocket.next("message_new");
    expect(received.message).toBe(message);
    expect(received.envelopes).toEqual({ [bob.id]: envelopes[bob.id] });
    expect(received.metadata?.[0]).toMatchObject({ envelopes: null });
  });

  test("an empty one is fine, and one of 256 KiB; one byte more is refused", async () => {
    const { chatId, aliceSocket } = await pair();
    await send(aliceSocket, chatId, { message: "" });
    await send(aliceSocket, chatId, { message: "x".repeat(256 * 1024) });
    const refused = await aliceSocket.ask({
      type: "send_message",
      chat_id: chatId,
      message: "x".repeat(256 * 1024 + 1),
    });
    expect(refused).toMatchObject({ type: "error", code: "invalid_input", details: [{ path: "/message" }] });
  });

  test("voice and video messages get their own type, and `system` is the server's alone", async () => {
    const { alice, chatId, aliceSocket } = await pair();
    await aliceSocket.ask({ type: "voice_message", chat_id: chatId, message: "" });
    await aliceSocket.ask({ type: "video_message", chat_id: chatId, message: "" });
    await send(aliceSocket, chatId, { message_type: "sticker" });
    expect((await history(alice, chatId)).map((message) => message.message_type)).toEqual([
      "voice_message",
      "video_message",
      "sticker",
    ]);
    const refused = await aliceSocket.ask({
      type: "send_message",
      chat_id: chatId,
      message: "",
      message_type: "system",
    });
    expect(refused).toMatchObject({ type: "error", code: "invalid_input" });
  });

  test("drops envelopes for people who are not members, without an error", async () => {
    const { alice, bob, chatId, aliceSocket } = await pair();
    const stranger = await TestClient.register(server);
    const id = await send(aliceSocket, chatId, {
      envelopes: { [bob.id]: { key: "1" }, [stranger.id]: { key: "2" } },
    });
    const [row] = await server.sql`SELECT envelopes FROM messages WHERE chat_id = ${chatId} AND id = ${id}`;
    expect(row?.envelopes).toEqual({ [bob.id]: { key: "1" } });
    expect((await history(alice, chatId))[0]?.envelopes).toBeNull();
  });

  test("answers a message of the same chat, and nothing else", async () => {
    const { chatId, aliceSocket, bobSocket, alice } = await pair();
    const other = await pair();
    const first = await send(aliceSocket, chatId);
    const foreign = await send(other.aliceSocket, other.chatId);
    const reply = await send(bobSocket, chatId, { reply_to_message_id: first });
    expect((await history(alice, chatId)).find(({ id }) => id === reply)?.reply_to_message_id).toBe(first);
    for (const reply_to_message_id of [foreign, 999_999_999]) {
      const refused = await bobSocket.ask({
        type: "send_message",
        chat_id: chatId,
        message: "",
        reply_to_message_id,
      });
      expect(refused).toMatchObject({ type: "error", code: "unknown_message" });
    }
  });

  test("that was encrypted for other members is refused with the current version, and nothing is stored", async () => {
    const { alice, chatId, aliceSocket } = await pair();
    const refused = await aliceSocket.ask({
      type: "send_message",
      chat_id: chatId,
      message: "x",
      members_version: 7,
    });
    expect(refused).toMatchObject({ type: "error", code: "stale_members", members_version: 1 });
    await send(aliceSocket, chatId, { members_version: 1 });
    expect(await history(alice, chatId)).toHaveLength(1);
  });

  test("in an encrypted chat needs an envelope for everybody", async () => {
    const [alice, bob] = await Promise.all([TestClient.register(server), TestClient.register(server)]);
    const { body: chat } = await alice.post("/chats", {
      body: { kind: "private", user_ids: [bob.id], encrypted: true },
      expectStatus: 200,
    });
    expect(chat.encrypted).toBe(true);
    const socket = await alice.socket();
    for (const envelopes of [undefined, {}, { [alice.id]: { key: "1" } }]) {
      const refused = await socket.ask({ type: "send_message", chat_id: chat.id, message: "x", envelopes });
      expect(refused).toMatchObject({ type: "error", code: "envelopes_required" });
    }
    await send(socket, chat.id, { envelopes: { [alice.id]: { key: "1" }, [bob.id]: { key: "2" } } });
  });

  test("cannot be written by a stranger, nor into a chat that does not exist, with the same answer", async () => {
    const { chatId } = await pair();
    const stranger = await (await TestClient.register(server)).socket();
    const answers = await Promise.all(
      [chatId, 999_999_999].map((chat_id) => stranger.ask({ type: "send_message", chat_id, message: "x" })),
    );
    for (const answer of answers)
      expect(answer).toMatchObject({
        type: "error",
        code: "not_a_member",
        error: "You are not a member of this chat.",
      });
  });

  test("someone who is blocked cannot write, and the one who blocked still can", async () => {
    const { alice, bob, chatId, aliceSocket, bobSocket } = await pair();
    await bob.put(`/users/${alice.id}/block`, { expectStatus: 204 });
    expect(await aliceSocket.ask({ type: "send_message", chat_id: chatId, message: "x" })).toMatchObject({
      type: "error",
      code: "blocked",
    });
    await send(bobSocket, chatId);
    await bob.delete(`/users/${alice.id}/block`, { expectStatus: 204 });
    await send(aliceSocket, chatId);
  });
});

describe("sending the same message again", () => {
  test("stores nothing, tells nobody else, and answers with the stored message to that socket alone", async () => {
    const { alice, chatId, aliceSocket, bobSocket } = await pair();
    const phone = await (await alice.onAnotherDevice()).socket();
    const client_message_id = randomUUID();
    const id = await send(aliceSocket, chatId, { client_message_id, message: "first" });
    await Promise.all([aliceSocket, phone, bobSocket].map((socket) => socket.next("message_new")));
    const answer = await phone.ask({
      type: "send_message",
      chat_id: chatId,
      message: "changed",
      client_message_id: client_message_id.toUpperCase(),
    });
    expect(answer).toMatchObject({ type: "ok", message_id: id, duplicate: true });
    expect((await phone.next("message_new")).message).toMatchObject({ id, message: "first" });
    await Promise.all([aliceSocket.flushed(), bobSocket.flushed()]);
    expect(
      [...aliceSocket.frames, ...bobSocket.frames].filter(({ type }) => type === "message_new"),
    ).toHaveLength(2);
    expect(await history(alice, chatId)).toHaveLength(1);
  });

  test("fifty at once store one message", async () => {
    const { alice, chatId, bobSocket } = await pair();
    const sockets = await Promise.all(Array.from({ length: 10 }, () => alice.socket()));
    const client_message_id = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        (sockets[index % 10] as TestSocket).ask({
          type: "send_message",
          chat_id: chatId,
          message: "once",
          client_message_id,
        }),
      ),
    );
    expect(new Set(answers.map((answer) => (answer as { message_id?: number }).message_id)).size).toBe(1);
    expect(answers.filter((answer) => answer.type === "ok" && !answer.duplicate)).toHaveLength(1);
    expect(await history(alice, chatId)).toHaveLength(1);
    await bobSocket.next("message_new");
    await bobSocket.flushed();
    expect(bobSocket.frames.filter(({ type }) => type === "message_new")).toHaveLength(1);
  });

  test("the same id from another person, or in another chat, is another message", async () => {
    const { alice, chatId, aliceSocket, bobSocket } = await pair();
    const carol = await TestClient.register(server);
    const { body: other } = await alice.post("/chats", {
      body: { kind: "private", user_ids: [carol.id] },
      expectStatus: 200,
    });
    const client_message_id = randomUUID();
    const ids = [
      await send(aliceSocket, chatId, { client_message_id }),
      await send(bobSocket, chatId, { client_message_id }),
      await send(aliceSocket, other.id, { client_message_id }),
    ];
    expect(new Set(ids).size).toBe(3);
  });

  test("is recognised before the version of the members, and not by someone who is no member", async () => {
    const { chatId, aliceSocket } = await pair();
    const client_message_id = randomUUID();
    const id = await send(aliceSocket, chatId, { client_message_id });
    const again = await aliceSocket.ask({
      type: "send_message",
      chat_id: chatId,
      message: "x",
      client_message_id,
      members_version: 99,
    });
    expect(again).toMatchObject({ type: "ok", message_id: id, duplicate: true });
  });
});

describe("the order of messages", () => {
  test("of one sender is the order of sending; every `seq` comes once, in order, to everybody", async () => {
    const { alice, chatId, aliceSocket, bobSocket } = await pair();
    const writers = [aliceSocket, bobSocket, await alice.socket(), await alice.socket()];
    for (const [writer, socket] of writers.entries()) {
      for (let index = 0; index < 50; index += 1)
        socket.send({ type: "send_message", chat_id: chatId, message: `${writer} ${index}` });
    }
    await Promise.all(
      writers.map((socket) =>
        socket.next((frame) => frame.type === "message_new" && frame.seq === 201, 15_000),
      ),
    );
    for (const socket of writers) {
      const seqs = socket.frames.flatMap((frame) => (frame.type === "message_new" ? [frame.seq] : []));
      expect(seqs).toEqual(Array.from({ length: 200 }, (_, index) => index + 2));
    }
    const stored = await history(alice, chatId, "?limit=200");
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map(({ seq }) => seq).sort((a, b) => a - b));
    for (const writer of writers.keys()) {
      const own = stored.map(({ message }) => message).filter((message) => message.startsWith(`${writer} `));
      expect(own).toEqual(Array.from({ length: 50 }, (_, index) => `${writer} ${index}`));
    }
  });
});

describe("reading a chat", () => {
  test("the newest come oldest first; paging back and forth skips nothing and repeats nothing", async () => {
    const { bob, chatId, aliceSocket } = await pair();
    const ids: number[] = [];
    for (let index = 0; index < 60; index += 1) ids.push(await send(aliceSocket, chatId));
    const idsOf = async (query: string) => (await history(bob, chatId, query)).map(({ id }) => id);
    expect(await idsOf("")).toEqual(ids.slice(10));
    expect(await idsOf("?limit=5")).toEqual(ids.slice(55));
    expect(await idsOf(`?limit=5&before_id=${ids[55]}`)).toEqual(ids.slice(50, 55));
    expect(await idsOf(`?limit=5&after_id=${ids[9]}`)).toEqual(ids.slice(10, 15));
    expect(await idsOf(`?limit=5&after_id=${ids[9]}&before_id=${ids[12]}`)).toEqual(ids.slice(10, 12));
    expect(await idsOf(`?after_id=${ids[59]}`)).toEqual([]);
    expect(await idsOf("?limit=0")).toHaveLength(1);
    expect(await idsOf("?limit=-3")).toHaveLength(1);
    expect(await idsOf("?limit=9999")).toHaveLength(60);
  });

  test("a limit that is no number is refused by name", async () => {
    const { bob, chatId } = await pair();
    const { body } = await bob.get(`/chats/${chatId}/messages?limit=ten`, { expectStatus: 400 });
    expect(body).toMatchObject({ code: "invalid_input", details: [{ path: "/limit" }] });
  });

  test("a stranger's chat and one that does not exist answer alike", async () => {
    const { chatId } = await pair();
    const stranger = await TestClient.register(server);
    const answers = await Promise.all(
      [chatId, 999_999_999].map((id) => stranger.get(`/chats/${id}/messages`, { expectStatus: 403 })),
    );
    expect(answers[0]?.body).toEqual(answers[1]?.body);
  });
});
