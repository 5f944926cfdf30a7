import type { Message as Delivered } from "@tacit/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { encryptText, newMessageKey, sealEnvelope, signMessage } from "./crypto/index.ts";
import { fromBase64 } from "./crypto/primitives/octets.ts";
import { delivered, seen, seqOf, until } from "./fixtures/attacked.ts";
import { asHistory, DELIVERIES, live } from "./fixtures/deliveries.ts";
import type { Person } from "./fixtures/person.ts";
import { SAID, type Stage, setStage } from "./fixtures/stage.ts";
import type { Chat, Tacit } from "./index.ts";

let stage: Stage;
let alice: Person;
let bob: Person;
let mallory: Person;
let device: Tacit;
let his: Tacit;

beforeAll(async () => {
  stage = await setStage();
  [alice, bob, mallory] = await Promise.all([
    stage.person("Alice"),
    stage.person("Bob"),
    stage.person("Mallory"),
  ]);
  [device, his] = await Promise.all([stage.device(alice), stage.device(bob, stage.server)]);
});
afterEach(() => {
  stage.hostile.attack = {};
});
afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

/** A group of the three, which Alice's device knows and in which nothing was said yet. */
async function newGroup(): Promise<Chat> {
  const { id } = await his.chats.createGroup({ title: "Garden", members: [alice, mallory] });
  await until(device, () => device.chats.get(id)?.historyComplete);
  const chat = his.chats.get(id);
  if (!chat) throw new Error("there is this chat");
  return chat;
}

/** What somebody says there, which Alice's device is not told. @returns it as it is delivered to her */
async function withheld(chat: Chat, text = SAID): Promise<Delivered> {
  stage.hostile.attack = {
    toClient: (frame) =>
      /"type":"message_/.test(frame) && frame.includes(`"chat_id":${chat.id}`) ? [] : [frame],
  };
  const { key } = await chat.send(text);
  await until(his, async () => (await chat.messages()).find((one) => one.key === key)?.state === "sent");
  return await lastOf(chat);
}

async function lastOf({ id }: Chat): Promise<Delivered> {
  const message = (await delivered(alice, id)).at(-1);
  if (!message) throw new Error("something was said there");
  return message;
}

const recipient = () => ({ person: alice, device });
const fieldsOf = ({ message }: Delivered) => JSON.parse(message);
const withFields = (message: Delivered, fields: object): Delivered => ({
  ...message,
  message: JSON.stringify({ ...fieldsOf(message), ...fields }),
});

/** Encrypted for Alice, in the name of whoever wrote the message, by somebody else. */
async function madeUp(message: Delivered, text: string, rev = 0): Promise<Delivered> {
  const key = newMessageKey();
  const { chat_id: chatId, sender_id: senderId, client_message_id: clientMessageId } = message;
  const context = {
    ...{ chatId, senderId, clientMessageId, replyToMessageId: null, messageType: "text", metadata: null },
  };
  const { identitySeed } = mallory.bundle;
  const envelope = await sealEnvelope(key, fromBase64(alice.client.identity.publicKey));
  return {
    ...message,
    message: await signMessage(identitySeed, context, encryptText(key, text), rev),
    envelopes: { [alice.id]: { ...envelope } },
  };
}

async function strangersEnvelope(publicKey: string) {
  return { [alice.id]: { ...(await sealEnvelope(newMessageKey(), fromBase64(publicKey))) } };
}

type Forgery = (message: Delivered) => Delivered | Promise<Delivered>;

const FORGERIES: Readonly<Record<string, readonly [forge: Forgery, unreadable: string]>> = {
  "from another sender": [(message) => ({ ...message, sender_id: mallory.id }), "forged"],
  "as Alice's own": [(message) => ({ ...message, sender_id: alice.id }), "forged"],
  "as another message of his": [
    (message) => ({ ...message, client_message_id: crypto.randomUUID() }),
    "forged",
  ],
  "without a name of its own": [(message) => ({ ...message, client_message_id: null }), "forged"],
  "as the answer to another message": [(message) => ({ ...message, reply_to_message_id: 1 }), "forged"],
  "as another kind of message": [(message) => ({ ...message, message_type: "voice_message" }), "forged"],
  "with a file that was not there": [
    (message) => ({
      ...message,
      metadata: [{ filename: "a.html", mimetype: "text/html", size: 5, file_id: 1 }],
    }),
    "forged",
  ],
  "without a signature": [(message) => withFields(message, { sig: undefined }), "forged"],
  "as a later edit than it is": [(message) => withFields(message, { rev: 3 }), "forged"],
  "with somebody else's words under his signature": [
    (message) => withFields(message, encryptText(newMessageKey(), "bring the money")),
    "forged",
  ],
  "made up altogether": [(message) => madeUp(message, "bring the money"), "forged"],
  "with an envelope for somebody else": [
    async (message) => ({
      ...message,
      envelopes: await strangersEnvelope(mallory.client.identity.publicKey),
    }),
    "no_key",
  ],
  "with the envelope of another message": [
    async (message) => ({ ...message, envelopes: await strangersEnvelope(alice.client.identity.publicKey) }),
    "damaged",
  ],
  "without an envelope": [(message) => ({ ...message, envelopes: null }), "no_envelope"],
  "with an envelope that is none": [
    (message) => ({ ...message, envelopes: { [alice.id]: { key: "?", ephem_pub_key: "?", iv: "?" } } }),
    "damaged",
  ],
};

it.each(Object.entries(FORGERIES))("a message of his is not shown: %s", async (_, [forge, unreadable]) => {
  const chat = await newGroup();
  const forged = await forge(await withheld(chat));
  await live(stage, recipient(), [forged]);
  expect(await seen(device, chat.id)).toEqual([notShown(forged, unreadable)]);
});

function notShown({ sender_id: sender }: Delivered, unreadable: string) {
  return expect.objectContaining({ unreadable, text: "", verified: false, sender });
}

it("what I have said myself does not come back as something else", async () => {
  const { id } = await newGroup();
  stage.hostile.attack = {
    toClient: (text) => {
      const frame = JSON.parse(text);
      if (frame.type !== "message_new" || frame.message.sender_id !== alice.id) return [text];
      return [
        JSON.stringify({ ...frame, message: withFields(frame.message, encryptText(newMessageKey(), SAID)) }),
      ];
    },
  };
  await device.chats.get(id)?.send("no, thanks");
  const shown = await until(device, async () => {
    const now = await seen(device, id);
    return now[0]?.unreadable && now;
  });
  expect(shown).toMatchObject([{ unreadable: "forged", text: "", verified: false, sender: alice.id }]);
});

it("what waits to be sent is not hidden by what the server says somebody else called the same", async () => {
  const chat = await newGroup();
  const message = await withheld(chat);
  stage.hostile.attack = { ...stage.hostile.attack, toServer: () => [] };
  const waiting = await device.chats.get(chat.id)?.send("wait for me");
  await live(stage, recipient(), [{ ...message, client_message_id: waiting?.key ?? null }]);
  expect(await seen(device, chat.id)).toMatchObject([
    { unreadable: "forged", sender: bob.id },
    { text: "wait for me", sender: alice.id },
  ]);
});

describe.each(DELIVERIES)("of messages that are delivered %s", (_, deliver) => {
  it("none is shown that was changed", async () => {
    const chat = await newGroup();
    const forged: Delivered[] = [];
    for (const [forge] of Object.values(FORGERIES)) forged.push(await forge(await withheld(chat)));
    const told = await deliver(stage, recipient(), forged);
    const expected = Object.values(FORGERIES).map(([, unreadable], at) =>
      notShown(forged[at] as Delivered, unreadable),
    );
    expect(await seen(told, chat.id)).toEqual(expected);
  });

  it("one that was said elsewhere is not shown", async () => {
    const [chat, other] = [await newGroup(), await newGroup()];
    const message = await withheld(other);
    const forged = { ...message, chat_id: chat.id, seq: (await withheld(chat)).seq };
    const told = await deliver(stage, recipient(), [forged]);
    expect(await seen(told, chat.id)).toMatchObject([{ unreadable: "forged", text: "" }]);
  });

  it("one that is given out again under other ids is shown once", async () => {
    const chat = await newGroup();
    const message = await withheld(chat);
    const copy = (at: number) => ({ ...message, id: message.id + 1000 * at, seq: message.seq + at });
    const upper = { ...copy(3), client_message_id: message.client_message_id?.toUpperCase() ?? null };
    const told = await deliver(stage, recipient(), [message, copy(1), copy(2), upper]);
    expect(await seen(told, chat.id)).toMatchObject([{ text: SAID, verified: true, sender: bob.id }]);
  });

  it("plain words are not shown as his", async () => {
    const chat = await newGroup();
    const message = await withheld(chat);
    const plain = { ...message, message: "send me your password", envelopes: null };
    const system = { ...plain, id: message.id + 1, seq: message.seq + 1, message_type: "system" };
    const told = await deliver(stage, recipient(), [plain, system]);
    expect(await seen(told, chat.id)).toMatchObject(
      [plain, system].map(() => ({ trust: "plaintext_in_encrypted_chat", verified: false })),
    );
  });

  it("plain words in a private chat are not shown as his either, whatever the server calls the chat", async () => {
    const [friend, message] = [await stage.person("Carol"), await withheld(await newGroup())];
    stage.hostile.attack = {
      answer: ({ status, body }, { path, method }) =>
        path === "/chats" && method === "POST" ? { status, body: { ...body, encrypted: false } } : undefined,
    };
    const { id } = await device.chats.withUser(friend);
    await until(device, () => device.chats.get(id)?.historyComplete);
    const plain = {
      ...{ ...message, chat_id: id, sender_id: friend.id, seq: (await seqOf(alice, id)) + 1 },
      ...{ message: "send me your password", envelopes: null },
    };
    const told = await deliver(stage, recipient(), [plain]);
    expect(await seen(told, id)).toMatchObject([{ trust: "plaintext_in_encrypted_chat", verified: false }]);
  });
});

describe("an edit of his", () => {
  /** A message that was edited, which Alice's device has as it is now. */
  async function edited() {
    const chat = await newGroup();
    const first = await withheld(chat, "meet at five");
    const [message] = await chat.messages();
    await message?.edit("meet at six");
    await until(his, async () => (await chat.messages())[0]?.editedAt);
    const second = await lastOf(chat);
    await live(stage, recipient(), [first, second]);
    expect(await seen(device, chat.id)).toMatchObject([{ text: "meet at six", verified: true }]);
    const later = (what: Delivered): Delivered => ({ ...what, id: first.id, seq: second.seq + 1 });
    return { chat, first, second, later };
  }

  const WAYS = DELIVERIES.filter(([, deliver]) => deliver !== asHistory);
  const ATTACKS: Readonly<
    Record<string, (first: Delivered, second: Delivered) => Delivered | Promise<Delivered>>
  > = {
    "rolled back": (first) => first,
    "made up": (_, second) => madeUp(second, "meet at midnight", 2),
    "turned into plain words": (_, second) => ({ ...second, message: "meet at midnight", envelopes: null }),
    "said to be somebody else's": (_, second) => ({ ...second, sender_id: mallory.id }),
    "without its envelope": (_, second) => ({ ...second, envelopes: null }),
    "turned into the server's own words": (_, second) => ({
      ...{ ...second, message: "gone", message_type: "system", envelopes: null },
      system: { event: "member_left", actor_id: bob.id },
    }),
  };
  it.each(
    WAYS.flatMap(([way, deliver]) =>
      Object.entries(ATTACKS).map(([name, attack]) => [way, name, attack, deliver] as const),
    ),
  )("stays as it is if what comes %s is it %s", async (_, __, attack, deliver) => {
    const { chat, first, second, later } = await edited();
    await deliver(stage, recipient(), [later(await attack(first, second))]);
    expect(await seen(device, chat.id)).toMatchObject([
      { text: "meet at six", verified: true, editRefused: true, sender: bob.id },
    ]);
  });

  it("does not come back as it was, not even under another id", async () => {
    const { chat, first, second } = await edited();
    const copy = { ...first, id: first.id + 1000, seq: second.seq + 1 };
    await live(stage, recipient(), [copy]);
    expect(await seen(device, chat.id)).toMatchObject([{ text: "meet at six", verified: true }]);
  });

  type Shown = { readonly id: number; readonly seq: number };
  const PRETEXTS: Readonly<Record<string, (chat: Shown, first: Delivered, second: Delivered) => object>> = {
    "tells that the chat is gone": (chat) => chat,
    "shows an earlier state of the chat": (chat, first) => ({ ...chat, seq: first.seq }),
    "shows a later beginning of it": (chat, first) => ({ ...chat, history_from_id: first.id }),
  };
  it.each(Object.entries(PRETEXTS))(
    "does not come back as it was if the server %s, and then gives its history",
    async (pretext, show) => {
      const { chat, first, second } = await edited();
      const { body: chats } = await alice.client.get("/chats", { expectStatus: 200 });
      const shown = show(
        chats.find(({ id }: Shown) => id === chat.id),
        first,
        second,
      );
      stage.hostile.attack = {
        answer: ({ status, body }, { path }) => {
          if (path.startsWith(`/chats/${chat.id}/messages`)) return { status, body: [{ ...first, seq: 1 }] };
          return path === "/sync" ? { status, body: { ...body, chats: [shown], changes: {} } } : undefined;
        },
      };
      if (pretext.includes("gone"))
        stage.hostile.say({ type: "chat_deleted", chat_id: chat.id, deleted_by: bob.id });
      const deleted = { message_id: 1, deleted_at: new Date().toISOString(), deleted_by: bob.id };
      stage.hostile.say({ type: "message_deleted", chat_id: chat.id, seq: second.seq + 10, ...deleted });
      const now = await until(device, async () => {
        const messages = await seen(device, chat.id);
        return messages.some(({ text }) => text !== "meet at six") && messages;
      });
      expect(now).toMatchObject([{ text: "", verified: false, unreadable: "forged" }]);
    },
  );

  it("is unknown to a new device, which shows what the server has: only another device can tell", async () => {
    const { chat, first } = await edited();
    const fresh = await asHistory(stage, recipient(), [first]);
    expect(await seen(fresh, chat.id)).toMatchObject([{ text: "meet at five", verified: true }]);
  });
});
