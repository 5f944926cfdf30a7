import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { done, envelopesFor, history, open, pair, person, refused, send } from "./fixtures/conversation.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const edit = (chat_id: number, message_id: number, fields: object = {}) => ({
  type: "edit_message",
  chat_id,
  message_id,
  message: "changed",
  ...fields,
});

describe("an edited message", () => {
  test("changes on every socket of both sides, and in history, in place", async () => {
    const { alice, bob, chatId } = await pair(server);
    const phone = await (await alice.client.onAnotherDevice()).socket();
    const id = await send(alice, chatId);
    await send(bob, chatId, { message: "later" });
    const ok = await done(alice, edit(chatId, id, { request_id: undefined }));
    expect(ok).toMatchObject({ chat_id: chatId, message_id: id, seq: 4 });
    const [stored] = await history(bob, chatId);
    expect(stored).toMatchObject({ id, message: "changed", seq: 4, sender_id: alice.id });
    expect(Date.parse(stored?.edited_at ?? "")).toBeGreaterThanOrEqual(Date.parse(stored?.created_at ?? ""));
    for (const socket of [alice.socket, phone, bob.socket]) {
      const frame = await socket.next("message_updated");
      expect(frame).toEqual({ type: "message_updated", chat_id: chatId, seq: 4, message: stored });
    }
  });

  test("brings each reader their own new envelope alone, whatever its text and metadata look like", async () => {
    const { alice, bob, chatId } = await pair(server);
    const stranger = await person(server);
    const id = await send(alice, chatId, { envelopes: { [bob.id]: { key: "old" } } });
    const message = '"envelopes":null {"envelopes":{}}';
    const metadata = [{ filename: "f", mimetype: "m", size: 0, envelopes: null }];
    await done(alice, edit(chatId, id, { message, metadata, envelopes: envelopesFor(alice, bob, stranger) }));
    for (const reader of [alice, bob]) {
      const frame = await reader.socket.next("message_updated");
      expect(frame.message).toMatchObject({ message, metadata, has_files: true });
      expect(frame.message.envelopes).toEqual(envelopesFor(reader));
      expect((await history(reader, chatId))[0]).toEqual(frame.message);
    }
    const [row] = await server.sql`SELECT envelopes FROM messages WHERE chat_id = ${chatId} AND id = ${id}`;
    expect(row?.envelopes).toEqual(envelopesFor(alice, bob));
  });

  test("in an encrypted chat needs no envelope for the other side once their account is deleted", async () => {
    const { alice, bob, chatId } = await pair(server, { encrypted: true });
    const id = await send(alice, chatId, { envelopes: envelopesFor(alice, bob) });
    await bob.client.delete("/users/me", { expectStatus: 204 });
    await done(alice, edit(chatId, id, { envelopes: envelopesFor(alice) }));
    expect((await history(alice, chatId))[0]).toMatchObject({ id, message: "changed" });
    expect(await refused(alice, edit(chatId, id, { envelopes: envelopesFor(bob) }))).toBe(
      "envelopes_required",
    );
  });

  test("keeps its type unless given another, and loses files and envelopes that are not given again", async () => {
    const { alice, bob, chatId } = await pair(server);
    const { message_id: id = 0 } = await done(alice, {
      type: "voice_message",
      chat_id: chatId,
      message: "",
      envelopes: envelopesFor(alice, bob),
      metadata: [{ filename: "f", mimetype: "m", size: 0 }],
      reply_to_message_id: await send(bob, chatId),
      client_message_id: "7b0bd9c0-7f8e-4b40-8d5f-0a1b2c3d4e5f",
    });
    const before = (await history(bob, chatId)).find((message) => message.id === id);
    await done(alice, edit(chatId, id, { message_type: null, envelopes: null, metadata: null }));
    const { message } = await bob.socket.next("message_updated");
    expect(message).toEqual({
      ...before,
      message: "changed",
      envelopes: null,
      metadata: null,
      has_files: false,
      edited_at: message.edited_at,
      seq: message.seq,
    });
    await done(alice, edit(chatId, id, { message_type: "text" }));
    expect((await bob.socket.next("message_updated")).message.message_type).toBe("text");
  });

  test("is still read and delivered if it was", async () => {
    const { alice, bob, chatId } = await pair(server);
    const id = await send(alice, chatId);
    await server.sql`
      UPDATE chat_members SET last_read_message_id = ${id}, last_delivered_message_id = ${id}
      WHERE chat_id = ${chatId} AND user_id = ${bob.id}`;
    await done(alice, edit(chatId, id));
    const { message } = await alice.socket.next("message_updated");
    expect(message).toMatchObject({ is_read: true, is_delivered: true });
  });

  test("does not move its chat up the list, but is shown there", async () => {
    const { alice, bob, chatId } = await pair(server);
    const carol = await person(server);
    const other = await open(alice, "private", [carol]);
    const id = await send(alice, chatId);
    await send(alice, other);
    await done(alice, edit(chatId, id));
    const { body: chats } = await bob.client.get("/chats");
    expect(chats).toMatchObject([{ id: chatId, last_message: "changed", unread_count: 1 }]);
    const { body: own } = await alice.client.get("/chats");
    expect(own.map((chat: { id: number }) => chat.id)).toEqual([other, chatId]);
  });

  test("that I get twenty times at once ends the same for all, each change with its own `seq`", async () => {
    const { alice, bob, chatId } = await pair(server);
    const id = await send(alice, chatId);
    const sockets = await Promise.all(Array.from({ length: 5 }, () => alice.client.socket()));
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        sockets[index % 5]?.ask(edit(chatId, id, { message: `version ${index}` })),
      ),
    );
    const last = await bob.socket.next((frame) => frame.type === "message_updated" && frame.seq === 22);
    const frames = bob.socket.frames.filter((frame) => frame.type === "message_updated");
    expect(frames.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 3));
    expect((await history(alice, chatId))[0]).toEqual((last as { message: object }).message);
  });
});

describe("an edit is refused, and nothing changes", () => {
  test("for a message that is not mine, that does not exist, or is in another chat", async () => {
    const { alice, bob, chatId } = await pair(server);
    const other = await pair(server);
    const id = await send(alice, chatId);
    const foreign = await send(other.alice, other.chatId);
    expect(await refused(bob, edit(chatId, id))).toBe("forbidden");
    for (const unknown of [foreign, 999_999_999])
      expect(await refused(alice, edit(chatId, unknown))).toBe("unknown_message");
    expect(await refused(alice, edit(other.chatId, foreign))).toBe("not_a_member");
    await bob.socket.flushed();
    expect(bob.socket.frames.filter(({ type }) => type === "message_updated")).toEqual([]);
    expect((await history(alice, chatId))[0]).toMatchObject({ message: "hello", edited_at: null, seq: 2 });
  });

  test("for a message that was deleted, and for one of the server", async () => {
    const { alice, chatId } = await pair(server);
    const id = await send(alice, chatId);
    await done(alice, { type: "delete_message", chat_id: chatId, message_id: id });
    expect(await refused(alice, edit(chatId, id))).toBe("unknown_message");
    const notice = await send(alice, chatId);
    await server.sql`UPDATE messages SET system = '{}', message_type = 'system' WHERE chat_id = ${chatId} AND id = ${notice}`;
    expect(await refused(alice, edit(chatId, notice))).toBe("unknown_message");
  });

  test("for someone who has left, or may no longer write in the channel", async () => {
    const [alice, bob] = await Promise.all([person(server), person(server)]);
    const channel = await open(alice, "channel", [bob]);
    await setRole(channel, bob.id, "admin");
    const id = await send(bob, channel);
    await done(bob, edit(channel, id));
    await setRole(channel, bob.id, "member");
    expect(await refused(bob, edit(channel, id))).toBe("may_not_write");
    await server.sql`UPDATE chat_members SET left_at = now() WHERE chat_id = ${channel} AND user_id = ${bob.id}`;
    expect(await refused(bob, edit(channel, id))).toBe("not_a_member");
  });

  test("for someone whom the other side has blocked, until unblocked", async () => {
    const { alice, bob, chatId } = await pair(server);
    const id = await send(alice, chatId);
    await bob.client.put(`/users/${alice.id}/block`, { expectStatus: 204 });
    expect(await refused(alice, edit(chatId, id))).toBe("blocked");
    await bob.client.delete(`/users/${alice.id}/block`, { expectStatus: 204 });
    await done(alice, edit(chatId, id));
  });

  test("if it was encrypted for other members, with the current version", async () => {
    const { alice, chatId } = await pair(server);
    const id = await send(alice, chatId);
    const answer = await alice.socket.ask(edit(chatId, id, { members_version: 7 }));
    expect(answer).toMatchObject({ type: "error", code: "stale_members", members_version: 1 });
    await done(alice, edit(chatId, id, { members_version: 1 }));
  });

  test("without an envelope for everybody in an encrypted chat", async () => {
    const { alice, bob, chatId } = await pair(server, { encrypted: true });
    const id = await send(alice, chatId, { envelopes: envelopesFor(alice, bob) });
    for (const envelopes of [undefined, null, {}, envelopesFor(alice)])
      expect(await refused(alice, edit(chatId, id, { envelopes }))).toBe("envelopes_required");
    await done(alice, edit(chatId, id, { envelopes: envelopesFor(alice, bob) }));
  });

  test("if it is too long or names the server's own type", async () => {
    const { alice, chatId } = await pair(server);
    const id = await send(alice, chatId);
    expect(await refused(alice, edit(chatId, id, { message: "x".repeat(256 * 1024 + 1) }))).toBe(
      "invalid_input",
    );
    expect(await refused(alice, edit(chatId, id, { message_type: "system" }))).toBe("invalid_input");
    await done(alice, edit(chatId, id, { message: "" }));
  });
});

describe("a message from before I came back", () => {
  async function afterReturning() {
    const { alice, bob, chatId } = await pair(server);
    const id = await send(alice, chatId);
    await server.sql`
      UPDATE chat_members SET history_from_id = ${id} WHERE chat_id = ${chatId} AND user_id = ${bob.id}`;
    return { alice, bob, chatId, id };
  }

  test("is edited without my hearing what it says, and without a gap in `seq`", async () => {
    const { alice, bob, chatId, id } = await afterReturning();
    await done(alice, edit(chatId, id, { message: "for other eyes", envelopes: envelopesFor(alice, bob) }));
    await alice.socket.next("message_updated");
    const frame = await bob.socket.next((event) => "seq" in event && event.seq === 3);
    expect(frame).toMatchObject({ type: "message_deleted", message_id: id, chat_id: chatId });
    expect(JSON.stringify(bob.socket.frames)).not.toContain("for other eyes");
    expect(await history(bob, chatId)).toEqual([]);
  });

  test("is not mine to edit either", async () => {
    const { bob, chatId } = await afterReturning();
    const id = await send(bob, chatId);
    await server.sql`
      UPDATE chat_members SET history_from_id = ${id} WHERE chat_id = ${chatId} AND user_id = ${bob.id}`;
    expect(await refused(bob, edit(chatId, id))).toBe("unknown_message");
  });

  test("in a group, is mine as long as it is not encrypted", async () => {
    const [alice, bob] = await Promise.all([person(server), person(server)]);
    const group = await open(alice, "group", [bob]);
    const id = await send(alice, group);
    await server.sql`
      UPDATE chat_members SET history_from_id = ${id} WHERE chat_id = ${group} AND user_id = ${bob.id}`;
    await done(alice, edit(group, id));
    await bob.socket.next("message_updated");
    await done(alice, edit(group, id, { envelopes: envelopesFor(alice) }));
    await bob.socket.next("message_deleted");
    expect(await history(bob, group)).toEqual([]);
  });
});

async function setRole(chatId: number, userId: number, role: string): Promise<void> {
  await server.sql`UPDATE chat_members SET role = ${role} WHERE chat_id = ${chatId} AND user_id = ${userId}`;
}
