import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Device, forgetArrivals, hearing, startTown, type Town } from "./fixtures/town.ts";
import { until } from "./fixtures/until.ts";
import type { Chat } from "./index.ts";

let town: Town;
let alice: Device;
let bob: Device;
let carol: Device;
let dave: Device;
beforeAll(async () => {
  town = await startTown();
  // The first account is the administrator's.
  alice = await town.device("Alice");
  [bob, carol, dave] = await Promise.all([town.device("Bob"), town.device("Carol"), town.device("Dave")]);
});
afterAll(() => town.close());

const gone = (device: Device, { id }: Chat) => until(device.tacit, () => !device.tacit.chats.get(id));
const refused = (code: string) => expect.objectContaining({ code });

async function roles(device: Device, chat: Chat) {
  const members = await (await device.chat(chat)).members();
  return members.map(({ person, role }) => `${person.nickname} ${role}`);
}

it("a group has its title, its members and their roles, for everyone in it", async () => {
  const group = await alice.tacit.chats.createGroup({ title: "Choir", members: [bob, carol.id] });
  expect(group).toMatchObject({
    title: "Choir",
    kind: "group",
    encrypted: true,
    myRole: "owner",
    memberCount: 3,
  });
  const shown = await bob.chat(group);
  expect(shown).toMatchObject({ title: "Choir", myRole: "member", memberCount: 3, peer: undefined });
  for (const device of [alice, bob, carol])
    await until(device.tacit, async () => {
      const all = await roles(device, group);
      return String(all) === "Alice owner,Bob member,Carol member";
    });
});

it("who is added reads from then on, and is told how it was; what came before is hidden, not shown as broken", async () => {
  const group = await alice.tacit.chats.createGroup({ title: "Growing", members: [bob] });
  await group.send("before Carol");
  await bob.message(group, "before Carol");
  await group.add(carol);
  await group.send("welcome");
  await carol.message(group, "welcome");
  const shown = await (await carol.chat(group)).messages();
  expect(shown.filter(({ unreadable }) => unreadable !== undefined)).toEqual([]);
  expect(await carol.texts(group)).toEqual(["welcome"]);
  const [joined] = shown.filter(({ kind }) => kind === "system");
  expect(joined?.system).toMatchObject({ event: "member_added", user_id: carol.id, actor_id: alice.id });
  expect(await bob.texts(group)).toEqual(["before Carol", "welcome"]);
  const history: string[] = [];
  for await (const { text, kind } of (await carol.chat(group)).history())
    if (kind !== "system") history.push(text);
  expect(history).toEqual(["welcome"]);
  expect((await carol.chat(group)).unread).toBe(1);
});

it("who is removed receives nothing more, and the chat goes from the list", async () => {
  const group = await alice.tacit.chats.createGroup({ title: "Shrinking", members: [bob, carol] });
  await group.send("for all");
  await carol.message(group, "for all");
  forgetArrivals(carol.tacit);
  const end = hearing(carol.tacit, "arrived");
  await group.remove(carol);
  await gone(carol, group);
  await group.send("without Carol");
  await bob.message(group, "without Carol");
  // Something else that was sent later has arrived: so would this have.
  const other = await alice.tacit.chats.withUser(carol);
  await other.send("sorry");
  await carol.message(other, "sorry");
  expect(end().filter(({ chatId }) => chatId === group.id)).toEqual([]);
  expect(await carol.tacit.search("without")).toEqual([]);
  await until(alice.tacit, async () => String(await roles(alice, group)) === "Alice owner,Bob member");
});

it("using a chat that is gone says so", async () => {
  const group = await alice.tacit.chats.createGroup({ title: "Going", members: [bob] });
  const shown = await bob.chat(group);
  await group.deleteForAll();
  await gone(bob, group);
  await gone(alice, group);
  expect(() => shown.title).toThrow(refused("unknown_chat"));
  await expect(shown.send("anybody?")).rejects.toEqual(refused("unknown_chat"));
  await expect(shown.messages()).rejects.toEqual(refused("unknown_chat"));
  expect(await bob.tacit.search("Going")).toEqual([]);
});

it("admins manage members, members do not; the owner hands over", async () => {
  const group = await alice.tacit.chats.createGroup({ title: "Roles", members: [bob, carol] });
  const [bobs, carols] = await Promise.all([bob.chat(group), carol.chat(group)]);
  await expect(carols.add(dave)).rejects.toEqual(refused("forbidden"));
  await group.setRole(bob, "admin");
  await until(bob.tacit, () => bobs.myRole === "admin");
  await bobs.add(dave);
  await dave.chat(group);
  await expect(bobs.setTitle("Mine")).rejects.toEqual(refused("forbidden"));
  await group.handOver(carol);
  await until(carol.tacit, () => carols.myRole === "owner");
  await until(alice.tacit, () => group.myRole !== "owner");
  await carols.setTitle("Carol's");
  for (const device of [alice, bob, dave])
    await until(device.tacit, () => device.tacit.chats.get(group.id)?.title === "Carol's");
});

it("a group has a picture that all see, and that can be taken away", async () => {
  const group = await alice.tacit.chats.createGroup({ title: "Picture", members: [bob] });
  const octets = await sharp({ create: { width: 64, height: 64, channels: 3, background: "#08f" } })
    .png()
    .toBuffer();
  await group.setAvatar(new Blob([new Uint8Array(octets)], { type: "image/png" }));
  const shown = await bob.chat(group);
  const url = await until(bob.tacit, () => shown.avatarUrl);
  const picture = await fetch(url);
  expect(picture.status).toBe(200);
  expect(picture.headers.get("content-type")).toBe("image/webp");
  await expect(group.setAvatar(new Blob(["no picture"]))).rejects.toEqual(refused("invalid_image"));
  await group.setAvatar(null);
  await until(bob.tacit, () => shown.avatarUrl === undefined);
});

it("who leaves is out, and the others see it; an owner who leaves hands the group on", async () => {
  const group = await alice.tacit.chats.createGroup({ title: "Left", members: [bob, carol] });
  await (await carol.chat(group)).leave();
  await gone(carol, group);
  const note = await bob.message(group, ({ system }) => system?.event === "member_left");
  expect(note.system).toMatchObject({ actor_id: carol.id });
  await group.leave();
  await gone(alice, group);
  const shown = await bob.chat(group);
  await until(bob.tacit, () => shown.myRole === "owner");
  await until(bob.tacit, () => shown.memberCount === 1);
});

it("in a channel only the owner and admins write, and all read", async () => {
  const channel = await alice.tacit.chats.createChannel({ title: "News", members: [bob, carol] });
  expect(channel).toMatchObject({ kind: "channel", encrypted: true });
  await channel.send("headline");
  for (const device of [bob, carol]) expect((await device.message(channel, "headline")).verified).toBe(true);
  await (await bob.chat(channel)).send("comment");
  const failed = await bob.message(channel, ({ state }) => state === "failed");
  expect(failed.failure?.code).toBe("may_not_write");
});

it("a group that is not encrypted says so, and so do its messages", async () => {
  const group = await alice.tacit.chats.createGroup({
    title: "Town square",
    members: [bob],
    encrypted: false,
  });
  expect(group.encrypted).toBe(false);
  await group.send("hear ye");
  const received = await bob.message(group, "hear ye");
  expect(received).toMatchObject({ trust: "plain", verified: false });
  await group.add(carol);
  expect(await carol.message(group, "hear ye")).toMatchObject({ trust: "plain" });
});

it("a sixth favourite is one too many", async () => {
  const groups: Chat[] = [];
  for (let count = 0; count < 6; count++)
    groups.push(await dave.tacit.chats.createGroup({ title: `Favourite ${count}` }));
  const phone = await town.device(dave);
  for (const group of groups.slice(0, 5)) await group.setFavorite(true);
  await expect(groups[5]?.setFavorite(true)).rejects.toEqual(refused("too_many_favorites"));
  for (const device of [dave, phone])
    await until(device.tacit, () => device.tacit.chats.list().filter((chat) => chat.isFavorite).length === 5);
  await groups[0]?.setFavorite(false);
  await groups[5]?.setFavorite(true);
  await until(phone.tacit, () => phone.tacit.chats.get(groups[5]?.id ?? 0)?.isFavorite);
});

it("a chat is archived and muted on all my devices, and on nobody else's", async () => {
  const group = await dave.tacit.chats.createGroup({ title: "Noisy", members: [bob] });
  const phone = await town.device(dave);
  const shown = await phone.chat(group);
  await group.setArchived(true);
  const until8 = new Date(Date.now() + 8 * 60 * 60_000);
  await group.mute(until8);
  await until(phone.tacit, () => shown.isArchived && shown.mutedUntil?.getTime() === until8.getTime());
  const bobs = await bob.chat(group);
  expect(bobs).toMatchObject({ isArchived: false, mutedUntil: undefined });
  await group.mute(null);
  await until(phone.tacit, () => shown.mutedUntil === undefined);
});

it("who is blocked cannot write, and hears only that; unblocked, they can", async () => {
  const chat = await bob.tacit.chats.withUser(carol);
  await chat.send("hello");
  await carol.message(chat, "hello");
  await carol.tacit.people.block(bob);
  expect((await carol.tacit.people.blocked()).map(({ nickname }) => nickname)).toEqual(["Bob"]);
  await chat.send("why?");
  const failed = await bob.message(chat, ({ state }) => state === "failed");
  expect(failed).toMatchObject({ text: "why?", failure: { code: "blocked" } });
  expect(failed.failure?.message).toMatch(/^[A-Z].*\.$/);
  await carol.tacit.people.unblock(bob);
  await failed.retry();
  await carol.message(chat, "why?");
  expect(await carol.tacit.people.blocked()).toEqual([]);
});

it("who is blocked cannot open a chat", async () => {
  const eve = await town.device("Eve");
  await carol.tacit.people.block(eve);
  await expect(eve.tacit.chats.withUser(carol)).rejects.toEqual(refused("blocked"));
  expect(eve.tacit.chats.list()).toEqual([]);
});

it("an administrator of the server reads what was reported, and no more than that", async () => {
  const chat = await bob.tacit.chats.withUser(dave);
  await chat.send("buy now");
  const message = await dave.message(chat, "buy now");
  const messageIds = [message.id ?? 0];
  await dave.tacit.people.report(bob, {
    reason: "spam",
    chatId: chat.id,
    messageIds,
    revealed: [message.text],
  });
  const [report] = await alice.tacit.admin.reports();
  expect(report).toMatchObject({ reason: "spam", revealed: ["buy now"] });
  await expect(bob.tacit.admin.reports()).rejects.toEqual(refused("administrators_only"));
});

it("a profile that changes is seen by those who share a chat", async () => {
  const chat = await alice.tacit.chats.withUser(dave);
  await dave.chat(chat);
  await alice.tacit.account.setNickname("Alice B.");
  await until(dave.tacit, () => dave.tacit.chats.get(chat.id)?.title === "Alice B.");
  await until(alice.tacit, () => alice.tacit.me.nickname === "Alice B.");
});

it("people are found by a part of their name, and a username names one of them", async () => {
  const found = await alice.tacit.people.search("Carol");
  expect(found.map(({ id }) => id)).toContain(carol.id);
  const { username } = carol.tacit.me;
  expect(await alice.tacit.people.resolve(username.toUpperCase())).toBe(carol.id);
  await expect(alice.tacit.people.resolve("nobody of that name")).rejects.toEqual(refused("unknown_user"));
  await expect(alice.tacit.chats.createGroup({ title: "Empty", members: ["nobody"] })).rejects.toEqual(
    refused("unknown_user"),
  );
});
