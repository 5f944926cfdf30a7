import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { remove } from "../chats/fixtures/membership.ts";
import {
  done,
  history,
  open,
  type Person,
  pair,
  person,
  refused,
  send,
} from "../messages/fixtures/conversation.ts";
import { naming, statusFor, uploadTo } from "./fixtures/named-files.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const LARGEST = Number.MAX_SAFE_INTEGER;

/** Alice and Bob in a chat, and a file that Carol has uploaded for Dave. */
async function strangersFile() {
  const { alice, bob, chatId } = await pair(server);
  const { alice: carol, bob: dave, chatId: elsewhere } = await pair(server);
  return { alice, bob, chatId, carol, dave, elsewhere, fileId: await uploadTo(elsewhere, carol) };
}

async function seqOf(chatId: number): Promise<number | undefined> {
  const [row] = await server.sql<{ seq: number }[]>`SELECT seq FROM chats WHERE id = ${chatId}`;
  return row?.seq;
}

describe("a file that I may not read, or that there is not,", () => {
  test("is refused in messages of every kind, and nothing is stored", async () => {
    const { alice, bob, chatId, fileId } = await strangersFile();
    const third = await open(alice, "private", [await person(server)]);
    const mine = await send(alice, chatId);
    const seq = await seqOf(chatId);
    const message = { chat_id: chatId, message: "look" };
    for (const unreadable of [fileId, LARGEST]) {
      const files = naming(unreadable);
      for (const type of ["send_message", "voice_message", "video_message"])
        expect(await refused(alice, { type, ...message, ...files })).toBe("unknown_file");
      const edit = { type: "edit_message", ...message, message_id: mine, ...files };
      expect(await refused(alice, edit)).toBe("unknown_file");
      const forward = { type: "forward_message", from_chat_id: chatId, message_id: mine, to_chat_id: third };
      expect(await refused(alice, { ...forward, message: "look", ...files })).toBe("unknown_file");
    }
    expect(await history(bob, chatId)).toMatchObject([{ id: mine, message: "hello", edited_at: null }]);
    expect(await history(alice, third)).toEqual([]);
    expect(await seqOf(chatId)).toBe(seq);
    expect(await server.sql`SELECT FROM message_files WHERE chat_id IN (${chatId}, ${third})`).toHaveLength(
      0,
    );
    expect(await statusFor(alice, fileId)).toBe(404);
  });

  test("takes those that I may read down with it, and leaves them as they were", async () => {
    const { alice, chatId, fileId } = await strangersFile();
    const own = await uploadTo(chatId, alice);
    const frame = { type: "send_message", chat_id: chatId, message: "", ...naming(own, fileId) };
    expect(await refused(alice, frame)).toBe("unknown_file");
    const [file] = await server.sql`SELECT unnamed_since FROM files WHERE id = ${own}`;
    expect(file?.unnamed_since).not.toBeNull();
  });

  test("is told last of all that is wrong with a message", async () => {
    const { alice, chatId, elsewhere, fileId } = await strangersFile();
    const frame = { type: "send_message", message: "", ...naming(fileId) };
    expect(await refused(alice, { ...frame, chat_id: elsewhere })).toBe("not_a_member");
    const reply = { ...frame, chat_id: chatId, reply_to_message_id: LARGEST };
    expect(await refused(alice, reply)).toBe("unknown_message");
  });

  test("does not hold up the messages that are stored together with it", async () => {
    const { alice, bob, chatId, fileId } = await strangersFile();
    const own = await uploadTo(chatId, alice);
    const ids = [own, fileId, null, own, LARGEST];
    const answers = await Promise.all(
      ids.flatMap((id) =>
        [alice, bob].map(({ socket }) =>
          socket.ask({ type: "send_message", chat_id: chatId, message: String(id), ...naming(id) }),
        ),
      ),
    );
    expect(answers.map(({ type }) => type)).toEqual(
      ids.flatMap((id) => (id === own || id === null ? ["ok", "ok"] : ["error", "error"])),
    );
    expect(await history(bob, chatId)).toHaveLength(6);
  });
});

describe("the right to a file", () => {
  test("comes to every member with a message that names it", async () => {
    const { alice, bob, chatId } = await pair(server);
    const fileId = await uploadTo(chatId, alice);
    const carol = await person(server);
    const group = await open(alice, "group", [carol]);
    expect(await statusFor(carol, fileId)).toBe(404);
    // More than once, beside others, and beside what has no id.
    await send(alice, group, naming(fileId, null, fileId, await uploadTo(group, alice)));
    expect(await statusFor(carol, fileId)).toBe(200);
    expect(await statusFor(bob, fileId)).toBe(200);
    expect(await statusFor(await person(server), fileId)).toBe(404);
  });

  test("goes on with a forward, by someone who did not upload it", async () => {
    const { carol, dave, elsewhere, fileId } = await strangersFile();
    const id = await send(carol, elsewhere, naming(fileId));
    const erin = await person(server);
    const to = await open(dave, "private", [erin]);
    const forward = { type: "forward_message", from_chat_id: elsewhere, message_id: id, to_chat_id: to };
    await done(dave, { ...forward, message: "look", ...naming(fileId) });
    expect(await statusFor(erin, fileId)).toBe(200);
    // And on from there, after the chat that it came from is gone.
    await carol.client.delete(`/chats/${elsewhere}?for_all=true`, { expectStatus: 204 });
    const frank = await person(server);
    await send(erin, await open(erin, "private", [frank]), naming(fileId));
    expect(await statusFor(frank, fileId)).toBe(200);
  });

  test("comes with an edit, and goes with the next one", async () => {
    const { alice, bob, chatId } = await pair(server);
    const fileId = await uploadTo(await open(alice, "group", []), alice);
    const message_id = await send(alice, chatId);
    const edit = { type: "edit_message", chat_id: chatId, message_id, message: "look" };
    await done(alice, { ...edit, ...naming(fileId, fileId) });
    expect(await statusFor(bob, fileId)).toBe(200);
    await done(alice, { ...edit, ...naming(fileId) });
    expect(await statusFor(bob, fileId)).toBe(200);
    await done(alice, edit);
    expect(await statusFor(bob, fileId)).toBe(404);
  });

  test("is enough to name it again when I edit, though it is not mine", async () => {
    const { alice: carol, bob: dave, chatId } = await pair(server);
    const fileId = await uploadTo(chatId, carol);
    const erin = await person(server);
    const other = await open(dave, "group", [erin]);
    const message_id = await send(dave, other, naming(fileId));
    await dave.client.delete(`/chats/${chatId}`, { expectStatus: 204 });
    await done(dave, { type: "edit_message", chat_id: other, message_id, message: "", ...naming(fileId) });
    expect(await statusFor(erin, fileId)).toBe(200);
  });

  test("ends for whoever leaves or is removed, even for the group that it was uploaded to", async () => {
    const [owner, leaver, removed] = await people(3);
    const group = await open(owner, "group", [leaver, removed]);
    const fileId = await uploadTo(group, owner);
    await send(owner, group, naming(fileId));
    expect(await statusFor(leaver, fileId)).toBe(200);
    await leaver.client.delete(`/chats/${group}`, { expectStatus: 204 });
    await remove(owner, group, removed);
    for (const former of [leaver, removed]) {
      expect(await statusFor(former, fileId)).toBe(404);
      const own = await open(former, "group", []);
      const frame = { type: "send_message", chat_id: own, message: "", ...naming(fileId) };
      expect(await refused(former, frame)).toBe("unknown_file");
    }
    expect(await statusFor(owner, fileId)).toBe(200);
  });

  test("does not come back with a private chat that I had left", async () => {
    const { alice, bob, chatId } = await pair(server);
    const before = await uploadTo(chatId, alice);
    await send(alice, chatId, naming(before));
    await bob.client.delete(`/chats/${chatId}`, { expectStatus: 204 });
    const after = await uploadTo(chatId, alice);
    await send(alice, chatId, naming(after));
    expect(await statusFor(bob, after)).toBe(200);
    expect(await statusFor(bob, before)).toBe(404);
    const frame = { type: "send_message", chat_id: chatId, message: "", ...naming(before) };
    expect(await refused(bob, frame)).toBe("unknown_file");
    expect(await statusFor(alice, before)).toBe(200);
  });
});

async function people(count: 3): Promise<[Person, Person, Person]>;
async function people(count: number): Promise<Person[]> {
  return await Promise.all(Array.from({ length: count }, () => person(server)));
}
