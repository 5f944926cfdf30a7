import { randomUUID } from "node:crypto";
import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { done, envelopesFor, history, open, pair, person, refused, send } from "./fixtures/conversation.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const deletion = (chat_id: number, message_id: number) => ({ type: "delete_message", chat_id, message_id });

describe("a deleted message", () => {
  test("is gone for both on every socket, and erased from the database but for a tombstone", async () => {
    const { alice, bob, chatId } = await pair(server);
    const phone = await (await alice.client.onAnotherDevice()).socket();
    const id = await send(alice, chatId, {
      envelopes: envelopesFor(alice, bob),
      metadata: [{ filename: "f", mimetype: "m", size: 0 }],
    });
    expect(await done(alice, deletion(chatId, id))).toMatchObject({
      message_id: id,
      chat_id: chatId,
      seq: 3,
    });
    for (const socket of [alice.socket, phone, bob.socket]) {
      const frame = await socket.next("message_deleted");
      expect(frame).toMatchObject({ chat_id: chatId, message_id: id, deleted_by: alice.id, seq: 3 });
      expect(Date.parse(frame.deleted_at)).toBeGreaterThan(0);
    }
    expect(await history(bob, chatId)).toEqual([]);
    const [row] = await server.sql`SELECT * FROM messages WHERE chat_id = ${chatId} AND id = ${id}`;
    expect(row).toMatchObject({ message: "", envelopes: null, metadata: null, deleted_by: alice.id, seq: 3 });
    expect(row?.deleted_at).toBeInstanceOf(Date);
  });

  test("is no longer the last one in the list, nor counted as unread", async () => {
    const { alice, bob, chatId } = await pair(server);
    await send(alice, chatId, { message: "first" });
    const id = await send(alice, chatId, { message: "second" });
    await done(alice, deletion(chatId, id));
    const { body } = await bob.client.get("/chats");
    expect(body).toMatchObject([{ id: chatId, last_message: "first", unread_count: 1, seq: 4 }]);
  });

  test("can be deleted again: it answers ok, and nobody is told", async () => {
    const { alice, bob, chatId } = await pair(server);
    const id = await send(alice, chatId);
    await done(alice, deletion(chatId, id));
    await bob.socket.next("message_deleted");
    expect(await done(alice, deletion(chatId, id))).toMatchObject({ message_id: id, seq: 3 });
    await send(alice, chatId);
    expect(await bob.socket.next("message_new")).toBeDefined();
    await Promise.all([alice.socket.flushed(), bob.socket.flushed()]);
    for (const { frames } of [alice.socket, bob.socket])
      expect(frames.filter(({ type }) => type === "message_deleted")).toHaveLength(1);
  });

  test("by ten at once is deleted once", async () => {
    const { alice, bob, chatId } = await pair(server);
    const id = await send(alice, chatId);
    const sockets = await Promise.all(Array.from({ length: 10 }, () => alice.client.socket()));
    const answers = await Promise.all(sockets.map((socket) => socket.ask(deletion(chatId, id))));
    expect(answers.map((answer) => answer.type === "ok" && answer.seq)).toEqual(Array(10).fill(3));
    await bob.socket.next("message_deleted");
    await bob.socket.flushed();
    expect(bob.socket.frames.filter(({ type }) => type === "message_deleted")).toHaveLength(1);
  });

  test("sent again by a client that missed the answer stays deleted, and the client learns it", async () => {
    const { alice, bob, chatId } = await pair(server);
    const client_message_id = randomUUID();
    const id = await send(alice, chatId, { client_message_id });
    await done(alice, deletion(chatId, id));
    const phone = await (await alice.client.onAnotherDevice()).socket();
    const again = { type: "send_message", chat_id: chatId, message: "hello", client_message_id };
    expect(await phone.ask(again)).toMatchObject({ type: "ok", message_id: id, duplicate: true, seq: 3 });
    expect(await phone.next("message_deleted")).toMatchObject({
      message_id: id,
      deleted_by: alice.id,
      seq: 3,
    });
    await Promise.all([phone.flushed(), bob.socket.flushed()]);
    expect(phone.frames.map(({ type }) => type)).toEqual(["message_deleted", "ok"]);
    expect(bob.socket.frames.filter(({ type }) => type === "message_deleted")).toHaveLength(1);
    expect(await history(bob, chatId)).toEqual([]);
  });

  test("can still be replied to", async () => {
    const { alice, bob, chatId } = await pair(server);
    const id = await send(alice, chatId);
    await done(alice, deletion(chatId, id));
    await send(bob, chatId, { reply_to_message_id: id });
    expect(await history(alice, chatId)).toMatchObject([{ reply_to_message_id: id }]);
  });
});

describe("who may delete", () => {
  test("in a group: the author, an admin and the owner, and no other member", async () => {
    const [owner, admin, author, other] = await Promise.all([
      person(server),
      person(server),
      person(server),
      person(server),
    ]);
    const group = await open(owner, "group", [admin, author, other]);
    await server.sql`UPDATE chat_members SET role = 'admin' WHERE chat_id = ${group} AND user_id = ${admin.id}`;
    const ids = [];
    for (let count = 0; count < 3; count += 1) ids.push(await send(author, group));
    for (const id of ids) expect(await refused(other, deletion(group, id))).toBe("forbidden");
    for (const [index, who] of [author, admin, owner].entries()) {
      await done(who, deletion(group, ids[index] as number));
      expect(await other.socket.next("message_deleted")).toMatchObject({ deleted_by: who.id });
    }
    expect(await refused(other, deletion(group, ids[0] as number))).toBe("forbidden");
  });

  test("in a private chat: the author alone, also when blocked", async () => {
    const { alice, bob, chatId } = await pair(server);
    const id = await send(alice, chatId);
    expect(await refused(bob, deletion(chatId, id))).toBe("forbidden");
    await bob.client.put(`/users/${alice.id}/block`, { expectStatus: 204 });
    await done(alice, deletion(chatId, id));
  });

  test("nobody: what does not exist, is in another chat, or was written by the server", async () => {
    const { alice, chatId } = await pair(server);
    const other = await pair(server);
    const foreign = await send(other.alice, other.chatId);
    const notice = await send(alice, chatId);
    await server.sql`UPDATE messages SET system = '{}', message_type = 'system' WHERE chat_id = ${chatId} AND id = ${notice}`;
    for (const id of [foreign, notice, 999_999_999])
      expect(await refused(alice, deletion(chatId, id))).toBe("unknown_message");
    expect(await refused(alice, deletion(other.chatId, foreign))).toBe("not_a_member");
  });

  test("an admin who came later: not what was encrypted before they came", async () => {
    const [owner, admin] = await Promise.all([person(server), person(server)]);
    const group = await open(owner, "group", [admin]);
    const open_ = await send(owner, group);
    const sealed = await send(owner, group, { envelopes: envelopesFor(owner) });
    await server.sql`
      UPDATE chat_members SET role = 'admin', history_from_id = ${sealed}
      WHERE chat_id = ${group} AND user_id = ${admin.id}`;
    expect(await refused(admin, deletion(group, sealed))).toBe("unknown_message");
    await done(admin, deletion(group, open_));
  });
});
