import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  envelopesFor,
  history,
  open,
  type Person,
  pair,
  person,
  refused,
  send,
} from "../messages/fixtures/conversation.ts";
import { add, arrived, chatOf, remove, rolesIn, shown } from "./fixtures/membership.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** A group with an owner, an admin and a member, and someone who is in nothing. */
async function group(fields: object = {}, kind = "group") {
  const people = await Promise.all(Array.from({ length: 4 }, () => person(server)));
  // Who was there from the beginning is listed by id.
  const [owner, admin, member, stranger] = people.sort((a, b) => a.id - b.id) as [
    Person,
    Person,
    Person,
    Person,
  ];
  const chatId = await open(owner, kind, [admin, member], fields);
  await owner.client.patch(`/chats/${chatId}/members/${admin.id}`, {
    body: { role: "admin" },
    expectStatus: 204,
  });
  return { owner, admin, member, stranger, chatId };
}

describe("the list of members", () => {
  test("names everyone with role and time, the longest-standing first", async () => {
    const { owner, admin, member, stranger, chatId } = await group();
    await add(admin, chatId, stranger, "admin");
    const { body } = await member.client.get(`/chats/${chatId}/members`, { expectStatus: 200 });
    expect(body).toMatchObject(
      [
        [owner, "owner"] as const,
        [admin, "admin"] as const,
        [member, "member"] as const,
        [stranger, "admin"] as const,
      ].map(([{ id, client }, role]) => ({
        user_id: id,
        username: client.identity.username,
        nickname: client.identity.nickname,
        avatar: null,
        role,
      })),
    );
    expect((await chatOf(member, chatId)).member_count).toBe(4);
  });

  test("is not for strangers, nor for whoever is out again", async () => {
    const { owner, member, stranger, chatId } = await group();
    for (const id of [chatId, 9_007_199_254_740_000]) {
      const { body } = await stranger.client.get(`/chats/${id}/members`, { expectStatus: 403 });
      expect(body.code).toBe("not_a_member");
    }
    await remove(owner, chatId, member);
    await member.client.get(`/chats/${chatId}/members`, { expectStatus: 403 });
    expect(Object.keys(await rolesIn(owner, chatId))).not.toContain(String(member.id));
  });
});

describe("adding someone", () => {
  test("puts the chat into their list, and tells everybody, them too", async () => {
    const { owner, admin, member, stranger, chatId } = await group();
    const before = await chatOf(owner, chatId);
    await add(admin, chatId, stranger);
    const told = {
      type: "member_added",
      chat_id: chatId,
      user_id: stranger.id,
      role: "member",
      changed_by: admin.id,
      seq: before.seq + 1,
    };
    for (const { socket } of [owner, admin, member, stranger])
      expect(await socket.next("member_added")).toEqual(told);
    expect(await chatOf(stranger, chatId)).toMatchObject({
      my_role: "member",
      member_count: 4,
      unread_count: 0,
    });
    const sent = await send(member, chatId);
    const heard = await stranger.socket.next(
      (frame) => frame.type === "message_new" && !frame.message.system,
    );
    expect(heard).toMatchObject({ message: { id: sent } });
  });

  test("who is there already changes nothing and tells nobody", async () => {
    const { owner, admin, member, chatId } = await group();
    const before = await chatOf(owner, chatId);
    await add(admin, chatId, member, "admin");
    await add(admin, chatId, owner);
    await add(admin, chatId, admin);
    expect(await rolesIn(owner, chatId)).toEqual({
      [owner.id]: "owner",
      [admin.id]: "admin",
      [member.id]: "member",
    });
    expect(await chatOf(owner, chatId)).toEqual(before);
    expect(await arrived(owner.socket, "member_added")).toEqual([]);
  });

  test("can give a role, in any case and with spaces around, and no role is member's", async () => {
    const { owner, stranger, chatId } = await group();
    await owner.client.post(`/chats/${chatId}/members`, {
      body: { user_id: stranger.id, role: "  ADMIN " },
      expectStatus: 204,
    });
    expect((await rolesIn(owner, chatId))[stranger.id]).toBe("admin");
    await remove(owner, chatId, stranger);
    await owner.client.post(`/chats/${chatId}/members`, {
      body: { user_id: stranger.id, role: null },
      expectStatus: 204,
    });
    expect((await rolesIn(owner, chatId))[stranger.id]).toBe("member");
  });

  test("with a role that cannot be given is refused, whoever asks", async () => {
    const { owner, member, stranger, chatId } = await group();
    for (const role of ["owner", "king", "", 1]) {
      for (const { client } of [owner, stranger]) {
        await client.post(`/chats/${chatId}/members`, {
          body: { user_id: member.id, role },
          expectStatus: 400,
        });
        await client.patch(`/chats/${chatId}/members/${member.id}`, { body: { role }, expectStatus: 400 });
      }
    }
    await stranger.client.patch(`/chats/${chatId}/members/${member.id}`, { body: {}, expectStatus: 400 });
  });

  test("who does not exist, or no longer does, leaves nothing half done", async () => {
    const { owner, chatId } = await group();
    const before = await chatOf(owner, chatId);
    const gone = await TestClient.register(server);
    await gone.delete("/users/me", { expectStatus: 204 });
    for (const user_id of [gone.id, 9_007_199_254_740_991]) {
      const { body } = await owner.client.post(`/chats/${chatId}/members`, {
        body: { user_id },
        expectStatus: 404,
      });
      expect(body.code).toBe("unknown_user");
    }
    expect(await chatOf(owner, chatId)).toEqual(before);
    expect(await arrived(owner.socket, "member_added")).toEqual([]);
  });

  test("is refused if that person has blocked the one who adds, but not to others", async () => {
    const { owner, admin, stranger, chatId } = await group();
    await stranger.client.put(`/users/${admin.id}/block`, { expectStatus: 204 });
    const { body } = await admin.client.post(`/chats/${chatId}/members`, {
      body: { user_id: stranger.id },
      expectStatus: 403,
    });
    expect(body.code).toBe("blocked");
    const group2 = { kind: "group", title: "Another way", user_ids: [owner.id, stranger.id] };
    expect((await admin.client.post("/chats", { body: group2, expectStatus: 403 })).body.code).toBe(
      "blocked",
    );
    expect(await shown(stranger, chatId)).toBeUndefined();
    await add(owner, chatId, stranger);
  });

  test("whom I have blocked myself is possible", async () => {
    const { owner, stranger, chatId } = await group();
    await owner.client.put(`/users/${stranger.id}/block`, { expectStatus: 204 });
    await add(owner, chatId, stranger);
  });
});

describe("a newcomer", () => {
  test("reads what anybody could read, but not what was encrypted for others, and has nothing unread", async () => {
    const { owner, member, stranger, chatId } = await group();
    const open = await send(member, chatId, { message: "for everybody" });
    const sealed = await send(member, chatId, { message: "sealed", envelopes: envelopesFor(owner, member) });
    await add(owner, chatId, stranger);
    expect(await chatOf(stranger, chatId)).toMatchObject({
      history_from_id: sealed,
      last_read_message_id: sealed,
      unread_count: 0,
    });
    const ids = (await history(stranger, chatId)).flatMap(({ id, system }) => (system ? [] : [id]));
    expect(ids).toEqual([open]);
    const refusal = { type: "send_message", chat_id: chatId, message: "?", reply_to_message_id: sealed };
    expect(await refused(stranger, refusal)).toBe("unknown_message");
  });

  test("who was there before starts anew: nothing sealed from the time between, no favourite left", async () => {
    const { owner, member, chatId } = await group();
    await member.client.post(`/chats/${chatId}/favorite`, { expectStatus: 204 });
    await member.client.patch(`/chats/${chatId}/settings`, {
      body: { is_archived: true, muted_until: "2100-01-01T00:00:00Z" },
      expectStatus: 204,
    });
    const own = await send(owner, chatId, { envelopes: envelopesFor(owner, member) });
    await remove(owner, chatId, member);
    const missed = await send(owner, chatId, { envelopes: envelopesFor(owner, member) });
    await add(owner, chatId, member);
    const again = await chatOf(member, chatId);
    expect(again).toMatchObject({
      is_favorite: false,
      is_archived: false,
      muted_until: null,
      unread_count: 0,
    });
    expect(again.history_from_id).toBeGreaterThanOrEqual(missed);
    const ids = (await history(member, chatId)).map(({ id }) => id);
    expect(ids).not.toContain(own);
    expect(ids).not.toContain(missed);
    await send(owner, chatId, { envelopes: envelopesFor(owner, member) });
    expect((await chatOf(member, chatId)).unread_count).toBe(1);
  });
});

describe("removing someone", () => {
  test("tells everybody and them, after which they receive and may do nothing more", async () => {
    const { owner, admin, member, chatId } = await group();
    await remove(admin, chatId, member);
    const told = { type: "member_removed", chat_id: chatId, user_id: member.id, changed_by: admin.id };
    for (const { socket } of [owner, admin, member])
      expect(await socket.next("member_removed")).toMatchObject(told);
    await send(owner, chatId);
    await owner.socket.next((frame) => frame.type === "message_new" && !frame.message.system);
    await member.socket.flushed();
    expect(member.socket.frames.at(-1)).toMatchObject(told);
    expect(await shown(member, chatId)).toBeUndefined();
    expect(await refused(member, { type: "send_message", chat_id: chatId, message: "?" })).toBe(
      "not_a_member",
    );
    for (const path of ["messages", "members", "keys"])
      await member.client.get(`/chats/${chatId}/${path}`, { expectStatus: 403 });
  });

  test("who is not there, or nowhere, changes nothing and tells nobody", async () => {
    const { owner, stranger, chatId } = await group();
    const before = await chatOf(owner, chatId);
    await remove(owner, chatId, stranger);
    await remove(owner, chatId, { id: 9_007_199_254_740_991 });
    expect(await chatOf(owner, chatId)).toEqual(before);
    expect(await arrived(owner.socket, "member_removed")).toEqual([]);
  });
});

describe("roles", () => {
  test("change for everybody to see, and once", async () => {
    const { owner, admin, member, chatId } = await group();
    const change = (role: string) =>
      admin.client.patch(`/chats/${chatId}/members/${member.id}`, { body: { role }, expectStatus: 204 });
    await change(" Admin ");
    await change("admin");
    const told = {
      type: "member_role_changed",
      chat_id: chatId,
      user_id: member.id,
      role: "admin",
      changed_by: admin.id,
    };
    for (const { socket } of [owner, admin, member]) {
      // Before that, the admin became one.
      const changes = await arrived(socket, "member_role_changed", 2);
      expect(changes.filter(({ user_id }) => user_id === member.id)).toMatchObject([told]);
    }
    expect((await chatOf(member, chatId)).my_role).toBe("admin");
    const { body } = await admin.client.patch(`/chats/${chatId}/members/9007199254740991`, {
      body: { role: "admin" },
      expectStatus: 404,
    });
    expect(body.code).toBe("unknown_user");
  });

  test("owner and admins manage members, also each other's; a plain member and a stranger do not", async () => {
    const { owner, admin, member, stranger, chatId } = await group();
    for (const [{ client }, code] of [
      [member, "forbidden"],
      [stranger, "not_a_member"],
    ] as const) {
      const answers = [
        await client.post(`/chats/${chatId}/members`, { body: { user_id: stranger.id }, expectStatus: 403 }),
        await client.patch(`/chats/${chatId}/members/${admin.id}`, {
          body: { role: "member" },
          expectStatus: 403,
        }),
        await client.delete(`/chats/${chatId}/members/${admin.id}`, { expectStatus: 403 }),
        await client.delete(`/chats/${chatId}/members/${stranger.id}`, { expectStatus: 403 }),
      ];
      expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set([code]));
    }
    await add(admin, chatId, stranger, "admin");
    await stranger.client.patch(`/chats/${chatId}/members/${admin.id}`, {
      body: { role: "member" },
      expectStatus: 204,
    });
    await remove(stranger, chatId, admin);
    expect(await rolesIn(owner, chatId)).toEqual({
      [owner.id]: "owner",
      [member.id]: "member",
      [stranger.id]: "admin",
    });
  });

  test("nobody changes or removes the owner, or themselves", async () => {
    const { owner, admin, chatId } = await group();
    for (const [by, whom] of [
      [admin, owner],
      [owner, owner],
      [admin, admin],
    ] as const) {
      const path = `/chats/${chatId}/members/${whom.id}`;
      const role = whom === owner ? "owner" : "admin";
      await by.client.patch(path, { body: { role: "member" }, expectStatus: 403 });
      expect((await by.client.delete(path, { expectStatus: 403 })).body.code).toBe("forbidden");
      expect((await rolesIn(owner, chatId))[whom.id]).toBe(role);
    }
  });

  test("in a channel members read, and only owner and admins write", async () => {
    const { owner, admin, member, chatId } = await group({}, "channel");
    const words = { type: "send_message", chat_id: chatId, message: "May I?" };
    expect(await refused(member, words)).toBe("may_not_write");
    await send(admin, chatId);
    await owner.client.patch(`/chats/${chatId}/members/${member.id}`, {
      body: { role: "admin" },
      expectStatus: 204,
    });
    const own = await send(member, chatId);
    expect((await history(owner, chatId)).at(-1)?.id).toBe(own);
  });
});

test("a private chat has no members to manage, and shows both even while one has left", async () => {
  const { alice, bob, chatId } = await pair(server);
  const carol = await person(server);
  const answers = [
    await alice.client.post(`/chats/${chatId}/members`, { body: { user_id: carol.id }, expectStatus: 400 }),
    await alice.client.patch(`/chats/${chatId}/members/${bob.id}`, {
      body: { role: "admin" },
      expectStatus: 400,
    }),
    await alice.client.delete(`/chats/${chatId}/members/${bob.id}`, { expectStatus: 400 }),
  ];
  expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set(["private_chat"]));
  await carol.client.delete(`/chats/${chatId}/members/${bob.id}`, { expectStatus: 403 });
  await bob.client.delete(`/chats/${chatId}`, { expectStatus: 204 });
  expect(await rolesIn(alice, chatId)).toEqual({ [alice.id]: "member", [bob.id]: "member" });
  expect((await chatOf(alice, chatId)).member_count).toBe(2);
});

test("the version of the membership rises when someone comes or goes, not with roles or titles", async () => {
  const { owner, admin, member, stranger, chatId } = await group();
  const version = async () => (await chatOf(owner, chatId)).members_version;
  const start = await version();
  await owner.client.patch(`/chats/${chatId}/members/${member.id}`, {
    body: { role: "admin" },
    expectStatus: 204,
  });
  await owner.client.patch(`/chats/${chatId}`, { body: { title: "Another" }, expectStatus: 204 });
  expect(await version()).toBe(start);
  await add(owner, chatId, stranger);
  expect(await version()).toBe(start + 1);
  await remove(owner, chatId, stranger);
  expect(await version()).toBe(start + 2);
  await admin.client.delete(`/chats/${chatId}`, { expectStatus: 204 });
  expect(await version()).toBe(start + 3);
  const late = { type: "send_message", chat_id: chatId, message: "x", members_version: start };
  expect(await owner.socket.ask(late)).toMatchObject({
    type: "error",
    code: "stale_members",
    members_version: start + 3,
  });
});

describe("an encrypted group", () => {
  /** Members who exist only as rows: how many there are is what counts. */
  async function fill(chatId: number, upTo: number) {
    await server.sql`
      INSERT INTO chat_members (chat_id, user_id, role, seq)
      SELECT ${chatId}, 1000000000 + n, 'member', 1
      FROM generate_series(1, ${upTo}::int - (SELECT count(*)::int FROM chat_members WHERE chat_id = ${chatId})) AS n`;
  }

  test("has room for 500, also when several people come at once", async () => {
    const { owner, admin, stranger, chatId } = await group({ encrypted: true });
    const another = await person(server);
    await fill(chatId, 499);
    const answers = await Promise.all([
      owner.client.post(`/chats/${chatId}/members`, { body: { user_id: stranger.id } }),
      admin.client.post(`/chats/${chatId}/members`, { body: { user_id: another.id } }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400]);
    expect(answers.find(({ status }) => status === 400)?.body.code).toBe("chat_full");
    expect((await chatOf(owner, chatId)).member_count).toBe(500);
    await add(owner, chatId, admin);
    const [newcomer] = [stranger, another].filter((_, index) => answers[index]?.status === 204);
    await remove(owner, chatId, newcomer as Person);
    await add(owner, chatId, newcomer as Person);
  });

  test("is not limited if it is not encrypted for good", async () => {
    const { owner, stranger, chatId } = await group();
    await fill(chatId, 500);
    await add(owner, chatId, stranger);
  });

  test("cannot be made for more than 500", async () => {
    const owner = await person(server);
    const body = { kind: "group", title: "Many", encrypted: true };
    const user_ids = Array.from({ length: 500 }, (_, index) => 1_000_000 + index);
    const { body: refusal } = await owner.client.post("/chats", {
      body: { ...body, user_ids },
      expectStatus: 400,
    });
    expect(refusal.code).toBe("chat_full");
  });
});
