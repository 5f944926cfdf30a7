import { afterAll, beforeAll, expect, it } from "vitest";
import { type Device, startTown, type Town } from "./fixtures/town.ts";
import { until } from "./fixtures/until.ts";

let town: Town;
let alice: Device;
let bob: Device;
beforeAll(async () => {
  town = await startTown();
  bob = await town.device("Bob");
  alice = await town.device("Alice");
});
afterAll(() => town.close());

it("what somebody has begun to write outlives the program, and is there without the network", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  expect(chat.draft).toBeUndefined();
  await chat.setDraft({ text: "I have begun", replyToId: 7 });
  await alice.goOffline();
  await alice.restart();
  const kept = alice.tacit.chats.get(chat.id);
  expect(kept?.draft).toMatchObject({ text: "I have begun", replyToId: 7 });
  await kept?.setDraft(null);
  await until(alice.tacit, () => kept && kept.draft === undefined);
  await alice.restart();
  expect(alice.tacit.chats.get(chat.id)?.draft).toBeUndefined();
  alice.goOnline();
});

it("what is kept is shown, and told, once it is kept", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  let told = 0;
  const stop = alice.tacit.on("drafts", () => {
    told += 1;
  });
  for (const [at, text] of ["T", "Th", "The", "The boat"].entries()) {
    await chat.setDraft({ text });
    expect(chat.draft?.text).toBe(text);
    expect(told).toBe(at + 1);
  }
  await chat.setDraft(null);
  expect(chat.draft).toBeUndefined();
  stop();
});

it("what was begun before a message is edited is kept beside the edit", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  const draft = { text: "better", editsId: 7, aside: { text: "I have begun", replyToId: 5 } };
  await chat.setDraft(draft);
  await alice.restart();
  expect(alice.tacit.chats.get(chat.id)?.draft).toMatchObject(draft);
  await alice.tacit.chats.get(chat.id)?.setDraft(null);
});

it("a draft goes with its chat", async () => {
  const carol = await town.device("Carol");
  const group = await alice.tacit.chats.createGroup({ title: "Short-lived", members: [carol.id] });
  const hers = await carol.chat(group);
  await hers.setDraft({ text: "too late" });
  await until(carol.tacit, () => hers.draft);
  await group.deleteForAll();
  await until(carol.tacit, () => carol.tacit.chats.get(group.id) === undefined && hers.draft === undefined);
});
