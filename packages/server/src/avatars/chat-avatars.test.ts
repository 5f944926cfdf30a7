import { startTestServer, type TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { arrived, chatOf, notices } from "../chats/fixtures/membership.ts";
import { open, type Person, pair, person } from "../messages/fixtures/conversation.ts";
import { fetchPicture, pictureForm, setPicture } from "./fixtures/people.ts";
import { anyPicture } from "./fixtures/pictures.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function group(kind = "group") {
  const [owner, member, stranger] = [await person(server), await person(server), await person(server)];
  return { owner, member, stranger, chatId: await open(owner, kind, [member]) };
}

const send = (
  { client }: Person,
  chatId: number,
  parts: Parameters<TestClient["sendForm"]>[2],
  method = "PATCH",
) => client.sendForm(method, `/chats/${chatId}/avatar`, parts);

const remove = [{ name: "remove", content: "true" }];

test.each(["group", "channel"])(
  "the owner's picture of a %s shows to all members, who are told once",
  async (kind) => {
    const { owner, member, stranger, chatId } = await group(kind);
    const { seq } = await chatOf(owner, chatId);
    const form = pictureForm(await anyPicture());
    expect((await send(owner, chatId, form)).status).toBe(204);
    expect((await send(owner, chatId, form, "POST")).status).toBe(204);
    const chat = await chatOf(member, chatId);
    expect(chat.avatar).toMatch(/^[0-9a-f]{64}\.webp$/);
    expect(chat).toMatchObject({ peer_avatar: chat.avatar, title: "A chat", seq: seq + 1 });
    const { avatar } = chat;
    for (const { socket } of [owner, member]) {
      expect(await arrived(socket, "chat_updated", 1)).toEqual([
        {
          type: "chat_updated",
          chat_id: chatId,
          title: "A chat",
          avatar,
          changed_by: owner.id,
          seq: seq + 1,
        },
      ]);
    }
    expect(await arrived(stranger.socket, "chat_updated")).toEqual([]);
    expect(await notices(member, chatId)).toEqual([]);
    await fetchPicture(stranger.client, avatar ?? "");
  },
);

test("removing it tells everybody once, and neither field nobody", async () => {
  const { owner, member, chatId } = await group();
  await send(owner, chatId, pictureForm(await anyPicture()));
  expect((await send(owner, chatId, [])).status).toBe(204);
  expect((await chatOf(member, chatId)).avatar).not.toBeNull();
  for (const parts of [[...pictureForm(await anyPicture()), ...remove], remove])
    expect((await send(owner, chatId, parts)).status).toBe(204);
  expect(await chatOf(member, chatId)).toMatchObject({ avatar: null, peer_avatar: null });
  expect(await arrived(member.socket, "chat_updated", 2)).toMatchObject([
    { avatar: expect.any(String) },
    { avatar: null },
  ]);
});

test("only the owner may, whatever was sent, and a private chat has no picture of its own", async () => {
  const { owner, member, stranger, chatId } = await group();
  const { alice, chatId: privateChat } = await pair(server);
  const forms = [pictureForm(await anyPicture()), pictureForm(Buffer.from("no picture")), remove, []];
  for (const form of forms) {
    expect(await send(member, chatId, form)).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect(await send(stranger, chatId, form)).toMatchObject({ status: 404, body: { code: "unknown_chat" } });
    expect(await send(owner, 9_007_199_254_740_000, form)).toMatchObject({
      status: 404,
      body: { code: "unknown_chat" },
    });
    expect(await send(alice, privateChat, form)).toMatchObject({
      status: 400,
      body: { code: "private_chat" },
    });
  }
  expect((await chatOf(owner, chatId)).avatar).toBeNull();
});

test("what is no picture, or too large a one, is refused", async () => {
  const { owner, member, chatId } = await group();
  const refusals = [
    await send(owner, chatId, pictureForm(Buffer.from("no picture"))),
    await send(owner, chatId, pictureForm(Buffer.alloc(5 * 1024 * 1024 + 1))),
    await owner.client.patch(`/chats/${chatId}/avatar`, { body: { remove: "true" } }),
  ];
  expect(refusals.map(({ status }) => status)).toEqual([400, 413, 415]);
  expect(await arrived(member.socket, "chat_updated")).toEqual([]);
});

test("a chat's own picture can be named again or cleared by PATCH, and another chat's or person's not chosen", async () => {
  const { owner, member, chatId } = await group();
  const other = await open(owner, "group", [member]);
  await send(owner, chatId, pictureForm(await anyPicture()));
  await send(owner, other, pictureForm(await anyPicture()));
  const [mine, others] = [(await chatOf(owner, chatId)).avatar, (await chatOf(owner, other)).avatar];
  const own = await setPicture(owner.client, await anyPicture());
  const patch = (avatar: unknown) => owner.client.patch(`/chats/${chatId}`, { body: { avatar } });
  expect((await patch(mine)).status).toBe(204);
  for (const avatar of [others, own, `/avatars/${mine}`, "../x"])
    expect(await patch(avatar)).toMatchObject({ status: 400, body: { details: [{ path: "/avatar" }] } });
  expect((await chatOf(member, chatId)).avatar).toBe(mine);
  expect((await patch("")).status).toBe(204);
  expect((await chatOf(member, chatId)).avatar).toBeNull();
});

test("catching up brings the new picture of a chat", async () => {
  const { owner, member, chatId } = await group();
  const { body: before } = await member.client.post("/sync", { body: { chats: {} }, expectStatus: 200 });
  await send(owner, chatId, pictureForm(await anyPicture()));
  const { body } = await member.client.post("/sync", { body: { chats: {}, cursor: before.cursor } });
  const { avatar } = await chatOf(member, chatId);
  expect(avatar).not.toBeNull();
  expect(body.chats).toContainEqual(expect.objectContaining({ id: chatId, avatar }));
});
