import { afterAll, beforeAll, expect, it } from "vitest";
import { type Device, startTown, type Town } from "./fixtures/town.ts";
import { until } from "./fixtures/until.ts";
import type { Chat, Message, MessageState } from "./index.ts";

let town: Town;
let alice: Device;
let bob: Device;
beforeAll(async () => {
  town = await startTown();
  [alice, bob] = await Promise.all([town.device("Alice"), town.device("Bob")]);
});
afterAll(() => town.close());

/** Reads the chat again and again while something happens. @returns what was seen of a message each time, by its key */
function watching(device: Device, chat: Chat) {
  const seen: Message[][] = [];
  const look = async () => void seen.push(await chat.messages({ limit: 200 }));
  const looks: Promise<void>[] = [];
  const stops = (["messages", "outbox", "chats"] as const).map((kind) =>
    device.tacit.on(kind, () => void looks.push(look())),
  );
  return async () => {
    for (const stop of stops) stop();
    await Promise.all(looks);
    return seen;
  };
}

it("written without the network, a message is shown at once, and goes out when it is back", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  await alice.goOffline();
  const sent = await chat.send("from the tunnel");
  expect(sent).toMatchObject({ state: "queued", text: "from the tunnel", id: undefined, isMine: true });
  expect(await alice.texts(chat)).toEqual(["from the tunnel"]);
  expect(await alice.tacit.unsent()).toBe(1);
  alice.goOnline();
  await bob.message(chat, "from the tunnel");
  const now = await alice.message(chat, ({ key, id }) => key === sent.key && id !== undefined);
  expect(now.text).toBe("from the tunnel");
  expect(await alice.tacit.unsent()).toBe(0);
  expect(await alice.texts(chat)).toEqual(["from the tunnel"]);
});

it("the last of a chat is what waits to be sent, and once all is sent the newest message", async () => {
  const chat = await alice.tacit.chats.createGroup({ title: "Last", members: [bob] });
  await chat.send("sent");
  await alice.tacit.flush();
  await alice.message(chat, ({ text, id }) => text === "sent" && id !== undefined);
  expect(await chat.latest()).toMatchObject({ text: "sent" });
  await alice.goOffline();
  await chat.send("waits");
  await chat.send("waits too");
  expect(await chat.latest()).toMatchObject({ text: "waits too", id: undefined, state: "queued" });
  alice.goOnline();
  const theirs = await bob.message(await bob.chat(chat), "waits too");
  expect(theirs.isMine).toBe(false);
  await alice.tacit.flush();
  await alice.message(chat, ({ text, id }) => text === "waits too" && id !== undefined);
  expect(await chat.latest()).toMatchObject({ text: "waits too", id: theirs.id });
});

it("a message keeps its key from the first moment on, and is never shown twice or not at all", async () => {
  const chat = await alice.tacit.chats.createGroup({ title: "Watched", members: [bob] });
  const end = watching(alice, chat);
  const keys: string[] = [];
  for (let count = 0; count < 20; count++) keys.push((await chat.send(`number ${count}`)).key);
  await alice.tacit.flush();
  await alice.message(chat, ({ key, id }) => key === keys.at(-1) && id !== undefined);
  const seen = await end();
  expect(seen.length).toBeGreaterThan(20);
  const order: readonly MessageState[] = ["queued", "sending", "sent", "delivered", "read"];
  const before = new Map<string, number>();
  let shown = 0;
  for (const messages of seen) {
    const mine = messages.filter(({ isMine, kind }) => isMine && kind !== "system").map(({ key }) => key);
    // As many as there were then, in the order in which they were written.
    expect(mine).toEqual(keys.slice(0, mine.length));
    expect(mine.length).toBeGreaterThanOrEqual(shown);
    shown = mine.length;
    for (const { key, state } of messages) {
      expect(order.indexOf(state)).toBeGreaterThanOrEqual(before.get(key) ?? 0);
      before.set(key, order.indexOf(state));
    }
  }
  expect(shown).toBe(20);
});

it("what waits survives the end of the program, and is sent once, in order", async () => {
  const chat = await alice.tacit.chats.createGroup({ title: "Restarted", members: [bob] });
  await alice.goOffline();
  const written = ["one", "two", "three"];
  for (const text of written) await chat.send(text);
  await alice.restart();
  expect(await alice.texts(chat)).toEqual(written);
  alice.goOnline();
  await bob.message(chat, "three");
  expect(await bob.texts(chat)).toEqual(written);
  await alice.tacit.flush();
  expect(await alice.texts(chat)).toEqual(written);
});

it("an edit and a deletion of what was not sent yet are shown at once, and only their outcome goes out", async () => {
  const chat = await alice.tacit.chats.createGroup({ title: "Changed", members: [bob] });
  await alice.goOffline();
  const changed = await chat.send("frist");
  await changed.edit("first");
  const gone = await chat.send("second");
  await gone.remove();
  await chat.send("third");
  expect(await alice.texts(chat)).toEqual(["first", "third"]);
  alice.goOnline();
  await bob.message(chat, "third");
  expect(await bob.texts(chat)).toEqual(["first", "third"]);
});

it("what is taken back before it was sent never was", async () => {
  const chat = await alice.tacit.chats.createGroup({ title: "Taken back", members: [bob] });
  await alice.goOffline();
  const sent = await chat.send("regretted");
  expect(await sent.discard()).toBe(true);
  expect(await alice.texts(chat)).toEqual([]);
  alice.goOnline();
  await chat.send("said");
  await bob.message(chat, "said");
  expect(await bob.texts(chat)).toEqual(["said"]);
  const said = await alice.message(chat, ({ id, text }) => text === "said" && id !== undefined);
  expect(await said.discard()).toBe(false);
});

it("what cannot be sent says why; tried again it is sent, once that is possible", async () => {
  const chat = await alice.tacit.chats.createChannel({ title: "News", members: [bob] });
  const reader = await bob.chat(chat);
  const refused = await reader.send("may I?");
  const failed = await bob.message(chat, ({ state }) => state === "failed");
  expect(failed).toMatchObject({ key: refused.key, text: "may I?", failure: { code: "may_not_write" } });
  expect(failed.failure?.message).toMatch(/^[A-Z].*\.$/);
  await chat.setRole(bob, "admin");
  await until(bob.tacit, () => reader.myRole === "admin");
  await (await bob.message(chat, "may I?")).retry();
  await alice.message(chat, "may I?");
  const sent = await bob.message(chat, ({ text, id }) => text === "may I?" && id !== undefined);
  expect(sent.key).toBe(refused.key);
});

it("what cannot be sent can be given up", async () => {
  const chat = await alice.tacit.chats.createChannel({ title: "Quiet", members: [bob] });
  await (await bob.chat(chat)).send("no");
  const failed = await bob.message(chat, ({ state }) => state === "failed");
  expect(await failed.discard()).toBe(true);
  expect(await bob.texts(chat)).toEqual([]);
});

it("reading while away counts at once, and is told when the network is back", async () => {
  const chat = await alice.tacit.chats.createGroup({ title: "Read away", members: [bob] });
  await chat.send("read me");
  await bob.message(chat, "read me");
  await bob.goOffline();
  const away = await bob.chat(chat);
  await away.markRead();
  await until(bob.tacit, () => away.unread === 0);
  bob.goOnline();
  await alice.message(chat, ({ state }) => state === "read");
});
