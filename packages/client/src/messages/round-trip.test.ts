import { decryptFor, encryptFor, startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newMessageKey } from "../crypto/index.ts";
import { toBase64 } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import { newPerson } from "../fixtures/person.ts";
import type { AttachmentRecord } from "../store/tables.ts";
import {
  ask,
  chatOf,
  edit,
  history,
  keepChat,
  newChat,
  newDevice,
  outgoing,
  send,
  words,
} from "./fixtures/device.ts";
import { publishKey } from "./fixtures/new-keys.ts";
import { createReader } from "./reader.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const device = async () => newDevice(await newPerson(server));

async function oldClient() {
  const client = await TestClient.register(server);
  return { client, socket: await client.socket(), id: client.id };
}

it("two people read what each other wrote, edited and answered, and know who it was", async () => {
  const [alice, bob] = [await device(), await device()];
  const chatId = await newChat([alice, bob], { kind: "private" });
  const first = await send(alice, chatId, { content: words("hello") });
  await send(bob, chatId, { content: words("hi 👋"), replyToId: first.id });
  await edit(alice, chatId, first, words("good morning"));
  for (const reader of [alice, bob]) {
    const [hello, hi] = await reader.read(chatId);
    expect(hello).toMatchObject({
      trust: "verified",
      rev: 1,
      content: { text: "good morning", kind: "text" },
    });
    expect(hello).toMatchObject({ senderId: alice.person.id, chatId, id: first.id });
    expect(hi).toMatchObject({ trust: "verified", rev: 0, replyToId: first.id, content: { text: "hi 👋" } });
    expect(hello?.raw).toBeUndefined();
  }
});

it("three people in a group read each other", async () => {
  const circle = [await device(), await device(), await device()] as const;
  const chatId = await newChat(circle, { kind: "group" });
  for (const [at, writer] of circle.entries()) await send(writer, chatId, { content: words(`from ${at}`) });
  for (const reader of circle) {
    const records = await reader.read(chatId);
    expect(records.map(({ content, trust }) => [content?.text, trust])).toEqual([
      ["from 0", "verified"],
      ["from 1", "verified"],
      ["from 2", "verified"],
    ]);
  }
});

it("what is a file called, and what it looks like, only its readers learn", async () => {
  const [alice, bob] = [await device(), await device()];
  const chatId = await newChat([alice, bob], { kind: "private" });
  const key = newMessageKey();
  const file = await attachment(alice.person.client, chatId, "holiday.jpg");
  await send(alice, chatId, { key, content: { ...words("look"), attachments: [file] } });
  const [delivered] = await history(bob.person, chatId);
  expect(JSON.stringify(delivered)).not.toContain("holiday");
  expect(delivered?.metadata).toEqual([
    { ...file.metadata, filename: "file", mimetype: "application/octet-stream", size: 5 },
  ]);
  const [record] = await bob.read(chatId);
  expect(record?.content).toMatchObject({ text: "look", key: toBase64(key) });
  const { name, mimetype, thumbnail, width, height, fileId } = file;
  expect(record?.content?.attachments).toMatchObject([{ name, mimetype, thumbnail, width, height, fileId }]);
});

it("an old client and a new one read each other, and the old one is marked as not verified", async () => {
  const [alice, old] = [await device(), await oldClient()];
  const chatId = await newChat([alice], { kind: "private", more: [old.id] });
  const chat = await chatOf(alice, chatId);
  expect(await alice.encryptor.modern(chat)).toBe(false);
  const file = await attachment(alice.person.client, chatId, "plan.pdf");
  await send(alice, chatId, { content: { ...words("from the new one"), attachments: [file] } });
  const { client } = old;
  const [received] = await history(old, chatId);
  if (!received) throw new Error("nothing was delivered");
  expect(decryptFor(received, old.id, client.identity.privateKey)).toBe("from the new one");
  expect(received.metadata).toMatchObject([{ filename: "plan.pdf", mimetype: "image/jpeg" }]);
  const { publicKey } = alice.person.client.identity;
  const keys = { [alice.person.id]: publicKey, [old.id]: client.identity.publicKey };
  await ask(old, { type: "send_message", chat_id: chatId, ...encryptFor("from the old one", keys) });
  const records = await alice.read(chatId);
  expect(records.map(({ trust, content }) => [trust, content?.text])).toEqual([
    ["verified", "from the new one"],
    ["unverified_sender", "from the old one"],
  ]);
  expect(records[0]?.content?.attachments).toMatchObject([{ name: "plan.pdf" }]);
  await old.socket.close();
});

it("what somebody wrote before they had an identity stays readable, but nothing unsigned after", async () => {
  const [alice, old] = [await device(), await oldClient()];
  const chatId = await newChat([alice], { kind: "private", more: [old.id] });
  const keys = {
    [alice.person.id]: alice.person.client.identity.publicKey,
    [old.id]: old.client.identity.publicKey,
  };
  const unsigned = () => ask(old, { type: "send_message", chat_id: chatId, ...encryptFor("unsigned", keys) });
  const beforeId = await unsigned();
  await alice.read(chatId);
  await keepChat(alice, chatId);
  await publishKey(old.client, newMessageKey(), 2);
  alice.trust.keyUpdated(old.id, 2);
  await unsigned();
  const [before, after] = await history(alice.person, chatId);
  if (!before || !after) throw new Error("something was not delivered");
  // As a device reads it that has none of the messages.
  const records = await alice.reader.read([before, after], await chatOf(alice, chatId), new Map());
  expect(records).toMatchObject([
    { id: beforeId, trust: "unverified_sender", content: { text: "unsigned" } },
    { unreadable: "forged" },
  ]);
  expect(await alice.trust.contact(old.id)).toMatchObject({ signedBy: "user", changed: false });
  expect(await alice.store.range("notice")).toMatchObject([
    { chatId, kind: "identity_changed", userId: old.id, afterMessageId: beforeId },
  ]);
});

it("a chat that is not encrypted holds plain words, and says so", async () => {
  const [alice, bob] = [await device(), await device()];
  const chatId = await newChat([alice, bob], { kind: "group", encrypted: false });
  const { sealed } = await send(alice, chatId, { content: words("for everyone") });
  expect(sealed).toEqual({ message: "for everyone", message_type: "text" });
  expect(await bob.read(chatId)).toMatchObject([{ trust: "plain", content: { text: "for everyone" } }]);
  expect(await alice.encryptor.modern(await chatOf(alice, chatId))).toBe(false);
});

it("a private chat is encrypted, even one that an old client made and that does not ask for it", async () => {
  const [alice, bob] = [await device(), await device()];
  const chatId = await newChat([alice, bob], { kind: "private", encrypted: false });
  const { sealed } = await send(alice, chatId, { content: words("for bob") });
  expect(Object.keys(sealed.envelopes ?? {})).toHaveLength(2);
  expect(await bob.read(chatId)).toMatchObject([{ trust: "verified", content: { text: "for bob" } }]);
});

it("what the server writes about members is marked as the server's", async () => {
  const [alice, bob, carol] = [await device(), await device(), await device()];
  const chatId = await newChat([alice, bob], { kind: "group" });
  const body = { user_id: carol.person.id };
  await alice.person.client.post(`/chats/${chatId}/members`, { body, expectStatus: 204 });
  const [record] = await bob.read(chatId);
  expect(record).toMatchObject({
    trust: "system",
    system: { event: "member_added", user_id: carol.person.id },
  });
});

it("a message that holds more than a message may is refused before it is sent", async () => {
  const [alice, bob] = [await device(), await device()];
  const chat = await chatOf(alice, await newChat([alice, bob], { kind: "private" }));
  const tooLarge = expect.objectContaining({ code: "message_too_large" });
  const largest = outgoing({ content: words("x".repeat(196_000)) });
  await expect(alice.encryptor.encrypt(chat, largest)).resolves.toBeTruthy();
  await expect(
    alice.encryptor.encrypt(chat, outgoing({ content: words("x".repeat(200_000)) })),
  ).rejects.toEqual(tooLarge);
  const files = Array.from({ length: 33 }, () => somePicture());
  const many = outgoing({ content: { ...words(""), attachments: files } });
  await expect(alice.encryptor.encrypt(chat, many)).rejects.toEqual(tooLarge);
});

function somePicture(): AttachmentRecord {
  const metadata = {
    file_id: 1,
    filename: "file",
    mimetype: "application/octet-stream",
    size: 5,
    nonce: toBase64(new Uint8Array(12)),
  };
  return {
    fileId: 1,
    name: "holiday.jpg",
    mimetype: "image/jpeg",
    size: 5,
    metadata,
    thumbnail: "/9j/4AAQSkZJRgABAQAAAQABAAD/2Q==",
    width: 640,
    height: 480,
  };
}

async function attachment(client: TestClient, chatId: number, name: string): Promise<AttachmentRecord> {
  const { file_id } = await client.upload(chatId, "12345");
  const picture = somePicture();
  return { ...picture, fileId: file_id, name, metadata: { ...picture.metadata, file_id } };
}

it("what was written to a key that this device has yet to fetch waits for the network, and is not given up", async () => {
  const [alice, bob] = [await device(), await device()];
  const chatId = await newChat([alice, bob], { kind: "private" });
  const { bundle, client } = bob.person;
  // Another device of Bob's makes new keys, and Alice writes to those.
  const privateKey = await publishKey(client, bundle.identitySeed, 2);
  alice.trust.keyUpdated(client.id);
  await send(alice, chatId, { content: words("to the new key") });
  let isOnline = false;
  let privateKeys = bob.person.keys.privateKeys();
  const keys = {
    ...bob.person.keys,
    privateKeys: () => privateKeys,
    refresh: async () => {
      if (!isOnline) throw new TacitError("unreachable", "The server cannot be reached.");
      privateKeys = [privateKey, ...privateKeys];
      return true;
    },
  };
  const reader = createReader({ trust: bob.trust, keys });
  const messages = await history(bob.person, chatId);
  const chat = await chatOf(bob, chatId);
  await expect(reader.read(messages, chat, new Map())).rejects.toMatchObject({ code: "unreachable" });
  isOnline = true;
  expect(await reader.read(messages, chat, new Map())).toMatchObject([
    { content: { text: "to the new key" } },
  ]);
});
