import type { Message } from "@tacit/protocol";
import { startTestServer, type TestServer } from "@tacit/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encryptText, newAccountBundle, newMessageKey, sealEnvelope, signMessage } from "../crypto/index.ts";
import { fromBase64, toBase64 } from "../crypto/primitives/octets.ts";
import { newPerson } from "../fixtures/person.ts";
import { type Device, edit, history, newChat, newDevice, send, words } from "./fixtures/device.ts";

let server: TestServer;
let alice: Device;
let bob: Device;
let mallory: Device;
let chatId: number;

beforeAll(async () => {
  server = await startTestServer();
  alice = await newDevice(await newPerson(server));
  bob = await newDevice(await newPerson(server));
  mallory = await newDevice(await newPerson(server));
  chatId = await newChat([alice, bob, mallory], { kind: "group" });
});
afterAll(() => server.close());

/** A message of Alice's, as it is delivered to Bob. */
async function delivered(text = "the treasure is buried under the oak"): Promise<Message> {
  const { id } = await send(alice, chatId, { content: words(text) });
  return await messageOf(bob, id);
}

async function messageOf({ person }: Device, id: number): Promise<Message> {
  const message = (await history(person, chatId)).find((one) => one.id === id);
  if (!message) throw new Error("this message was not delivered");
  return message;
}

/** As a device of Bob's reads it that has nothing yet, and that takes it for what it says to be. */
async function readAnew(message: Message) {
  const [record] = await bob.reader.read([message], { encrypted: true, kind: "group" }, new Map());
  return record;
}

async function newDeviceOf({ person, store }: Device): Promise<Device> {
  const device = await newDevice(person);
  const [chat] = await store.getMany("chat", [[chatId]]);
  if (chat) await device.store.write(({ put }) => put("chat", [chatId], chat));
  return device;
}

const FORGERIES: Readonly<Record<string, (message: Message) => Message | Promise<Message>>> = {
  "from another sender": (message) => ({ ...message, sender_id: mallory.person.id }),
  "in another chat": (message) => ({ ...message, chat_id: message.chat_id + 1 }),
  "as another message": (message) => ({ ...message, client_message_id: crypto.randomUUID() }),
  "without a name of its own": (message) => ({ ...message, client_message_id: null }),
  "as the answer to another message": (message) => ({ ...message, reply_to_message_id: 1 }),
  "as another kind of message": (message) => ({ ...message, message_type: "voice_message" }),
  "with a file that was not there": (message) => ({
    ...message,
    metadata: [{ filename: "file", mimetype: "text/html", size: 5, file_id: 1 }],
  }),
  "without its signature": (message) => {
    const { ciphertext, nonce } = JSON.parse(message.message);
    return { ...message, message: JSON.stringify({ ciphertext, nonce }) };
  },
  "as a later edit than it is": (message) => {
    const fields = JSON.parse(message.message);
    return { ...message, message: JSON.stringify({ ...fields, rev: 7 }) };
  },
  "made up by another member and given out as hers": async (message) => {
    const key = newMessageKey();
    const { identitySeed } = mallory.person.bundle;
    const context = {
      chatId,
      senderId: alice.person.id,
      clientMessageId: message.client_message_id,
      replyToMessageId: null,
      messageType: "text",
      metadata: null,
    };
    const text = await signMessage(identitySeed, context, encryptText(key, "the treasure is gone"), 0);
    const envelope = await sealEnvelope(key, fromBase64(bob.person.client.identity.publicKey));
    return { ...message, message: text, envelopes: { [bob.person.id]: { ...envelope } } };
  },
};

describe("a message of hers is not shown as hers", () => {
  it.each(Object.entries(FORGERIES))("%s", async (_, forge) => {
    const message = await delivered();
    const forged = await forge(message);
    const record = await readAnew(forged);
    expect(record).toMatchObject({ unreadable: "forged", raw: forged });
    expect(record?.content).toBeUndefined();
    expect(JSON.stringify(record)).not.toContain("treasure");
    expect(await readAnew(message)).toMatchObject({ trust: "verified" });
  });
});

it("no character of a message or its envelope can be changed so that it still says something", async () => {
  const message = await delivered();
  const envelope: Record<string, string> = { ...message.envelopes?.[bob.person.id] };
  const parts = ["message", ...Object.keys(envelope)];
  const anyCharacter = fc.constantFrom(...'AZaz09+/="{}:,');
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...parts), fc.nat(), anyCharacter, async (part, at, character) => {
      const original = part === "message" ? message.message : (envelope[part] ?? "");
      const place = at % original.length;
      const text = original.slice(0, place) + character + original.slice(place + 1);
      fc.pre(text !== original);
      const changed = part === "message" ? { ...message, message: text } : withField(message, part, text);
      const record = await readAnew(changed);
      expect(record?.unreadable).toBeDefined();
      expect(record?.content).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

function withField(message: Message, part: string, text: string): Message {
  const envelope = { ...message.envelopes?.[bob.person.id], [part]: text };
  return { ...message, envelopes: { [bob.person.id]: envelope } };
}

it("a message of another chat is not taken for one of this chat", async () => {
  const message = await delivered();
  const asked = { id: chatId + 1, encrypted: true, kind: "group" } as const;
  expect(await bob.reader.read([message], asked, new Map())).toEqual([]);
});

it("a changed envelope or text, or none, is told apart from a forgery", async () => {
  const message = await delivered();
  const stranger = toBase64((await newAccountBundle()).x25519);
  const envelope = await sealEnvelope(newMessageKey(), fromBase64(stranger));
  const other = await sealEnvelope(newMessageKey(), fromBase64(bob.person.client.identity.publicKey));
  const withEnvelope = (one: object) => ({ ...message, envelopes: { [bob.person.id]: { ...one } } });
  expect(await readAnew({ ...message, envelopes: null })).toMatchObject({ unreadable: "no_envelope" });
  expect(await readAnew(withEnvelope(envelope))).toMatchObject({ unreadable: "no_key" });
  expect(await readAnew(withEnvelope(other))).toMatchObject({ unreadable: "damaged" });
  expect(await readAnew(withEnvelope({ key: "?" }))).toMatchObject({ unreadable: "damaged" });
  expect(await readAnew({ ...message, message: "no ciphertext" })).toMatchObject({ unreadable: "damaged" });
});

it("plain words in an encrypted chat are shown as what a server could have made up", async () => {
  const message = await delivered();
  const plain = { ...message, message: "send me your password", envelopes: null };
  expect(await readAnew(plain)).toMatchObject({
    trust: "plaintext_in_encrypted_chat",
    content: { text: "send me your password" },
  });
  const inPrivate = { encrypted: false, kind: "private" } as const;
  expect(await bob.reader.read([plain], inPrivate, new Map())).toMatchObject([
    { trust: "plaintext_in_encrypted_chat" },
  ]);
  const asSystem = { ...plain, message_type: "system" };
  expect(await readAnew(asSystem)).toMatchObject({ trust: "plaintext_in_encrypted_chat", system: null });
});

describe("what was verified stays", () => {
  async function edited() {
    const sent = await send(alice, chatId, { content: words("meet at five") });
    const first = await messageOf(bob, sent.id);
    await edit(alice, chatId, sent, words("meet at six"));
    const second = await messageOf(bob, sent.id);
    const device = await newDeviceOf(bob);
    await device.read(chatId, [second]);
    const after = (message: Message) => ({ ...message, id: sent.id, seq: second.seq + 100 });
    return { device, first, second, after };
  }

  it("when an earlier edit is given out as the latest", async () => {
    const { device, first, after } = await edited();
    const [record] = await device.read(chatId, [after(first)]);
    expect(record).toMatchObject({ content: { text: "meet at six" }, rev: 1, editRefused: true });
    expect(record?.seq).toBe(after(first).seq);
  });

  it("when an edit is plain, forged, unreadable, the server's, or another message altogether", async () => {
    const { device, second, after } = await edited();
    const other = await delivered("meet at midnight");
    const attempts: Message[] = [
      { ...second, message: "meet at midnight", envelopes: null },
      {
        ...second,
        message: JSON.stringify({ ...JSON.parse(second.message), sig: toBase64(new Uint8Array(64)) }),
      },
      { ...second, envelopes: null },
      { ...second, message_type: "system", message: "gone", envelopes: null },
      other,
      { ...other, sender_id: mallory.person.id },
    ];
    for (const [at, attempt] of attempts.entries()) {
      const message = { ...after(attempt), seq: after(attempt).seq + at };
      const [record] = await device.read(chatId, [message]);
      expect(record).toMatchObject({
        content: { text: "meet at six" },
        trust: "verified",
        senderId: alice.person.id,
        seq: message.seq,
        editRefused: true,
      });
    }
  });

  it("until the author edits it again", async () => {
    const { device, first, second, after } = await edited();
    await device.read(chatId, [after(first)]);
    const { id, client_message_id: clientMessageId } = second;
    const message = { key: newMessageKey(), rev: 1, replyToId: null, type: "text", clientMessageId };
    await edit(alice, chatId, { id, message: { ...message, content: words("") } }, words("meet at seven"));
    const third = await messageOf(bob, id);
    const [record] = await device.read(chatId, [{ ...third, seq: after(first).seq + 1 }]);
    expect(record).toMatchObject({ content: { text: "meet at seven" }, rev: 2 });
    expect(record?.editRefused).toBeUndefined();
  });

  it("when an older answer comes late, which is no attack", async () => {
    const { device, first, second } = await edited();
    const [record] = await device.read(chatId, [first]);
    expect(record).toMatchObject({ content: { text: "meet at six" }, seq: second.seq });
    expect(record?.editRefused).toBeUndefined();
  });
});

it("metadata that nests without end neither stops the reader nor gets into the store", async () => {
  const message = await delivered();
  let deep: unknown = [];
  for (let level = 0; level < 20_000; level++) deep = [deep];
  const hostile = { ...message, metadata: [{ filename: "a", mimetype: "b", size: 1, deep }] };
  const record = await readAnew(hostile);
  expect(record).toMatchObject({ unreadable: "damaged" });
  expect(record?.raw).toBeUndefined();
});
