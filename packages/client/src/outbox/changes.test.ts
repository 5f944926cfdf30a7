import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { equal } from "../crypto/primitives/octets.ts";
import { newPerson, type Person } from "../fixtures/person.ts";
import { memory } from "../store/memory.ts";
import type { MessageRecord } from "../store/tables.ts";
import {
  chatOf,
  type Device,
  type DeviceOptions,
  loseAnswer,
  openDevice,
  twoPeople,
} from "./fixtures/device.ts";
import { messagesOf, readBy, textsFor } from "./fixtures/reading.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.close());

async function device(person: Person, options: DeviceOptions = {}): Promise<Device> {
  const opened = await openDevice(server, person, options);
  onTestFinished(opened.close);
  return opened;
}

/** A message of Anna's that is stored everywhere. */
async function oneMessage() {
  const { anna, bert, chat } = await twoPeople(server);
  const phone = await device(anna, { chats: [chat] });
  await phone.say(chat, "one");
  await phone.sent(chat);
  const message = await stored(phone, chat);
  return { anna, bert, chat, phone, message };
}

async function stored(phone: Device, chat: number): Promise<MessageRecord> {
  const message = (await phone.store.range("message", { prefix: [chat] })).at(-1);
  if (!message || message.deleted) throw new Error("no message is stored");
  return message;
}

describe("an edit", () => {
  it("of what has not been sent changes what is sent", async () => {
    const { anna, bert, chat } = await twoPeople(server);
    const phone = await device(anna, { chats: [chat], isOffline: true });
    const id = await phone.say(chat, "one");
    await phone.outbox.edit(chat, id, { text: "two" });
    phone.network.accept();
    await phone.sent(chat);
    expect(await readBy(bert, chat)).toMatchObject([{ rev: 0, editedAt: null, content: { text: "two" } }]);
  });

  it("replaces the one before it that nobody has begun to send", async () => {
    const { bert, chat, phone, message } = await oneMessage();
    phone.network.refuse();
    await phone.until(() => phone.connection.state.status !== "online");
    await phone.outbox.edit(chat, message.id, { text: "two" });
    await phone.outbox.edit(chat, message.id, { text: "three" });
    expect(await phone.outbox.list(chat)).toHaveLength(1);
    phone.network.accept();
    await phone.sent(chat);
    expect(await readBy(bert, chat)).toMatchObject([
      { rev: 1, trust: "verified", content: { text: "three" } },
    ]);
  });

  it("counts on, however fast one follows the other", async () => {
    const { bert, chat, phone, message } = await oneMessage();
    for (const text of ["two", "three", "four"]) {
      await phone.outbox.edit(chat, message.id, { text });
      await phone.sent(chat);
    }
    expect(await readBy(bert, chat)).toMatchObject([{ rev: 3, content: { text: "four" } }]);
  });

  it("of a message whose answer was lost is made once it is known", async () => {
    const { anna, bert, chat } = await twoPeople(server);
    const phone = await device(anna, { chats: [chat] });
    const id = await loseAnswer(phone, bert, chat, () => phone.say(chat, "one"));
    await phone.outbox.edit(chat, id, { text: "two" });
    phone.network.accept();
    await phone.sent(chat);
    expect(await readBy(bert, chat)).toMatchObject([{ rev: 1, content: { text: "two" } }]);
  });

  it("is only for one's own messages, and not for deleted ones", async () => {
    const { anna, bert, chat, phone, message } = await oneMessage();
    const other = await device(bert, { chats: [chat] });
    await other.until(async () => (await other.store.get("message", [chat, message.id])) !== undefined);
    await expect(other.outbox.edit(chat, message.id, { text: "forged" })).rejects.toMatchObject({
      code: "not_possible",
    });
    await phone.outbox.remove(chat, message.id);
    await expect(phone.outbox.edit(chat, message.id, { text: "two" })).rejects.toMatchObject({
      code: "not_possible",
    });
    await phone.sent(chat);
    expect(await messagesOf(anna.api, chat)).toEqual([]);
  });

  it("keeps the files and their key", async () => {
    const { bert, chat, phone } = await oneMessage();
    await phone.sayWith(chat, "picture", [Uint8Array.of(1, 2, 3)]);
    await phone.sent(chat);
    const message = await stored(phone, chat);
    await phone.outbox.edit(chat, message.id, { text: "better words" });
    await phone.sent(chat);
    const edited = (await readBy(bert, chat)).at(-1);
    expect(edited).toMatchObject({ trust: "verified", rev: 1, content: { text: "better words" } });
    expect(await fileOf(await device(bert), edited)).toEqual(Uint8Array.of(1, 2, 3));
  });
});

describe("a deletion", () => {
  it("of what has not been sent takes it back", async () => {
    const { anna, chat } = await twoPeople(server);
    const phone = await device(anna, { chats: [chat], isOffline: true });
    await phone.outbox.remove(chat, await phone.say(chat, "oh no"));
    expect(await phone.outbox.list(chat)).toEqual([]);
  });

  it("of a message whose answer was lost is made once it is known", async () => {
    const { anna, bert, chat } = await twoPeople(server);
    const phone = await device(anna, { chats: [chat] });
    const id = await loseAnswer(phone, bert, chat, () => phone.say(chat, "oh no"));
    expect(await phone.outbox.discard(id)).toBe(false);
    await phone.outbox.remove(chat, id);
    phone.network.accept();
    await phone.sent(chat);
    expect(await messagesOf(bert.api, chat)).toEqual([]);
  });

  it("makes edits that wait pointless, and is made once", async () => {
    const { bert, chat, phone, message } = await oneMessage();
    phone.network.refuse();
    await phone.until(() => phone.connection.state.status !== "online");
    await phone.outbox.edit(chat, message.id, { text: "two" });
    await phone.outbox.remove(chat, message.id);
    await phone.outbox.remove(chat, message.id);
    expect(await phone.outbox.list(chat)).toMatchObject([{ operation: { kind: "delete" } }]);
    phone.network.accept();
    await phone.sent(chat);
    expect(await messagesOf(bert.api, chat)).toEqual([]);
  });

  it("that came from elsewhere ends what was to happen to the message", async () => {
    const { anna, chat, phone, message } = await oneMessage();
    phone.network.refuse();
    await phone.until(() => phone.connection.state.status !== "online");
    await phone.outbox.edit(chat, message.id, { text: "two" });
    const socket = await anna.client.socket();
    await socket.ask({ type: "delete_message", chat_id: chat, message_id: message.id });
    await socket.close();
    phone.network.accept();
    await phone.until(async () => (await phone.outbox.list(chat)).every(({ state }) => state === "failed"));
    await phone.receiver.event({
      ...{ type: "message_deleted", chat_id: chat, message_id: message.id, seq: message.seq + 1 },
      ...{ deleted_at: new Date().toISOString(), deleted_by: anna.id },
    });
    await phone.sent(chat);
  });
});

describe("a forward", () => {
  it("is read in the other chat, with its files, which are not uploaded again", async () => {
    const { anna, chat, phone } = await oneMessage();
    const carl = await newPerson(server);
    const other = await chatOf(anna, [carl]);
    await phone.receiver.addChat(other);
    await phone.sayWith(chat, "picture", [Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
    await phone.sent(chat);
    const message = await stored(phone, chat);
    let uploaded = 0;
    phone.changes.listen(({ kind }) => (uploaded += kind === "transfer" ? 1 : 0));
    await phone.outbox.forward(message, other);
    await phone.sent(other);
    const [received] = await readBy(carl, other);
    expect(received).toMatchObject({ trust: "verified", content: { text: "picture" } });
    expect(received).toMatchObject({
      forwardedFrom: { chatId: chat, messageId: message.id, senderId: anna.id },
    });
    expect(await fileOf(await device(carl), received)).toEqual(Uint8Array.of(1, 2, 3));
    expect(uploaded).toBe(0);
  });

  it("of what cannot be read is refused", async () => {
    const { chat, phone, message } = await oneMessage();
    const { content: _, ...unreadable } = message;
    await expect(phone.outbox.forward(unreadable, chat)).rejects.toMatchObject({
      code: "unreadable_message",
    });
  });
});

async function fileOf(reader: Device, message: MessageRecord | undefined): Promise<Uint8Array> {
  const [file] = message?.content?.attachments ?? [];
  if (!file) throw new Error("the message has no file");
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of reader.media.download(file, message?.content?.key)) pieces.push(piece);
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

describe("files", () => {
  const MIB = 1024 * 1024;

  it("arrive with the message, and nothing of them is left here", async () => {
    const { bert, chat, phone } = await oneMessage();
    const progress: number[] = [];
    phone.changes.listen((change) => {
      if (change.kind === "transfer") progress.push(change.done / change.total);
    });
    const file = new Uint8Array(2 * MIB).fill(7);
    await phone.sayWith(chat, "two files", [file, Uint8Array.of(1)]);
    await phone.sent(chat);
    await phone.idle();
    expect(await phone.spooled()).toEqual([]);
    const received = await fileOf(await device(bert), (await readBy(bert, chat)).at(-1));
    expect(equal(received, file)).toBe(true);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
  });

  it("are gone from here when the message is discarded during the upload", async () => {
    const { anna, chat, phone } = await oneMessage();
    phone.network.delay(20);
    const uploading = new Promise<void>((resolve) => {
      const stop = phone.changes.listen(({ kind }) => {
        if (kind !== "transfer") return;
        stop();
        phone.network.pause();
        resolve();
      });
    });
    const id = await phone.sayWith(chat, "large", [new Uint8Array(3 * MIB)]);
    const [row] = await phone.outbox.list(chat);
    await uploading;
    expect(await phone.outbox.discard(id)).toBe(true);
    expect(await phone.outbox.list(chat)).toEqual([]);
    expect(await phone.spooled()).toEqual([]);
    const [spooled] = row?.uploads ?? [];
    for (let piece = 0; piece < (spooled?.pieces ?? 0); piece += 1)
      expect(await phone.store.getPiece(spooled?.id ?? "", piece)).toBeUndefined();
    phone.network.resume();
    await phone.say(chat, "next");
    await phone.sent(chat);
    expect(await textsFor(anna, chat)).toEqual(["one", "next"]);
  });

  it.each([
    ["that the server has forgotten", 0],
    ["that were uploaded so long ago that it may forget them", 21 * 3_600_000],
  ])("%s are uploaded again", async (_, age) => {
    const { anna, bert, chat } = await twoPeople(server);
    const storage = memory();
    const before = await openDevice(server, anna, { storage, chats: [chat], isOffline: true });
    await before.sayWith(chat, "file", [Uint8Array.of(9)]);
    const [row] = await before.outbox.list(chat);
    if (!row) throw new Error("nothing waits");
    await before.outbox.close();
    const uploadedAt = new Date(Date.now() - age).toISOString();
    const uploads = row.uploads.map((file) => ({ ...file, fileId: 999_999_999, uploadedAt }));
    await before.store.write((changes) => changes.put("outbox", [row.order], { ...row, uploads }));
    await before.close();
    const after = await device(anna, { storage, chats: [chat] });
    await after.sent(chat);
    expect(await fileOf(await device(bert), (await readBy(bert, chat)).at(-1))).toEqual(Uint8Array.of(9));
  });

  it("that are uploaded already are not uploaded again after a broken connection", async () => {
    const { chat, phone } = await oneMessage();
    phone.network.delay(20);
    const first = phone.until(
      async () => (await phone.outbox.list(chat))[0]?.uploads[0]?.fileId !== undefined,
    );
    const id = await phone.sayWith(chat, "two files", [Uint8Array.of(1), new Uint8Array(3 * MIB)]);
    await first;
    phone.network.refuse();
    await phone.isIn(id, chat, "queued");
    const [row] = await phone.outbox.list(chat);
    expect(row?.uploads.map(({ fileId }) => typeof fileId)).toEqual(["number", "undefined"]);
    phone.network.accept();
    phone.network.delay(0);
    await phone.sent(chat);
    const { content } = await stored(phone, chat);
    expect(content?.attachments.map(({ fileId }) => fileId)[0]).toBe(row?.uploads[0]?.fileId);
  });
});
