import type { Chat, EndpointDefinition, ResponseOf } from "@tacit/protocol";
import { chatEndpoints, messageEndpoints, syncEndpoints } from "@tacit/protocol";
import { startTestServer, TestClient, type TestServer, type TestSocket } from "@tacit/testkit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { newPerson, type Person } from "../fixtures/person.ts";
import { memory } from "../store/memory.ts";
import type { Api, CallInput } from "../transport/transport.ts";
import { type DeviceOptions, newSyncedDevice, type SyncedDevice, truthOf } from "./fixtures/synced-device.ts";

let server: TestServer;
let alice: Person;
let bob: TestClient;
let bobSocket: TestSocket;
const devices: SyncedDevice[] = [];

beforeAll(async () => {
  server = await startTestServer();
  alice = await newPerson(server, "Alice");
  bob = await TestClient.register(server);
  bobSocket = await bob.socket();
});
afterEach(async () => {
  for (const device of devices.splice(0)) await device.close();
});
afterAll(async () => {
  await bobSocket.close();
  await server.close();
});

async function open(options?: DeviceOptions, person: Person = alice): Promise<SyncedDevice> {
  const device = await newSyncedDevice(person, options);
  devices.push(device);
  device.connection.start();
  return device;
}

async function group(title = "Garden", members: readonly number[] = [alice.id]): Promise<number> {
  const { body } = await bob.post("/chats", {
    body: { kind: "group", title, user_ids: members },
    expectStatus: 200,
  });
  return body.id;
}

async function send(chatId: number, text: string, socket = bobSocket): Promise<number> {
  const answer = await socket.ask({
    type: "send_message",
    chat_id: chatId,
    message: text,
    client_message_id: crypto.randomUUID(),
  });
  if (answer.type !== "ok" || answer.message_id === undefined) throw new Error("not sent");
  return answer.message_id;
}

async function sendMany(chatId: number, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await send(chatId, `${index}`));
  return ids;
}

function arrivedIn(device: SyncedDevice, chatId: number): number[] {
  return device.told.flatMap((change) =>
    change.kind === "arrived" && change.chatId === chatId ? change.messageIds : [],
  );
}

/** Lets a test see and change what goes between a device and the server. */
function around(
  handle: <E extends EndpointDefinition>(
    endpoint: E,
    input: unknown,
    answer: () => Promise<ResponseOf<E>>,
  ) => Promise<unknown>,
): (api: Api) => Pick<Api, "call"> {
  return (api) => ({
    call: async <const E extends EndpointDefinition>(
      endpoint: E,
      input: CallInput<E>,
    ): Promise<ResponseOf<E>> =>
      // What stands between may say anything.
      (await handle(endpoint, input, () => api.call(endpoint, input))) as ResponseOf<E>,
  });
}

test("a new device has everything: chats, members, whole histories, the right number of unread messages", async () => {
  const chatId = await group();
  const ids = await sendMany(chatId, 5);
  await alice.client.post(`/chats/${chatId}/read`, { body: { message_id: ids[1] }, expectStatus: 200 });
  const device = await open();
  await device.untilTrue(chatId);
  expect(await device.view(chatId)).toEqual(await truthOf(alice.client, chatId));
  expect((await device.view(chatId))?.unread).toBe(3);
  expect(arrivedIn(device, chatId)).toEqual([]);
  expect(await device.store.get("profile", [bob.id])).toMatchObject({ nickname: bob.identity.nickname });
  expect(await device.store.keys("unindexed", { prefix: [chatId] })).toHaveLength(5);
});

test("what is sent, edited and deleted shows at once, and the last message is the last that is left", async () => {
  const chatId = await group();
  const device = await open();
  await device.untilTrue(chatId);
  const [first, second] = await sendMany(chatId, 2);
  await bobSocket.ask({ type: "edit_message", chat_id: chatId, message_id: first, message: "better" });
  await bobSocket.ask({ type: "delete_message", chat_id: chatId, message_id: second });
  await device.untilTrue(chatId);
  expect(await device.view(chatId)).toEqual(await truthOf(alice.client, chatId));
  expect((await device.view(chatId))?.lastMessageId).toBe(first);
  const message = await device.store.get("message", [chatId, first ?? 0]);
  expect(message).toMatchObject({ content: { text: "better" } });
  expect(arrivedIn(device, chatId)).toEqual([first, second]);
});

test("the first message of somebody new arrives, though its chat was not known", async () => {
  const device = await open();
  await device.until(async () =>
    device.told.some((change) => change.kind === "sync" && change.state === "up_to_date"),
  );
  const chatId = await group("New");
  const id = await send(chatId, "hello");
  await device.until(async () => arrivedIn(device, chatId).includes(id));
  await device.untilTrue(chatId);
  expect(await device.view(chatId)).toEqual(await truthOf(alice.client, chatId));
  expect(arrivedIn(device, chatId)).toEqual([id]);
});

test("what is written in a new chat arrives in its order, also what comes before its first page is here", async () => {
  let making: Promise<number> | undefined;
  const ids: number[] = [];
  const device = await open({
    around: around(async (endpoint: EndpointDefinition, _, answer) => {
      const chatId = await making;
      // Its first message is there when the chat is heard of, and the second comes while the first is fetched.
      if (endpoint === syncEndpoints.sync && chatId && ids.length === 0)
        ids.push(await send(chatId, "early"));
      const answered = await answer();
      if (endpoint === messageEndpoints.listMessages && chatId && ids.length === 1) {
        const late = await send(chatId, "late");
        ids.push(late);
        await device.until(async () => (await device.store.get("message", [chatId, late])) !== undefined);
      }
      return answered;
    }),
  });
  await device.until(async () =>
    device.told.some((change) => change.kind === "sync" && change.state === "up_to_date"),
  );
  making = group("In order");
  const chatId = await making;
  await device.until(async () => arrivedIn(device, chatId).length === 2);
  expect(arrivedIn(device, chatId)).toEqual(ids);
});

test("a device that was away has afterwards what it would have heard", async () => {
  const chatId = await group();
  const storage = memory();
  const before = await open({ storage });
  await send(chatId, "before");
  await before.untilTrue(chatId);
  await before.close();
  devices.splice(devices.indexOf(before), 1);
  const ids = await sendMany(chatId, 4);
  await bobSocket.ask({ type: "delete_message", chat_id: chatId, message_id: ids[0] });
  await bob.patch(`/chats/${chatId}`, { body: { title: "Orchard" }, expectStatus: 204 });
  const after = await open({ storage });
  await after.untilTrue(chatId);
  expect(await after.view(chatId)).toEqual(await truthOf(alice.client, chatId));
  expect(arrivedIn(after, chatId)).toEqual(ids.slice(1));
});

test("reading on one device counts on the other, and the sender sees it", async () => {
  const chatId = await group();
  const [one, other] = [await open(), await open()];
  await Promise.all([one.untilTrue(chatId), other.untilTrue(chatId)]);
  const ids = await sendMany(chatId, 3);
  await one.until(async () => (await one.view(chatId))?.unread === 3);
  await one.sync.markRead(chatId, ids[1]);
  expect((await one.view(chatId))?.unread).toBe(1);
  await other.until(async () => (await other.view(chatId))?.unread === 1);
  await bobSocket.next((frame) => frame.type === "message_read" && frame.last_read_message_id === ids[1]);
  await one.until(async () => (await one.store.get("chat", [chatId]))?.readToTell === undefined);
  await bobSocket.next(
    (frame) => frame.type === "message_delivered" && frame.last_delivered_message_id === ids[2],
  );
});

test("what was read without a connection is told with the next one, after a restart too", async () => {
  const chatId = await group();
  const [id] = await sendMany(chatId, 1);
  const storage = memory();
  const before = await open({ storage });
  await before.untilTrue(chatId);
  before.connection.close();
  await before.sync.markRead(chatId);
  expect((await before.view(chatId))?.unread).toBe(0);
  await before.close();
  devices.splice(devices.indexOf(before), 1);
  expect((await truthOf(alice.client, chatId))?.unread).toBe(1);
  const after = await open({ storage });
  await bobSocket.next((frame) => frame.type === "message_read" && frame.last_read_message_id === id);
  await after.untilTrue(chatId);
  expect(await after.view(chatId)).toEqual(await truthOf(alice.client, chatId));
});

test("a deletion of a message that is not here leaves the right number unread", async () => {
  const chatId = await group();
  const ids = await sendMany(chatId, 60);
  let isHeld = true;
  const hold = around(async (endpoint, _, answer) => {
    // Older history never comes.
    if (isHeld && endpoint.path === messageEndpoints.listMessages.path) return [];
    return await answer();
  });
  const device = await newSyncedDevice(alice, { around: (api) => hold(api) });
  devices.push(device);
  device.connection.start();
  await device.until(async () => (await device.view(chatId))?.unread === 60);
  isHeld = false;
  await bobSocket.ask({ type: "delete_message", chat_id: chatId, message_id: ids[3] });
  await device.until(async () => (await device.view(chatId))?.unread === 59);
  expect((await truthOf(alice.client, chatId))?.unread).toBe(59);
});

test("who is removed and added again has what they may have, and nothing else", async () => {
  const chatId = await group();
  const device = await open();
  await send(chatId, "one");
  await device.untilTrue(chatId);
  await bob.delete(`/chats/${chatId}/members/${alice.id}`, { expectStatus: 204 });
  await device.until(async () => (await device.view(chatId)) === undefined);
  expect(await device.store.keys("message", { prefix: [chatId] })).toEqual([]);
  expect(await device.store.keys("member", { prefix: [chatId] })).toEqual([]);
  await send(chatId, "two");
  await bob.post(`/chats/${chatId}/members`, { body: { user_id: alice.id }, expectStatus: 204 });
  await send(chatId, "three");
  await device.untilTrue(chatId);
  expect(await device.view(chatId)).toEqual(await truthOf(alice.client, chatId));
});

test("history that was refused while this person was out of the chat is loaded once they are back", async () => {
  const chatId = await group();
  await send(chatId, "one");
  let isFirst = true;
  let comeBack = () => {};
  const back = new Promise<void>((resolve) => {
    comeBack = resolve;
  });
  const unlucky = around(async (endpoint, input, answer) => {
    if (!isFirst || endpoint.path !== messageEndpoints.listMessages.path || !isFor(input, chatId))
      return await answer();
    isFirst = false;
    await bob.delete(`/chats/${chatId}/members/${alice.id}`, { expectStatus: 204 });
    try {
      return await answer();
    } finally {
      await bob.post(`/chats/${chatId}/members`, { body: { user_id: alice.id }, expectStatus: 204 });
      comeBack();
    }
  });
  const device = await open({ around: unlucky });
  await back;
  await device.untilTrue(chatId);
  expect(await device.view(chatId)).toEqual(await truthOf(alice.client, chatId));
});

test("a private chat that was left comes back with the next message, without what was before", async () => {
  const { body: chat } = await bob.post("/chats", {
    body: { kind: "private", user_ids: [alice.id] },
    expectStatus: 200,
  });
  const device = await open();
  await send(chat.id, "before");
  await device.untilTrue(chat.id);
  await alice.client.delete(`/chats/${chat.id}`, { expectStatus: 204 });
  await device.until(async () => (await device.view(chat.id)) === undefined);
  const id = await send(chat.id, "after");
  await device.untilTrue(chat.id);
  const view = await device.view(chat.id);
  expect(view).toEqual(await truthOf(alice.client, chat.id));
  expect(view?.messages.map((message) => message.id)).toEqual([id]);
});

test("a private chat that was left and reopened while this device was away loses what was before", async () => {
  const { body: chat } = await bob.post("/chats", {
    body: { kind: "private", user_ids: [alice.id] },
    expectStatus: 200,
  });
  const storage = memory();
  await send(chat.id, "before");
  const before = await open({ storage });
  await before.untilTrue(chat.id);
  await before.close();
  devices.splice(devices.indexOf(before), 1);
  await alice.client.delete(`/chats/${chat.id}`, { expectStatus: 204 });
  const id = await send(chat.id, "after");
  const after = await open({ storage });
  await after.untilTrue(chat.id);
  expect(await after.view(chat.id)).toEqual(await truthOf(alice.client, chat.id));
  expect((await after.view(chat.id))?.messages.map((message) => message.id)).toEqual([id]);
});

test("loading history goes on after a restart where it was", async () => {
  const chatId = await group();
  await sendMany(chatId, 120);
  const storage = memory();
  let pages = 0;
  const stalling = around(async (endpoint, input, answer) => {
    if (endpoint.path !== messageEndpoints.listMessages.path || !isFor(input, chatId)) return await answer();
    pages += 1;
    if (pages > 1) return await new Promise((_, reject) => signalOf(input).addEventListener("abort", reject));
    return await answer();
  });
  const before = await open({ storage, around: stalling });
  await before.until(async () => ((await before.view(chatId))?.messages.length ?? 0) > 0);
  const loaded = (await before.view(chatId))?.messages.length ?? 0;
  expect(loaded).toBe(50);
  await before.close();
  devices.splice(devices.indexOf(before), 1);
  const asked: unknown[] = [];
  const watching = around(async (endpoint, input, answer) => {
    if (endpoint.path === messageEndpoints.listMessages.path && isFor(input, chatId)) asked.push(input);
    return await answer();
  });
  const after = await open({ storage, around: watching });
  await after.untilTrue(chatId);
  expect(await after.view(chatId)).toEqual(await truthOf(alice.client, chatId));
  expect(asked).toHaveLength(1);
});

test("a server that has more to tell for ever is not asked for ever", async () => {
  let asked = 0;
  const endless = around(async (endpoint, _, answer) => {
    if (endpoint.path !== syncEndpoints.sync.path) return await answer();
    asked += 1;
    return { chats: [], changes: {}, removed: [], profiles: [], cursor: "always the same", more: true };
  });
  const device = await newSyncedDevice(alice, { around: endless });
  devices.push(device);
  await expect(device.sync.catchUp()).rejects.toMatchObject({ code: "bad_answer" });
  expect(asked).toBe(1);
});

test("a server whose chat is always ahead of its changes is not asked for ever", async () => {
  const chatId = await group();
  const storage = memory();
  const before = await open({ storage });
  await before.untilTrue(chatId);
  await before.close();
  devices.splice(devices.indexOf(before), 1);
  let asked = 0;
  const ahead = around(async (endpoint, _, answer) => {
    if (endpoint.path !== syncEndpoints.sync.path) return await answer();
    asked += 1;
    const chats = (await alice.client.get(chatEndpoints.listChats.path)).body.map((chat: Chat) => ({
      ...chat,
      seq: chat.seq + 5,
    }));
    return { chats, changes: {}, removed: [], profiles: [], cursor: `${asked}`, more: false };
  });
  const device = await newSyncedDevice(alice, { storage, around: ahead });
  devices.push(device);
  await expect(device.sync.catchUp()).rejects.toMatchObject({ code: "bad_answer" });
  expect(asked).toBeLessThan(5);
});

test("somebody who types is seen to, until they stop or are silent", async () => {
  const chatId = await group();
  const device = await open();
  await device.untilTrue(chatId);
  const end = device.sync.follow(chatId);
  await bobSocket.ask({ type: "join_chat", chat_id: chatId });
  // Joining is not answered here, and typing before it is heard by nobody: so it is typed until it is heard.
  await expect
    .poll(async () => {
      bobSocket.send({ type: "typing", chat_id: chatId, is_typing: true });
      await bobSocket.flushed();
      return typingOf(device);
    })
    .toContain(true);
  await device.until(async () => typingOf(device).at(-1) === false);
  end();
});

test("who of one's contacts is there is known after connecting, and when they come", async () => {
  const { body: chat } = await bob.post("/chats", {
    body: { kind: "private", user_ids: [alice.id] },
    expectStatus: 200,
  });
  const device = await open();
  await device.untilTrue(chat.id);
  await device.until(async () =>
    device.told.some((change) => change.kind === "presence" && change.userId === bob.id && change.online),
  );
});

function typingOf(device: SyncedDevice): boolean[] {
  return device.told.flatMap((change) => (change.kind === "typing" ? [change.isTyping] : []));
}

function isFor(input: unknown, chatId: number): boolean {
  return (input as CallInput<typeof messageEndpoints.listMessages>).params.id === chatId;
}

function signalOf(input: unknown): AbortSignal {
  const { signal } = input as { signal?: AbortSignal };
  if (!signal) throw new Error("it cannot be cancelled");
  return signal;
}
