import { afterAll, beforeAll, expect, it } from "vitest";
import { type Device, forgetArrivals, next, startTown, type Town } from "./fixtures/town.ts";
import { until } from "./fixtures/until.ts";

let town: Town;
let alice: Device;
let phone: Device;
let bob: Device;
let carol: Device;
beforeAll(async () => {
  town = await startTown();
  [alice, bob, carol] = await Promise.all([town.device("Alice"), town.device("Bob"), town.device("Carol")]);
  phone = await town.device(alice);
});
afterAll(() => town.close());

it("a reply shows what it answers, on both sides and on my other device", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  const question = await chat.send("tea?");
  const asked = await bob.message(chat, "tea?");
  await (await bob.chat(chat)).send({ text: "yes", replyTo: asked });
  for (const device of [alice, phone, bob])
    expect(await device.message(chat, "yes")).toMatchObject({ replyToId: asked.id, verified: true });
  expect((await alice.message(chat, "tea?")).key).toBe(question.key);
});

it("I can edit what I wrote, and nobody can edit what another wrote", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  const sent = await chat.send("at fvie");
  await sent.edit("at five");
  const received = await bob.message(chat, "at five");
  expect(received.editedAt).toBeInstanceOf(Date);
  expect(await bob.texts(chat)).not.toContain("at fvie");
  await expect(received.edit("at six")).rejects.toMatchObject({ code: "not_possible" });
  const edited = await alice.message(
    chat,
    ({ text, editedAt }) => text === "at five" && editedAt !== undefined,
  );
  expect(edited.editedAt).toEqual(received.editedAt);
});

it("what I delete is gone for everybody", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  await chat.send("oops");
  const received = await bob.message(chat, "oops");
  await (await alice.message(chat, ({ text, id }) => text === "oops" && id !== undefined)).remove();
  expect(await alice.texts(chat)).not.toContain("oops");
  await until(bob.tacit, async () => !(await bob.texts(chat)).includes("oops"));
  expect(await (await bob.chat(chat)).message(received.id ?? 0)).toBeUndefined();
});

it("an administrator of a group deletes what another wrote; a member cannot, and is told why", async () => {
  const group = await alice.tacit.chats.createGroup({ title: "Choir", members: [bob, carol] });
  await (await bob.chat(group)).send("spam");
  await (await carol.message(group, "spam")).remove();
  const refused = await carol.message(group, ({ failure }) => failure !== undefined);
  expect(refused).toMatchObject({ text: "spam", state: "failed", failure: { code: "forbidden" } });
  await refused.discard();
  expect(await carol.message(group, "spam")).toMatchObject({ state: "received", failure: undefined });
  await (await alice.message(group, "spam")).remove();
  for (const device of [bob, carol])
    await until(device.tacit, async () => !(await device.texts(group)).includes("spam"));
});

it("a message with a file is forwarded to several chats at once, where its file opens", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  const group = await alice.tacit.chats.createGroup({ title: "Two", members: [carol] });
  const other = await alice.tacit.chats.withUser(carol);
  const file = new File(["the plan"], "plan.txt", { type: "text/plain" });
  await (await bob.chat(chat)).send({ text: "look", files: [file] });
  await (await alice.message(chat, "look")).forward([group.id, other.id]);
  for (const { id } of [group, other]) {
    const forwarded = await carol.message({ id }, "look");
    expect(forwarded.forwardedFrom).toEqual(expect.objectContaining({ id: bob.id }));
    expect(forwarded.verified).toBe(true);
    const [attachment] = forwarded.attachments;
    expect(await (await attachment?.blob())?.text()).toBe("the plan");
    expect(attachment?.name).toBe("plan.txt");
  }
});

it("my message is sent, then delivered, then read; unread counts fall on both my devices when one reads", async () => {
  const dave = await town.device("Dave");
  const chat = await dave.tacit.chats.withUser(alice);
  await Promise.all([alice.goOffline(), phone.goOffline()]);
  for (const text of ["one", "two"]) await chat.send(text);
  await dave.tacit.flush();
  expect((await dave.message(chat, "two")).state).toBe("sent");
  alice.goOnline();
  phone.goOnline();
  await dave.message(chat, ({ text, state }) => text === "two" && state === "delivered");
  for (const device of [alice, phone])
    await until(device.tacit, () => device.tacit.chats.get(chat.id)?.unread === 2);
  expect((await dave.message(chat, "one")).state).toBe("delivered");
  await (await alice.chat(chat)).markRead(await alice.message(chat, "one"));
  await dave.message(chat, ({ text, state }) => text === "one" && state === "read");
  expect((await dave.message(chat, "two")).state).toBe("delivered");
  for (const device of [alice, phone])
    await until(device.tacit, () => device.tacit.chats.get(chat.id)?.unread === 1);
  await (await phone.chat(chat)).markRead();
  await dave.message(chat, ({ text, state }) => text === "two" && state === "read");
  await until(alice.tacit, () => alice.tacit.chats.get(chat.id)?.unread === 0);
  expect(await alice.message(chat, "two")).toMatchObject({ state: "received", isMine: false });
});

it("all chats are read at once", async () => {
  const erin = await town.device("Erin");
  const frank = await town.device("Frank");
  for (const sender of [erin, frank]) await (await sender.tacit.chats.withUser(carol)).send("hello");
  const unread = () => carol.tacit.chats.list().reduce((sum, chat) => sum + chat.unread, 0);
  await until(carol.tacit, () => unread() >= 2);
  await carol.tacit.chats.markAllRead();
  await until(carol.tacit, () => unread() === 0);
});

it("whoever looks at a chat sees the other type, and stop", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  const typing = next(bob.tacit, "typing");
  const shown = await bob.chat(chat);
  const end = shown.follow();
  // Frames of a device are handled in order: once this is there, Bob looks.
  await shown.send("I am here");
  await alice.message(chat, "I am here");
  await chat.setTyping(true);
  expect(await typing).toMatchObject({ chatId: chat.id, userId: alice.id, isTyping: true });
  const stopped = next(bob.tacit, "typing", ({ isTyping }) => !isTyping);
  await chat.setTyping(false);
  expect(await stopped).toMatchObject({ chatId: chat.id, userId: alice.id });
  end();
});

it("who is there is shown, and that they went", async () => {
  const gina = await town.device("Gina");
  const chat = await gina.tacit.chats.withUser(alice);
  await chat.send("hi");
  await until(gina.tacit, () => gina.tacit.isOnline(alice.tacit.me));
  await until(alice.tacit, () => alice.tacit.isOnline(gina));
  await gina.tacit.close();
  await until(alice.tacit, () => !alice.tacit.isOnline(gina));
});

it("everything that was said is found, in one chat and over all, with an edit and without what was deleted", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  const other = await alice.tacit.chats.withUser(carol);
  await chat.send("the lighthouse keeper");
  await other.send("a lighthouse by night");
  const wrong = await chat.send("lighthouse, misspelt");
  await wrong.edit("lantern");
  const gone = await other.send("no lighthouse at all");
  await alice.tacit.flush();
  await (await alice.message(other, ({ key, id }) => key === gone.key && id !== undefined)).remove();
  await alice.tacit.flush();
  await bob.message(chat, "lantern");
  const found = async (query: string, chatId?: number) =>
    (await bob.tacit.search(query, chatId === undefined ? {} : { chatId })).map(({ text }) => text);
  expect(await found("lighthouse")).toEqual(["the lighthouse keeper"]);
  expect(await found("lanter")).toEqual(["lantern"]);
  await until(phone.tacit, async () => (await phone.tacit.search("lighthouse")).length === 2);
  const onPhone = (await phone.tacit.search("lighthouse", { chatId: other.id })).map(({ text }) => text);
  expect(onPhone).toEqual(["a lighthouse by night"]);
});

it("new messages come one by one, from all chats, but not what I wrote on another device", async () => {
  forgetArrivals(alice.tacit);
  const arrivals = alice.tacit.arrivals();
  const chat = await phone.tacit.chats.withUser(bob);
  await chat.send("mine");
  await alice.message(chat, "mine");
  await (await bob.chat(chat)).send("first");
  expect((await arrivals.next()).value?.text).toBe("first");
  await (await carol.tacit.chats.withUser(alice)).send("second");
  expect((await arrivals.next()).value).toMatchObject({ text: "second", state: "received" });
  await arrivals.return();
});

it("the messages of others that came while a device was away are its arrivals; its old history is not", async () => {
  const chat = await bob.tacit.chats.withUser(carol);
  await chat.send("before");
  await carol.message(chat, "before");
  await carol.tacit.close();
  await chat.send("while away");
  await bob.tacit.flush();
  await carol.restart();
  const arrivals = carol.tacit.arrivals();
  expect((await arrivals.next()).value?.text).toBe("while away");
  await arrivals.return();
});

it("looping over arrivals ends with its signal", async () => {
  const over = new AbortController();
  const read = (async () => {
    for await (const _ of alice.tacit.arrivals({ signal: over.signal }));
  })();
  over.abort();
  await read;
});
