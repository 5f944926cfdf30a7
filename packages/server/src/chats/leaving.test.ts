import type { Message } from "@tacit/protocol";
import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  history,
  open,
  type Person,
  pair,
  person,
  refused,
  send,
} from "../messages/fixtures/conversation.ts";
import { add, arrived, chatOf, notices, rolesIn, shown } from "./fixtures/membership.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const people = (count: number) => Promise.all(Array.from({ length: count }, () => person(server)));
const leave = ({ client }: Person, chatId: number) =>
  client.delete(`/chats/${chatId}`, {
    headers: { "content-type": "application/json" },
    expectStatus: 204,
  });
const endForAll = ({ client }: Person, chatId: number, expectStatus = 204) =>
  client.delete(`/chats/${chatId}?for_all=true`, { expectStatus });

async function isErased(chatId: number): Promise<boolean> {
  const [rows] = await server.sql<{ count: number }[]>`
    SELECT (SELECT count(*) FROM chats WHERE id = ${chatId}) + (SELECT count(*) FROM messages WHERE chat_id = ${chatId})
      + (SELECT count(*) FROM chat_members WHERE chat_id = ${chatId}) AS count`;
  return Number(rows?.count) === 0;
}

describe("leaving a group", () => {
  test("takes it out of my list and tells everybody, on my other devices too", async () => {
    const [owner, member, another] = (await people(3)) as [Person, Person, Person];
    const chatId = await open(owner, "group", [member, another]);
    const device = await member.client.onAnotherDevice();
    await using deviceSocket = await device.socket();
    const { seq } = await chatOf(owner, chatId);
    await leave(member, chatId);
    const told = {
      type: "member_removed",
      chat_id: chatId,
      user_id: member.id,
      changed_by: member.id,
      seq: seq + 1,
    };
    for (const socket of [owner.socket, another.socket, member.socket, deviceSocket])
      expect(await socket.next("member_removed")).toEqual(told);
    expect(await shown(member, chatId)).toBeUndefined();
    expect(await notices(owner, chatId)).toEqual([{ event: "member_left", actor_id: member.id }]);
    await member.client.delete(`/chats/${chatId}`, { expectStatus: 404 });
    await send(owner, chatId);
    expect((await arrived(member.socket, "message_new")).length).toBe(0);
  });

  test("as its owner hands it to the longest-standing admin, who is told", async () => {
    const [owner, member, first, second] = (await people(4)) as [Person, Person, Person, Person];
    const chatId = await open(owner, "group", [member]);
    await add(owner, chatId, first);
    await add(owner, chatId, second, "admin");
    await owner.client.patch(`/chats/${chatId}/members/${first.id}`, {
      body: { role: "admin" },
      expectStatus: 204,
    });
    await leave(owner, chatId);
    expect(await rolesIn(member, chatId)).toEqual({
      [member.id]: "member",
      [first.id]: "owner",
      [second.id]: "admin",
    });
    expect(await first.socket.next((frame) => "role" in frame && frame.role === "owner")).toMatchObject({
      type: "member_role_changed",
      user_id: first.id,
      changed_by: owner.id,
    });
    expect((await notices(member, chatId)).slice(-2)).toEqual([
      { event: "owner_changed", actor_id: owner.id, user_id: first.id },
      { event: "member_left", actor_id: owner.id },
    ]);
    await first.client.patch(`/chats/${chatId}`, { body: { title: "Mine now" }, expectStatus: 204 });
  });

  test("as its owner without admins hands it to the longest-standing member", async () => {
    const [owner, member, latecomer] = (await people(3)) as [Person, Person, Person];
    const chatId = await open(owner, "channel", [member]);
    await add(owner, chatId, latecomer);
    await leave(owner, chatId);
    expect(await rolesIn(member, chatId)).toEqual({ [member.id]: "owner", [latecomer.id]: "member" });
    await leave(member, chatId);
    expect(await rolesIn(latecomer, chatId)).toEqual({ [latecomer.id]: "owner" });
  });

  test("as the last one ends it: nothing of it is left", async () => {
    const [owner, member] = (await people(2)) as [Person, Person];
    const chatId = await open(owner, "group", [member]);
    await send(owner, chatId);
    await leave(member, chatId);
    await leave(owner, chatId);
    expect(await isErased(chatId)).toBe(true);
    expect(await owner.socket.next("chat_deleted")).toEqual({
      type: "chat_deleted",
      chat_id: chatId,
      deleted_by: owner.id,
    });
    expect(
      await owner.socket.next(({ type, ...frame }) => {
        return type === "member_removed" && "user_id" in frame && frame.user_id === owner.id;
      }),
    ).toMatchObject({ chat_id: chatId });
    await owner.client.delete(`/chats/${chatId}`, { expectStatus: 404 });
    expect(await arrived(member.socket, "chat_deleted")).toEqual([]);
  });

  test("and coming back, I am told and start anew", async () => {
    const [owner, member] = (await people(2)) as [Person, Person];
    const chatId = await open(owner, "group", [member]);
    await leave(member, chatId);
    await add(owner, chatId, member);
    expect(await member.socket.next("member_added")).toMatchObject({ user_id: member.id });
    expect(await chatOf(member, chatId)).toMatchObject({ my_role: "member", member_count: 2 });
  });
});

describe("deleting a group for everyone", () => {
  test("is the owner's alone; everybody is told and nothing is left", async () => {
    const [owner, admin, member, stranger] = (await people(4)) as [Person, Person, Person, Person];
    const chatId = await open(owner, "group", [admin, member]);
    await owner.client.patch(`/chats/${chatId}/members/${admin.id}`, {
      body: { role: "admin" },
      expectStatus: 204,
    });
    await send(member, chatId);
    for (const somebody of [admin, member])
      expect((await endForAll(somebody, chatId, 403)).body.code).toBe("forbidden");
    expect((await endForAll(stranger, chatId, 404)).body.code).toBe("unknown_chat");
    await endForAll(owner, chatId);
    for (const { socket } of [owner, admin, member]) {
      expect(await socket.next("chat_deleted")).toEqual({
        type: "chat_deleted",
        chat_id: chatId,
        deleted_by: owner.id,
      });
    }
    expect(await isErased(chatId)).toBe(true);
    expect(await shown(member, chatId)).toBeUndefined();
    expect(await refused(member, { type: "send_message", chat_id: chatId, message: "?" })).toBe(
      "not_a_member",
    );
    await endForAll(owner, chatId, 404);
    expect(await arrived(stranger.socket, "chat_deleted")).toEqual([]);
  });

  test("is not asked for by a false", async () => {
    const [owner, member] = (await people(2)) as [Person, Person];
    const chatId = await open(owner, "group", [member]);
    await owner.client.delete(`/chats/${chatId}?for_all=false`, { expectStatus: 204 });
    expect(await rolesIn(member, chatId)).toEqual({ [member.id]: "owner" });
    await member.client.delete(`/chats/${chatId}?for_all=maybe`, { expectStatus: 400 });
  });

  test("erases even a very long one to its end, also if the server stops in between", async () => {
    const [owner] = (await people(1)) as [Person];
    const [chatId, other] = [await open(owner, "group", []), await open(owner, "group", [])];
    const fill = (id: number) => server.sql`
      INSERT INTO messages (chat_id, id, seq, sender_id, message, message_type)
      SELECT ${id}, nextval('message_ids'), n + 1, ${owner.id}, '', 'text' FROM generate_series(1, 21000) AS n`;
    await fill(chatId);
    await fill(other);
    await endForAll(owner, chatId);
    await expect.poll(() => isErased(chatId), { timeout: 10_000 }).toBe(true);
    expect(await server.sql`SELECT FROM erasures`).toHaveLength(0);
    // As a server leaves it that stops before the rest is erased.
    await server.sql`DELETE FROM chats WHERE id = ${other}`;
    await server.sql`INSERT INTO erasures VALUES (${other})`;
    await using _next = await startTestServer({ database: server.config.database });
    await expect.poll(() => isErased(other), { timeout: 10_000 }).toBe(true);
    expect(await server.sql`SELECT FROM erasures`).toHaveLength(0);
  });
});

describe("leaving a private chat", () => {
  test("is my own business: my devices are told, and the other side notices nothing", async () => {
    const { alice, bob, chatId } = await pair(server);
    await send(alice, chatId);
    await alice.socket.next("message_new");
    await bob.socket.next("message_new");
    const before = await chatOf(bob, chatId);
    await using device = await (await alice.client.onAnotherDevice()).socket();
    await leave(alice, chatId);
    for (const socket of [alice.socket, device]) {
      expect(await socket.next("chat_deleted")).toEqual({
        type: "chat_deleted",
        chat_id: chatId,
        deleted_by: alice.id,
      });
    }
    expect(await shown(alice, chatId)).toBeUndefined();
    expect(await chatOf(bob, chatId)).toEqual(before);
    await bob.socket.flushed();
    expect(bob.socket.frames.map(({ type }) => type)).toEqual(["chat_created", "message_new"]);
    await alice.client.get(`/chats/${chatId}/messages`, { expectStatus: 403 });
    await alice.client.delete(`/chats/${chatId}`, { expectStatus: 404 });
  });

  test("ends with the other side's next message, without what came before", async () => {
    const { alice, bob, chatId } = await pair(server);
    const old = await send(bob, chatId, { message: "old" });
    await alice.client.post(`/chats/${chatId}/favorite`, { expectStatus: 204 });
    await leave(alice, chatId);
    const fresh = await send(bob, chatId, { message: "new" });
    expect(
      await alice.socket.next((frame) => frame.type === "message_new" && frame.message.id === fresh),
    ).toMatchObject({ chat_id: chatId });
    const back = await chatOf(alice, chatId);
    expect(back).toMatchObject({ unread_count: 1, last_message: "new", is_favorite: false });
    expect(back.history_from_id).toBeGreaterThanOrEqual(old);
    expect((await history(alice, chatId)).map(({ id }) => id)).toEqual([fresh]);
    expect((await history(bob, chatId)).map(({ id }) => id)).toEqual([old, fresh]);
  });

  test("ends when I open it again: it is the same one, empty for me, and my other devices are told", async () => {
    const { alice, bob, chatId } = await pair(server);
    await send(bob, chatId);
    await using device = await (await alice.client.onAnotherDevice()).socket();
    await leave(alice, chatId);
    await device.next("chat_deleted");
    expect(await open(alice, "private", [bob])).toBe(chatId);
    expect(await device.next("chat_created")).toEqual({
      type: "chat_created",
      chat_id: chatId,
      kind: "private",
      title: null,
      created_by: alice.id,
    });
    expect(await history(alice, chatId)).toEqual([]);
    expect(await chatOf(alice, chatId)).toMatchObject({ unread_count: 0, last_message_id: null });
    await send(alice, chatId);
    const [, own] = [await bob.socket.next("message_new"), await bob.socket.next("message_new")];
    expect(own).toMatchObject({ message: { sender_id: alice.id } });
  });

  test("does not change who must be encrypted for", async () => {
    const { alice, bob, chatId } = await pair(server, { encrypted: true });
    const { members_version } = await chatOf(bob, chatId);
    await leave(alice, chatId);
    expect((await chatOf(bob, chatId)).members_version).toBe(members_version);
    const { body } = await bob.client.get(`/chats/${chatId}/keys`, { expectStatus: 200 });
    expect(body.keys.map(({ user_id }: { user_id: number }) => user_id).sort()).toEqual(
      [alice.id, bob.id].sort(),
    );
    const envelopes = { [alice.id]: { key: "for alice" }, [bob.id]: { key: "for bob" } };
    const lacking = {
      type: "send_message",
      chat_id: chatId,
      message: "x",
      envelopes: { [bob.id]: { key: "k" } },
    };
    expect(await refused(bob, lacking)).toBe("envelopes_required");
    const id = await send(bob, chatId, { envelopes, members_version });
    const heard = await alice.socket.next("message_new");
    expect(heard.message).toMatchObject({ id, envelopes: { [alice.id]: { key: "for alice" } } });
  });

  test("by both erases it, and the next one is another", async () => {
    const { alice, bob, chatId } = await pair(server);
    await send(alice, chatId);
    await leave(alice, chatId);
    await leave(bob, chatId);
    expect(await isErased(chatId)).toBe(true);
    const next = await open(bob, "private", [alice]);
    expect(next).not.toBe(chatId);
    expect(await history(alice, next)).toEqual([]);
  });

  test("for all is either side's right, and whoever had left hears nothing of it", async () => {
    const first = await pair(server);
    await endForAll(first.bob, first.chatId);
    for (const { socket } of [first.alice, first.bob]) {
      expect(await socket.next("chat_deleted")).toMatchObject({
        chat_id: first.chatId,
        deleted_by: first.bob.id,
      });
    }
    expect(await isErased(first.chatId)).toBe(true);
    expect(await open(first.alice, "private", [first.bob])).not.toBe(first.chatId);

    const second = await pair(server);
    await leave(second.alice, second.chatId);
    await endForAll(second.alice, second.chatId, 404);
    await endForAll(second.bob, second.chatId);
    const heard = await arrived(second.alice.socket, "chat_deleted", 1);
    expect(heard.map(({ deleted_by }) => deleted_by)).toEqual([second.alice.id]);
  });
});

function isDeparture({ chat_id, system }: Message, chatId: number): boolean {
  return chat_id === chatId && system?.event === "member_left";
}

describe("deleting an account", () => {
  test("leaves its groups, hands on what it owned, and everybody is told in order", async () => {
    const [gone, heir, owner] = (await people(3)) as [Person, Person, Person];
    const owned = await open(gone, "group", [heir]);
    const joined = await open(owner, "channel", [gone, heir]);
    const alone = await open(gone, "group", []);
    await gone.client.delete("/users/me", { expectStatus: 204 });
    expect(await rolesIn(heir, owned)).toEqual({ [heir.id]: "owner" });
    expect(await rolesIn(owner, joined)).toEqual({ [owner.id]: "owner", [heir.id]: "member" });
    expect(await isErased(alone)).toBe(true);
    for (const chatId of [owned, joined]) {
      // The last of each chat's events; two chats are not in order with each other.
      await heir.socket.next((frame) => frame.type === "message_new" && isDeparture(frame.message, chatId));
    }
    const told = await arrived(heir.socket, "member_removed", 2);
    expect(told.map(({ chat_id }) => chat_id).sort()).toEqual([owned, joined].sort());
    expect(told.every(({ user_id, changed_by }) => user_id === gone.id && changed_by === gone.id)).toBe(true);
    const seqs = heir.socket.frames.flatMap((frame) =>
      "chat_id" in frame && frame.chat_id === owned && "seq" in frame ? [frame.seq] : [],
    );
    expect(seqs).toEqual([1, 2, 3, 4, 5]);
    expect(await notices(heir, owned)).toEqual([
      { event: "owner_changed", actor_id: gone.id, user_id: heir.id },
      { event: "member_left", actor_id: gone.id },
    ]);
  });

  test("leaves private chats to the other side, until they leave too", async () => {
    const { alice, bob, chatId } = await pair(server);
    await send(alice, chatId, { message: "farewell" });
    await alice.client.delete("/users/me", { expectStatus: 204 });
    await send(bob, chatId, { message: "Are you there?" });
    expect(await chatOf(bob, chatId)).toMatchObject({ peer_nickname: "Deleted account", member_count: 2 });
    await leave(bob, chatId);
    expect(await isErased(chatId)).toBe(true);
  });
});
