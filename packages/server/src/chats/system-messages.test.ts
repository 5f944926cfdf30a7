import type { Message } from "@tacit/protocol";
import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { history, open, type Person, person, refused, send } from "../messages/fixtures/conversation.ts";
import { add, chatOf, remove } from "./fixtures/membership.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const nameOf = ({ client }: Person) => client.identity.nickname;

test.each(["group", "channel"])("what happens to the members of a %s can be read in it", async (kind) => {
  const people = await Promise.all(Array.from({ length: 3 }, () => person(server)));
  const [owner, member, guest] = people as [Person, Person, Person];
  const chatId = await open(owner, kind, [member]);
  expect(await history(owner, chatId)).toEqual([]);
  await add(owner, chatId, guest, "admin");
  await guest.client.patch(`/chats/${chatId}/members/${member.id}`, {
    body: { role: "admin" },
    expectStatus: 204,
  });
  await owner.client.post(`/chats/${chatId}/owner`, { body: { user_id: member.id }, expectStatus: 204 });
  await remove(member, chatId, guest);
  await owner.client.delete(`/chats/${chatId}`, { expectStatus: 204 });
  const [o, m, g] = [nameOf(owner), nameOf(member), nameOf(guest)];
  expect((await history(member, chatId)).map(({ message, system }) => [message, system])).toEqual([
    [`${o} added ${g}.`, { event: "member_added", actor_id: owner.id, user_id: guest.id, role: "admin" }],
    [
      `${g} made ${m} an admin.`,
      { event: "role_changed", actor_id: guest.id, user_id: member.id, role: "admin" },
    ],
    [`${o} made ${m} the owner.`, { event: "owner_changed", actor_id: owner.id, user_id: member.id }],
    [`${m} removed ${g}.`, { event: "member_removed", actor_id: member.id, user_id: guest.id }],
    [`${o} left.`, { event: "member_left", actor_id: owner.id }],
  ]);
});

/** A group where somebody has just been added. */
async function groupWithNotice() {
  const people = await Promise.all(Array.from({ length: 3 }, () => person(server)));
  const [owner, member, guest] = people as [Person, Person, Person];
  const chatId = await open(owner, "group", [member]);
  await add(owner, chatId, guest);
  const notice = (await history(owner, chatId)).at(-1) as Message;
  return { owner, member, guest, chatId, notice };
}

test("it is a message like others, live and in the history, with a seq of its own", async () => {
  const { member, guest, chatId, notice } = await groupWithNotice();
  expect(notice).toMatchObject({ message_type: "system", seq: 3, envelopes: null, metadata: null });
  for (const { socket } of [member, guest]) {
    expect(await socket.next("message_new")).toEqual({
      type: "message_new",
      chat_id: chatId,
      seq: 3,
      message: notice,
    });
  }
  expect(await chatOf(member, chatId)).toMatchObject({
    seq: 3,
    last_message_id: notice.id,
    last_message_type: "system",
    last_message: notice.message,
  });
});

test("it is never unread, while other messages are", async () => {
  const { owner, member, chatId } = await groupWithNotice();
  expect((await chatOf(member, chatId)).unread_count).toBe(0);
  await send(owner, chatId);
  expect((await chatOf(member, chatId)).unread_count).toBe(1);
});

test("it brings the chat to the top of the list", async () => {
  const { owner, chatId } = await groupWithNotice();
  const later = await open(owner, "group", []);
  await add(owner, chatId, await person(server));
  const { body } = await owner.client.get("/chats", { expectStatus: 200 });
  expect(body.map(({ id }: { id: number }) => id)).toEqual([chatId, later]);
});

test("nobody sends, edits, deletes or forwards one, not even the owner", async () => {
  const { owner, chatId, notice } = await groupWithNotice();
  const words = { chat_id: chatId, message: "x" };
  const of = { chat_id: chatId, message_id: notice.id };
  expect(await refused(owner, { type: "send_message", ...words, message_type: "system" })).toBe(
    "invalid_input",
  );
  const refusals = [
    await refused(owner, { type: "edit_message", ...of, message: "x" }),
    await refused(owner, { type: "delete_message", ...of }),
    await refused(owner, {
      type: "forward_message",
      from_chat_id: chatId,
      message_id: notice.id,
      to_chat_id: chatId,
      message: "x",
    }),
  ];
  expect(refusals).not.toContain("internal");
  expect((await history(owner, chatId)).at(-1)).toEqual(notice);
});
