import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { newPerson, type Person } from "../fixtures/person.ts";
import { directory } from "../store/directory.ts";
import { memory } from "../store/memory.ts";
import {
  chatOf,
  type Device,
  type DeviceOptions,
  loseAnswer,
  newKey,
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

const people = () => twoPeople(server);

describe("a message", () => {
  it("that is sent without a network arrives once when there is one", async () => {
    const { anna, bert, chat } = await people();
    const phone = await device(anna, { isOffline: true, chats: [chat] });
    await phone.say(chat, "hello");
    expect(await phone.outbox.list(chat)).toMatchObject([{ state: "queued" }]);
    phone.network.accept();
    await phone.sent(chat);
    expect(await textsFor(bert, chat)).toEqual(["hello"]);
  });

  it("whose answer is lost is stored once", async () => {
    const { anna, bert, chat } = await people();
    const phone = await device(anna, { chats: [chat] });
    await loseAnswer(phone, bert, chat, () => phone.say(chat, "hello"));
    await phone.say(chat, "and more");
    phone.network.accept();
    await phone.sent(chat);
    expect(await textsFor(bert, chat)).toEqual(["hello", "and more"]);
    expect(await messagesOf(anna.api, chat)).toHaveLength(2);
  });

  it("that answers what is not there for its writer any more is sent all the same, and answers nothing", async () => {
    const { anna, bert, chat } = await people();
    const phone = await device(anna, { chats: [chat] });
    const content = { kind: "text", text: "an answer", attachments: [] };
    // As after somebody was removed from a group and came back.
    await phone.outbox.send(chat, { key: newKey(), content, replyToId: 999_999_999 });
    await phone.sent(chat);
    expect(await phone.outbox.list(chat)).toEqual([]);
    expect(await textsFor(bert, chat)).toEqual(["an answer"]);
    expect(await messagesOf(anna.api, chat)).toMatchObject([{ reply_to_message_id: null }]);
  });

  it("that is out waits for its own arrival only as long as it may come", async () => {
    const { anna, chat } = await people();
    const storage = memory();
    const before = await openDevice(server, anna, { storage, isOffline: true, chats: [chat] });
    const [gone, coming] = [
      await before.say(chat, "before I was removed"),
      await before.say(chat, "just now"),
    ];
    const record = await before.store.get("chat", [chat]);
    const rows = await before.outbox.list(chat);
    await before.store.write((changes) => {
      // As after somebody was removed from a group and came back: its history begins after what they had sent.
      if (record)
        changes.put("chat", [chat], { ...record, oldestId: 11, newestId: 10, historyComplete: true });
      for (const row of rows)
        changes.put("outbox", [row.order], { ...row, state: "sent", messageId: row.id === gone ? 10 : 11 });
    });
    await before.close();
    const after = await device(anna, { storage, isOffline: true });
    expect(await after.outbox.list(chat)).toMatchObject([{ id: coming, state: "sent" }]);
  });

  it("that was asked for twice is sent once", async () => {
    const { anna, bert, chat } = await people();
    const phone = await device(anna, { chats: [chat] });
    const draft = {
      id: crypto.randomUUID(),
      key: newKey(),
      content: { kind: "text", text: "hello", attachments: [] },
    };
    await Promise.all([phone.outbox.send(chat, draft), phone.outbox.send(chat, draft)]);
    await phone.sent(chat);
    await phone.outbox.send(chat, draft);
    await phone.sent(chat);
    expect(await textsFor(bert, chat)).toEqual(["hello"]);
  });

  it("keeps its place when several callers send at once", async () => {
    const { anna, bert, chat } = await people();
    const phone = await device(anna, { chats: [chat], isOffline: true });
    const texts = Array.from({ length: 12 }, (_, index) => `${index}`);
    await Promise.all(texts.map((text) => phone.say(chat, text)));
    const orders = (await phone.outbox.list(chat)).map(({ order }) => order);
    expect(orders).toEqual(orders.map((_, index) => (orders[0] ?? 0) + index));
    phone.network.accept();
    await phone.sent(chat);
    expect(await textsFor(bert, chat)).toEqual(texts);
  });

  it("that is too long is refused before anything is stored", async () => {
    const { anna, chat } = await people();
    const phone = await device(anna, { chats: [chat], isOffline: true });
    await expect(phone.say(chat, "x".repeat(200_000))).rejects.toMatchObject({ code: "message_too_large" });
    expect(await phone.outbox.list(chat)).toEqual([]);
    await phone.say(chat, "x".repeat(190_000));
    phone.network.accept();
    await phone.sent(chat);
  });
});

describe("a restart", () => {
  it("sends what waited and what was under way, and finds what was stored meanwhile", async () => {
    const { anna, bert, chat } = await people();
    const storage = memory();
    const before = await openDevice(server, anna, { storage, chats: [chat] });
    const lost = await loseAnswer(before, bert, chat, () => before.say(chat, "sent"));
    const ids = [await before.say(chat, "waited"), await before.say(chat, "under way")];
    const rows = await before.outbox.list(chat);
    const states = { [lost]: "sent", [ids[1] ?? ""]: "sending" } as const;
    const [stored] = await messagesOf(anna.api, chat);
    await before.outbox.close();
    await before.store.write((changes) => {
      for (const row of rows)
        changes.put("outbox", [row.order], {
          ...row,
          state: states[row.id] ?? "queued",
          ...(row.id === lost && { messageId: stored?.id ?? 0 }),
        });
    });
    await before.close();
    const after = await device(anna, { storage, chats: [chat] });
    await after.sent(chat);
    expect(await textsFor(bert, chat)).toEqual(["sent", "waited", "under way"]);
  });

  it("keeps what is held and what has failed, and why", async () => {
    const { anna, bert, chat } = await people();
    const other = await chatOf(anna, [bert]);
    const storage = memory();
    const before = await openDevice(server, anna, { storage, chats: [chat, other], isOffline: true });
    const [held, failed] = [await before.say(chat, "held"), await before.say(other, "failed")];
    const rows = [...(await before.outbox.list(chat)), ...(await before.outbox.list(other))];
    await before.outbox.close();
    const failure = { code: "identity_changed", message: "Why.", userIds: [bert.id] } as const;
    await before.store.write((changes) => {
      for (const row of rows)
        changes.put("outbox", [row.order], { ...row, state: row.id === held ? "held" : "failed", failure });
    });
    await before.close();
    const after = await device(anna, { storage, chats: [chat, other] });
    await after.say(other, "new");
    await after.until(async () => (await after.outbox.list(other)).length === 1);
    expect(await after.outbox.list(chat)).toMatchObject([{ id: held, state: "held", failure }]);
    expect(await after.outbox.list(other)).toMatchObject([{ id: failed, state: "failed", failure }]);
    await after.outbox.retry(failed);
    await after.outbox.identityAccepted(bert.id);
    await Promise.all([after.sent(chat), after.sent(other)]);
    expect([await textsFor(bert, chat), await textsFor(bert, other)]).toEqual([["held"], ["new", "failed"]]);
  });

  it("loses nothing that was on its way when the client was closed", async () => {
    const { anna, bert, chat } = await people();
    const path = await mkdtemp(join(tmpdir(), "tacit-outbox-"));
    onTestFinished(() => rm(path, { recursive: true }));
    const storage = directory(path);
    const before = await openDevice(server, anna, { storage, chats: [chat] });
    await before.say(chat, "first");
    await before.sent(chat);
    before.network.pause();
    const id = await before.say(chat, "second");
    await before.isIn(id, chat, "sending");
    await before.close();
    await expect(before.say(chat, "too late")).rejects.toMatchObject({ code: "closed" });
    const after = await device(anna, { storage, chats: [chat] });
    await after.sent(chat);
    expect(await textsFor(bert, chat)).toEqual(["first", "second"]);
  });
});

describe("the person who sends", () => {
  it("is told why nothing can be sent, and can try again at its place", async () => {
    const { anna, bert, chat } = await people();
    const phone = await device(anna, { chats: [chat] });
    await bert.client.put(`/users/${anna.id}/block`);
    const id = await phone.say(chat, "let me in");
    await phone.isIn(id, chat, "failed");
    const failure = { code: "blocked", message: "You cannot write to this person." };
    expect(await phone.outbox.list(chat)).toMatchObject([{ failure }]);
    await bert.client.delete(`/users/${anna.id}/block`);
    await phone.outbox.retry(id);
    await phone.sent(chat);
    expect(await textsFor(bert, chat)).toEqual(["let me in"]);
  });

  it("is not held up by what failed before", async () => {
    const { anna, bert, chat } = await people();
    const phone = await device(anna, { chats: [chat] });
    await bert.client.put(`/users/${anna.id}/block`);
    const id = await phone.say(chat, "let me in");
    await phone.isIn(id, chat, "failed");
    await bert.client.delete(`/users/${anna.id}/block`);
    await phone.say(chat, "next");
    await phone.until(async () => (await phone.outbox.list(chat)).length === 1);
    expect(await phone.outbox.list(chat)).toMatchObject([
      { id, state: "failed", failure: { code: "blocked" } },
    ]);
    expect(await phone.outbox.discard(id)).toBe(true);
    expect(await textsFor(bert, chat)).toEqual(["next"]);
  });

  it("keeps everything when the session ends", async () => {
    const { anna, chat } = await people();
    const phone = await device(anna, { chats: [chat] });
    await anna.client.post("/auth/logout", { expectStatus: 204 });
    await phone.until(() => phone.connection.state.status === "closed");
    await phone.say(chat, "later");
    expect(await phone.outbox.list(chat)).toMatchObject([{ state: "queued" }]);
  });
});

describe("the members", () => {
  it("who came a moment ago can read what is sent now", async () => {
    const { anna, bert } = await people();
    const carl = await newPerson(server);
    const chat = await chatOf(anna, [bert]);
    const phone = await device(anna, { chats: [chat] });
    await phone.say(chat, "before");
    await phone.sent(chat);
    await anna.client.post(`/chats/${chat}/members`, { body: { user_id: carl.id }, expectStatus: 204 });
    await phone.say(chat, "welcome");
    await phone.sent(chat);
    const [written] = (await readBy(carl, chat)).filter(({ system }) => !system);
    expect(written).toMatchObject({ trust: "verified", content: { text: "welcome" } });
  });

  it("whose identity changed hold everything up until it is accepted", async () => {
    const { anna, bert } = await people();
    const stranger = await newPerson(server);
    const chat = await chatOf(anna, [bert]);
    const phone = await device(anna, { chats: [chat] });
    await phone.say(chat, "before");
    await phone.sent(chat);
    await server.sql`
      UPDATE user_keys SET public_key = other.public_key, identity_key = other.identity_key, signature = other.signature
      FROM user_keys AS other WHERE user_keys.user_id = ${bert.id} AND other.user_id = ${stranger.id}`;
    await anna.client.post(`/chats/${chat}/members`, { body: { user_id: (await newPerson(server)).id } });
    const held = await phone.say(chat, "secret");
    const next = await phone.say(chat, "another");
    await phone.isIn(held, chat, "held");
    const other = await chatOf(anna, [stranger]);
    await phone.receiver.addChat(other);
    await phone.say(other, "elsewhere");
    await phone.sent(other);
    expect(await phone.outbox.list(chat)).toMatchObject([
      { id: held, failure: { code: "identity_changed", userIds: [bert.id] } },
      { id: next, state: "queued" },
    ]);
    await phone.trust.accept(bert.id);
    await phone.outbox.identityAccepted(bert.id);
    await phone.sent(chat);
    expect((await textsFor(anna, chat)).slice(-2)).toEqual(["secret", "another"]);
  });
});
