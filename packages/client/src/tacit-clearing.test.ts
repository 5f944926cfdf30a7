import { afterAll, beforeAll, expect, it } from "vitest";
import { type Device, forgetArrivals, startTown, type Town } from "./fixtures/town.ts";
import { until } from "./fixtures/until.ts";
import type { Chat } from "./index.ts";

const COUNT = 130;
const KEPT = 50;

let town: Town;
let alice: Device;
let bob: Device;
let chat: Chat;
const written = Array.from({ length: COUNT }, (_, at) => `message ${at}`);
beforeAll(async () => {
  town = await startTown();
  bob = await town.device("Bob");
  alice = await town.device("Alice");
  chat = await alice.tacit.chats.withUser(bob);
  for (const text of written) await chat.send(text);
  await alice.tacit.flush();
  await alice.message(chat, ({ text, id }) => text === written.at(-1) && id !== undefined);
}, 60_000);
afterAll(() => town.close());

it("clearing keeps the newest here, and what went is neither read nor found without the network", async () => {
  const phone = await town.device(alice);
  const shown = await phone.chat(chat);
  await until(phone.tacit, () => shown.historyComplete);
  expect((await phone.tacit.search("message 7")).map(({ text }) => text)).toContain("message 7");
  const steps: [number, number][] = [];
  await phone.tacit.clearHistory({ onProgress: (done, total) => steps.push([done, total]) });
  expect(steps).toEqual([[1, 1]]);
  expect(shown.historyComplete).toBe(false);
  await phone.goOffline();
  await phone.restart();
  const here = await (await phone.chat(chat)).messages({ limit: COUNT });
  expect(here.map(({ text }) => text)).toEqual(written.slice(-KEPT));
  expect(await phone.tacit.search("message 7")).toEqual([]);
  expect((await phone.tacit.search("message 127")).map(({ text }) => text)).toContain("message 127");
});

it("what was cleared comes back as it is read, whole and once, and not by itself", async () => {
  const phone = await town.device(alice);
  const shown = await phone.chat(chat);
  await until(phone.tacit, () => shown.historyComplete);
  await phone.tacit.clearHistory();
  await phone.restart();
  await phone.tacit.ready();
  const again = await phone.chat(chat);
  // Whatever a new start loads by itself it has loaded before this, in order, comes after it.
  const newGroup = await phone.tacit.chats.createGroup({ title: "Afterwards" });
  await until(phone.tacit, () => phone.tacit.chats.get(newGroup.id)?.memberCount === 1);
  expect(again.historyComplete).toBe(false);
  const read: string[] = [];
  for await (const { text, verified } of again.history()) {
    expect(verified).toBe(true);
    read.push(text);
  }
  expect(read).toEqual(written.toReversed());
  expect(again.historyComplete).toBe(true);
  expect((await phone.tacit.search("message 7")).map(({ text }) => text)).toContain("message 7");
});

it("clearing keeps what is not read, and nothing of it is news again", async () => {
  const phone = await town.device(bob);
  const shown = await phone.chat(chat);
  await until(phone.tacit, () => shown.historyComplete && shown.unread === COUNT);
  forgetArrivals(phone.tacit);
  const arrived: number[] = [];
  phone.tacit.on("arrived", ({ messageIds }) => arrived.push(...messageIds));
  await phone.tacit.clearHistory();
  expect((await shown.messages({ limit: COUNT })).map(({ text }) => text)).toEqual(written);
  await shown.markRead();
  await phone.tacit.clearHistory();
  expect(shown.unread).toBe(0);
  await chat.send("one more");
  await until(phone.tacit, () => shown.unread === 1);
  const read: string[] = [];
  for await (const { text } of shown.history()) read.push(text);
  expect(read).toEqual(["one more", ...written.toReversed()]);
  expect(arrived).toHaveLength(1);
});
