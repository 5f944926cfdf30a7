import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { open, type Person, pair, person } from "../messages/fixtures/conversation.ts";
import { arrived, chatOf, notices, remove, rolesIn } from "./fixtures/membership.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function group() {
  const people = await Promise.all(Array.from({ length: 4 }, () => person(server)));
  const [owner, member, another, stranger] = people as [Person, Person, Person, Person];
  return { owner, member, another, stranger, chatId: await open(owner, "group", [member, another]) };
}

const handOver = ({ client }: Person, chatId: number, to: { readonly id: number }, expectStatus = 204) =>
  client.post(`/chats/${chatId}/owner`, { body: { user_id: to.id }, expectStatus });

test("the new owner may do what owners do, and the old one stays as an admin", async () => {
  const { owner, member, another, chatId } = await group();
  const { members_version } = await chatOf(owner, chatId);
  await handOver(owner, chatId, member);
  expect(await rolesIn(another, chatId)).toEqual({
    [owner.id]: "admin",
    [member.id]: "owner",
    [another.id]: "member",
  });
  expect((await chatOf(owner, chatId)).my_role).toBe("admin");
  expect((await chatOf(member, chatId)).members_version).toBe(members_version);
  await owner.client.patch(`/chats/${chatId}`, { body: { title: "Still mine?" }, expectStatus: 403 });
  await member.client.patch(`/chats/${chatId}`, { body: { title: "Mine" }, expectStatus: 204 });
  await remove(member, chatId, owner);
});

test("everybody is told of both roles and reads it in the chat", async () => {
  const { owner, member, another, chatId } = await group();
  const { seq } = await chatOf(owner, chatId);
  await handOver(owner, chatId, member);
  for (const { socket } of [owner, member, another]) {
    const by = { chat_id: chatId, changed_by: owner.id };
    expect(await arrived(socket, "member_role_changed", 2)).toEqual([
      { type: "member_role_changed", ...by, user_id: owner.id, role: "admin", seq: seq + 1 },
      { type: "member_role_changed", ...by, user_id: member.id, role: "owner", seq: seq + 2 },
    ]);
    expect(await socket.next("message_new")).toMatchObject({ seq: seq + 3 });
  }
  expect(await notices(another, chatId)).toEqual([
    { event: "owner_changed", actor_id: owner.id, user_id: member.id },
  ]);
});

test("only the owner hands over, only to a member, and to oneself nothing happens", async () => {
  const { owner, member, stranger, chatId } = await group();
  const before = await chatOf(owner, chatId);
  expect((await handOver(member, chatId, member, 403)).body.code).toBe("forbidden");
  expect((await handOver(stranger, chatId, stranger, 404)).body.code).toBe("unknown_chat");
  expect((await handOver(stranger, 9_007_199_254_740_000, stranger, 404)).body.code).toBe("unknown_chat");
  for (const nobody of [stranger, { id: 9_007_199_254_740_991 }])
    expect((await handOver(owner, chatId, nobody, 404)).body.code).toBe("unknown_user");
  await handOver(owner, chatId, owner);
  expect(await chatOf(owner, chatId)).toEqual(before);
});

test("a private chat has no owner", async () => {
  const { alice, bob, chatId } = await pair(server);
  expect((await handOver(alice, chatId, bob, 400)).body.code).toBe("private_chat");
});

test("handed over twice in the same moment, it still has one owner", async () => {
  const { owner, member, another, chatId } = await group();
  const answers = await Promise.all(
    [member, another].map((heir) =>
      owner.client.post(`/chats/${chatId}/owner`, { body: { user_id: heir.id } }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 403]);
  expect(Object.values(await rolesIn(owner, chatId)).sort()).toEqual(["admin", "member", "owner"]);
});
