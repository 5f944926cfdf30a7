import { endpoints } from "@tacit/protocol";
import { startTestServer, TestClient, type TestServer, type TestSocket } from "@tacit/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newPerson, type Person } from "../fixtures/person.ts";
import { newDevice, send as sendEncrypted, words } from "../messages/fixtures/device.ts";
import { newSyncedDevice, type SyncedDevice, truthOf } from "./fixtures/synced-device.ts";

let server: TestServer;
let alice: Person;
let bob: TestClient;
let carol: TestClient;
let bobSocket: TestSocket;
let aliceSocket: TestSocket;

beforeAll(async () => {
  server = await startTestServer();
  alice = await newPerson(server, "Alice");
  bob = await TestClient.register(server);
  carol = await TestClient.register(server);
  bobSocket = await bob.socket();
  aliceSocket = await alice.client.socket();
});
afterAll(async () => {
  await bobSocket.close();
  await aliceSocket.close();
  await server.close();
});

type Act =
  | { readonly do: "send"; readonly by: "alice" | "bob" }
  | { readonly do: "edit" | "delete" | "read"; readonly which: number; readonly device: number }
  | { readonly do: "carol" | "throw out" | "rename" }
  | { readonly do: "drop"; readonly device: number }
  /** Waits until a device is where the server is, so that not everything happens at once. */
  | { readonly do: "rest"; readonly device: number };

const which = fc.nat(40);
const device = fc.nat(1);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("send" as const), by: fc.constantFrom("bob", "bob", "alice") }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom("edit", "delete", "read"), which, device }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("carol", "throw out", "rename") }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("drop", "rest"), device }) },
);

class World {
  readonly chatId: number;
  readonly devices: readonly SyncedDevice[];
  readonly #ids: number[] = [];

  constructor(chatId: number, devices: readonly SyncedDevice[]) {
    this.chatId = chatId;
    this.devices = devices;
  }

  async act(act: Act): Promise<void> {
    const { chatId } = this;
    const chat_id = chatId;
    switch (act.do) {
      case "send":
        return await this.send(act.by);
      case "edit":
      case "delete": {
        const message_id = this.#pick(act.which);
        // Refused where it is somebody else's, or gone.
        if (message_id)
          await bobSocket.ask({ type: `${act.do}_message`, chat_id, message_id, message: "new" });
        return;
      }
      case "read":
        return await this.#device(act.device).sync.markRead(chatId, this.#pick(act.which));
      case "carol":
        return await this.#toggle(carol.id);
      case "throw out":
        await this.#toggle(alice.id);
        return await this.#toggle(alice.id);
      case "rename":
        await bob.patch(`/chats/${chatId}`, { body: { title: `${this.#ids.length}` }, expectStatus: 204 });
        return;
      case "drop":
        return this.#device(act.device).connection.restart();
      case "rest":
        return await this.#device(act.device).untilTrue(chatId);
    }
  }

  async send(by: "alice" | "bob"): Promise<void> {
    const socket = by === "bob" ? bobSocket : aliceSocket;
    const frame = { type: "send_message", chat_id: this.chatId, message: `${this.#ids.length}` };
    const answer = await socket.ask({ ...frame, client_message_id: crypto.randomUUID() });
    if (answer.type === "ok" && answer.message_id !== undefined) this.#ids.push(answer.message_id);
  }

  async #toggle(userId: number): Promise<void> {
    const { body: members } = await bob.get(`/chats/${this.chatId}/members`, { expectStatus: 200 });
    const isIn = members.some(({ user_id }: { user_id: number }) => user_id === userId);
    if (isIn) await bob.delete(`/chats/${this.chatId}/members/${userId}`, { expectStatus: 204 });
    else await bob.post(`/chats/${this.chatId}/members`, { body: { user_id: userId }, expectStatus: 204 });
  }

  #pick(which: number): number | undefined {
    return this.#ids[which % Math.max(this.#ids.length, 1)];
  }

  #device(index: number): SyncedDevice {
    const device = this.devices[index];
    if (!device) throw new Error("there is no such device");
    return device;
  }
}

test("whatever people do and whichever connections break, both devices end with what the server has", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30, size: "max" }), async (acts) => {
      const { body } = await bob.post("/chats", {
        body: { kind: "group", title: "Garden", user_ids: [alice.id] },
        expectStatus: 200,
      });
      const devices = [await newSyncedDevice(alice), await newSyncedDevice(alice)];
      const world = new World(body.id, devices);
      for (let count = 0; count < 3; count += 1) await world.send("bob");
      for (const { connection } of devices) connection.start();
      try {
        for (const act of acts) await world.act(act);
        // Once these are told, nothing moves any more.
        for (const { until, store } of devices)
          await until(async () => (await store.get("chat", [body.id]))?.readToTell === undefined);
        for (const device of devices) {
          await device.untilTrue(body.id);
          expect(await device.view(body.id)).toEqual(await truthOf(alice.client, body.id));
        }
      } finally {
        for (const device of devices) await device.close();
      }
    }),
    { numRuns: 8, endOnFailure: true },
  );
}, 120_000);

test("encrypted messages are read live, caught up and as history alike, each signed by its sender", async () => {
  const sender = await newDevice(await newPerson(server, "Dora"));
  const { id: chatId } = await sender.person.api.call(endpoints.chats.createChat, {
    body: { kind: "private", user_ids: [alice.id], encrypted: true },
  });
  const live = await newSyncedDevice(alice);
  live.connection.start();
  const text = (device: SyncedDevice) => async () => {
    const messages = await device.store.range("message", { prefix: [chatId] });
    return messages.map((message) => (message.deleted ? null : [message.trust, message.content?.text]));
  };
  await live.until(async () => (await live.store.get("chat", [chatId]))?.encrypted === true);
  const chat = await live.store.get("chat", [chatId]);
  if (!chat) throw new Error("it was there");
  await sender.store.write((write) => write.put("chat", [chatId], { ...chat, peerId: alice.id }));
  for (const word of ["one", "two", "three"]) await sendEncrypted(sender, chatId, { content: words(word) });
  await live.until(async () => (await text(live)()).length === 3);
  const late = await newSyncedDevice(alice);
  late.connection.start();
  await late.until(async () => (await text(late)()).length === 3);
  const expected = ["one", "two", "three"].map((word) => ["verified", word]);
  expect(await text(live)()).toEqual(expected);
  expect(await text(late)()).toEqual(expected);
  await live.close();
  await late.close();
  await sender.socket.close();
});
