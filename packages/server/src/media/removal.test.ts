import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { done, open, pair, person, send } from "../messages/fixtures/conversation.ts";
import {
  anotherSweeper,
  anyOf,
  blobOf,
  letADayPass,
  naming,
  statusFor,
  uploadTo,
} from "./fixtures/named-files.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Alice and Bob in a chat, with a file that nobody has named yet. */
async function uploaded() {
  const people = await pair(server);
  const fileId = await uploadTo(people.chatId, people.alice);
  return { ...people, fileId, blob: await blobOf(server, fileId) };
}

async function isThere(...fileIds: readonly number[]): Promise<boolean> {
  return (await server.sql`SELECT FROM files WHERE id IN ${server.sql(fileIds)}`).length > 0;
}

/** The server removes the content soon after, by itself. */
const untilGone = (...blobs: readonly string[]) =>
  expect.poll(() => anyOf(server, blobs), { timeout: 10_000 }).toBe(false);

async function sweepNow(): Promise<void> {
  await using sweeper = await anotherSweeper(server);
  await sweeper.sweep();
  expect(sweeper.warnings).toEqual([]);
}

describe("a file is removed, with its content,", () => {
  test("when the last message that names it is deleted, and not before", async () => {
    const { alice, bob, chatId, fileId, blob } = await uploaded();
    const other = await open(alice, "group", [bob]);
    const first = await send(alice, chatId, naming(fileId));
    const second = await send(alice, other, naming(fileId, fileId));
    const remove = (chat_id: number, message_id: number) =>
      done(alice, { type: "delete_message", chat_id, message_id });
    await remove(chatId, first);
    await sweepNow();
    expect(await statusFor(bob, fileId)).toBe(200);
    await remove(other, second);
    expect(await isThere(fileId)).toBe(false);
    expect(await statusFor(alice, fileId)).toBe(404);
    await untilGone(blob);
  });

  test("when two messages that name it are deleted at once", async () => {
    const { alice, bob, chatId, fileId, blob } = await uploaded();
    const chats = [chatId, await open(alice, "group", [bob]), await open(bob, "group", [alice])];
    const ids = await Promise.all(chats.map((id) => send(alice, id, naming(fileId))));
    await using phone = await (await alice.client.onAnotherDevice()).socket();
    await using tablet = await (await alice.client.onAnotherDevice()).socket();
    const sockets = [alice.socket, phone, tablet];
    await Promise.all(
      sockets.map((socket, index) =>
        socket.ask({ type: "delete_message", chat_id: chats[index], message_id: ids[index] }),
      ),
    );
    expect(await isThere(fileId)).toBe(false);
    await untilGone(blob);
  });

  test("when no message has named it for a day, be it from the start or since an edit", async () => {
    const { alice, chatId, fileId, blob } = await uploaded();
    const [named, dropped] = [await uploadTo(chatId, alice), await uploadTo(chatId, alice)];
    const message_id = await send(alice, chatId, naming(named, dropped));
    await done(alice, {
      type: "edit_message",
      chat_id: chatId,
      message_id,
      message: "",
      ...naming(named),
    });
    await sweepNow();
    for (const id of [fileId, named, dropped]) expect(await statusFor(alice, id)).toBe(200);
    const blobs = [blob, await blobOf(server, dropped)];
    await letADayPass(server);
    await sweepNow();
    expect(await isThere(fileId, dropped)).toBe(false);
    await untilGone(...blobs);
    expect(await statusFor(alice, named)).toBe(200);
  });

  test("unless it is named again within that day", async () => {
    const { alice, chatId, fileId } = await uploaded();
    const message_id = await send(alice, chatId, naming(fileId));
    const edit = { type: "edit_message", chat_id: chatId, message_id, message: "" };
    await done(alice, edit);
    await done(alice, { ...edit, ...naming(fileId) });
    await letADayPass(server);
    await sweepNow();
    await done(alice, edit);
    await send(alice, chatId, naming(fileId));
    await letADayPass(server);
    await sweepNow();
    expect(await statusFor(alice, fileId)).toBe(200);
  });
});

describe("the files of a chat go with it, but for those that other chats name,", () => {
  test.each([
    ["when its owner deletes it for all", "group", "DELETE for all"],
    ["when one side deletes it for all", "private", "DELETE for all"],
    ["when the last member leaves", "group", "leave"],
    ["when both sides have left", "private", "leave"],
  ])("%s", async (_, kind, how) => {
    const [alice, bob] = [await person(server), await person(server)];
    const chatId = await open(alice, kind, [bob]);
    const [gone, kept] = [await uploadTo(chatId, alice), await uploadTo(chatId, bob)];
    const blob = await blobOf(server, gone);
    await send(alice, chatId, naming(gone, kept));
    await send(bob, chatId, naming(gone));
    await send(bob, await open(bob, "group", []), naming(kept));
    if (how !== "leave") await alice.client.delete(`/chats/${chatId}?for_all=true`, { expectStatus: 204 });
    else
      for (const { client } of [bob, alice]) await client.delete(`/chats/${chatId}`, { expectStatus: 204 });
    expect(await isThere(gone)).toBe(false);
    expect(await statusFor(bob, kept)).toBe(200);
    await untilGone(blob);
    await sweepNow();
    expect(anyOf(server, [await blobOf(server, kept)])).toBe(true);
  });

  test("even if it has very many", async () => {
    const owner = await person(server);
    const chatId = await open(owner, "group", []);
    const message_id = await send(owner, chatId);
    await server.sql`
      WITH many AS (
        INSERT INTO files (owner_id, chat_id, after_message_id, filename, mimetype, size, sha256, blob, unnamed_since)
        SELECT ${owner.id}, ${chatId}, 0, '', '', 1, '', 'fade' || to_hex(n), NULL FROM generate_series(1, 10500) AS n
        RETURNING id
      )
      INSERT INTO message_files SELECT ${chatId}, ${message_id}, id FROM many`;
    await owner.client.delete(`/chats/${chatId}?for_all=true`, { expectStatus: 204 });
    const left = async () => {
      const [row] = await server.sql<{ left: number }[]>`
        SELECT (SELECT count(*) FROM files WHERE chat_id = ${chatId}) + (SELECT count(*) FROM erasures)
          + (SELECT count(*) FROM message_files WHERE chat_id = ${chatId}) AS left`;
      return Number(row?.left);
    };
    await expect.poll(left, { timeout: 15_000 }).toBe(0);
  });
});

describe("the files of an account that is deleted", () => {
  test("go, but for those that messages of others' chats name", async () => {
    const { alice, bob, chatId, fileId, blob } = await uploaded();
    const [sent, own] = [await uploadTo(chatId, alice), await open(alice, "group", [])];
    const kept = await uploadTo(own, alice);
    const alone = await uploadTo(own, alice);
    const blobs = [blob, await blobOf(server, alone)];
    await send(alice, chatId, naming(sent));
    await send(alice, own, naming(kept, alone));
    await send(alice, await open(alice, "group", [bob]), naming(kept));
    await alice.client.delete("/users/me", { expectStatus: 204 });
    expect(await isThere(fileId, alone)).toBe(false);
    for (const id of [sent, kept]) expect(await statusFor(bob, id)).toBe(200);
    await untilGone(...blobs);
  });
});

test("whoever has no room left gets it by deleting messages with files", async () => {
  await using small = await startTestServer({ mediaQuotaMib: 1 });
  const { alice, chatId } = await pair(small);
  const large = 700 * 1024;
  const fileId = await uploadTo(chatId, alice, large);
  const message_id = await send(alice, chatId, naming(fileId));
  await expect(uploadTo(chatId, alice, large)).rejects.toThrow("quota_exceeded");
  await done(alice, { type: "delete_message", chat_id: chatId, message_id });
  await uploadTo(chatId, alice, large);
});
