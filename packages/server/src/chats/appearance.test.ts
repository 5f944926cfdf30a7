import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { open, type Person, pair, person } from "../messages/fixtures/conversation.ts";
import { add, arrived, chatOf } from "./fixtures/membership.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function group() {
  const people = await Promise.all(Array.from({ length: 3 }, () => person(server)));
  const [owner, member, stranger] = people as [Person, Person, Person];
  return { owner, member, stranger, chatId: await open(owner, "group", [member]) };
}

const change = ({ client }: Person, chatId: number, body: object, expectStatus = 204) =>
  client.patch(`/chats/${chatId}`, { body, expectStatus });

test("a new title shows everywhere, trimmed, and everybody is told once", async () => {
  const { owner, member, chatId } = await group();
  const { seq } = await chatOf(owner, chatId);
  await change(owner, chatId, { title: "  Another title " });
  await change(owner, chatId, { title: "Another title" });
  for (const { socket } of [owner, member]) {
    expect(await arrived(socket, "chat_updated", 1)).toEqual([
      {
        type: "chat_updated",
        chat_id: chatId,
        title: "Another title",
        avatar: null,
        changed_by: owner.id,
        seq: seq + 1,
      },
    ]);
  }
  expect(await chatOf(member, chatId)).toMatchObject({ title: "Another title", seq: seq + 1 });
});

test("a title has 1 to 128 characters", async () => {
  const { owner, member, chatId } = await group();
  for (const title of ["", "   ", "x".repeat(129), 7]) await change(owner, chatId, { title }, 400);
  await change(owner, chatId, { title: "😀".repeat(128) });
  for (const title of [undefined, null, " "]) {
    const body = { kind: "group", title, user_ids: [member.id] };
    const { body: refusal } = await owner.client.post("/chats", { body, expectStatus: 400 });
    expect(refusal.details).toMatchObject([{ path: "/title" }]);
  }
});

test("nothing given, null or what is there already changes nothing and tells nobody", async () => {
  const { owner, chatId } = await group();
  const before = await chatOf(owner, chatId);
  for (const body of [{}, { title: null }, { avatar: null }, { avatar: "" }, { title: before.title }])
    await change(owner, chatId, body);
  expect(await chatOf(owner, chatId)).toEqual(before);
  expect(await arrived(owner.socket, "chat_updated")).toEqual([]);
});

test("a picture can be cleared by null or an empty text, and none be chosen that was not uploaded here", async () => {
  const { owner, member, chatId } = await group();
  for (const avatar of [null, ""]) {
    await server.sql`UPDATE chats SET avatar = 'ab/cd.webp' WHERE id = ${chatId}`;
    expect((await chatOf(member, chatId)).peer_avatar).toBe("ab/cd.webp");
    await change(owner, chatId, { avatar: "ab/cd.webp" });
    expect(await chatOf(member, chatId)).toMatchObject({ avatar: "ab/cd.webp" });
    const { body } = await change(owner, chatId, { avatar: "../secrets", title: "No" }, 400);
    expect(body.details).toMatchObject([{ path: "/avatar" }]);
    await change(owner, chatId, { avatar });
    expect(await chatOf(member, chatId)).toMatchObject({ avatar: null, title: "A chat" });
  }
  expect(await arrived(member.socket, "chat_updated", 2)).toHaveLength(2);
});

test("only the owner changes it, and a private chat has nothing to change", async () => {
  const { owner, member, stranger, chatId } = await group();
  await add(owner, chatId, await person(server), "admin");
  await owner.client.patch(`/chats/${chatId}/members/${member.id}`, {
    body: { role: "admin" },
    expectStatus: 204,
  });
  expect((await change(member, chatId, { title: "Mine" }, 403)).body.code).toBe("forbidden");
  expect((await change(stranger, chatId, { title: "Mine" }, 404)).body.code).toBe("unknown_chat");
  expect((await chatOf(owner, chatId)).title).toBe("A chat");
  const { alice, chatId: privateChat } = await pair(server);
  expect((await change(alice, privateChat, { title: "Us" }, 400)).body.code).toBe("private_chat");
});
