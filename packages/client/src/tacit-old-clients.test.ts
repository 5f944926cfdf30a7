import { createDecipheriv } from "node:crypto";
import {
  decryptFor,
  encryptFor,
  startTestServer,
  TestClient,
  type TestServer,
  unwrapKey,
} from "@tacit/testkit";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { newPassword } from "./account/fixtures/device.ts";
import { newDevice } from "./fixtures/attacked.ts";
import { newPerson } from "./fixtures/person.ts";
import { proven, signedIn } from "./fixtures/registered.ts";
import { DELAYS } from "./fixtures/town.ts";
import { until } from "./fixtures/until.ts";
import { type Message, memory, Tacit } from "./index.ts";

let server: TestServer;
let alice: Tacit;
beforeAll(async () => {
  server = await startTestServer();
  alice = await newDevice(await newPerson(server, "Alice"), server, memory(), DELAYS);
  await alice.ready();
});
afterAll(async () => {
  await alice.close();
  await server.close();
});

const refused = (code: string) => expect.objectContaining({ code });

/** Somebody with an old client, and what it knows. */
async function oldPerson(nickname: string): Promise<TestClient> {
  return await TestClient.register(server, { nickname });
}

/** What an old client shows of a chat. */
async function shownTo(client: TestClient, chatId: number): Promise<string[]> {
  const { body } = await client.get(`/chats/${chatId}/messages`, { expectStatus: 200 });
  return body.map((message: Parameters<typeof decryptFor>[0]) =>
    decryptFor(message, client.id, client.identity.privateKey),
  );
}

/** As an old client opens a file: RFC 8439, with the tag at the end. */
function openWhole(key: string, nonce: string, octets: Uint8Array): Uint8Array {
  const [secret, iv] = [Buffer.from(key, "base64"), Buffer.from(nonce, "base64")];
  const decipher = createDecipheriv("chacha20-poly1305", secret, iv, { authTagLength: 16 });
  decipher.setAuthTag(octets.subarray(-16));
  return Buffer.concat([decipher.update(octets.subarray(0, -16)), decipher.final()]);
}

/** As an old client sends, to whoever is in the chat. */
async function sendFrom(
  client: TestClient,
  chatId: number,
  text: string,
  fields: object = {},
): Promise<void> {
  const { body: members } = await client.get(`/chats/${chatId}/members`, { expectStatus: 200 });
  const keys: Record<number, string> = {};
  for (const { user_id: id } of members)
    keys[id] = (await client.get(`/users/${id}/public-key`, { expectStatus: 200 })).body.public_key;
  const socket = await client.socket();
  const request_id = "send";
  socket.send({ type: "send_message", chat_id: chatId, request_id, ...encryptFor(text, keys), ...fields });
  await socket.next(
    (event: { type: string; request_id?: string }) => event.type === "ok" && event.request_id === request_id,
  );
  await socket.close();
}

const message = (tacit: Tacit, chatId: number, text: string): Promise<Message> =>
  until(tacit, async () =>
    (await tacit.chats.get(chatId)?.messages())?.find(
      (shown) => shown.text === text && shown.id !== undefined,
    ),
  );

it("a chat with an old client goes both ways, and says that nobody can verify the other side", async () => {
  const old = await oldPerson("Olga");
  const chat = await alice.chats.withUser(old.id);
  await chat.send("can you read this?");
  const sent = await message(alice, chat.id, "can you read this?");
  expect(await shownTo(old, chat.id)).toEqual(["can you read this?"]);
  await sendFrom(old, chat.id, "yes!", { reply_to_message_id: sent.id });
  const reply = await message(alice, chat.id, "yes!");
  expect(reply).toMatchObject({ trust: "unverified_sender", verified: false, replyToId: sent.id });
  expect(await alice.people.identity(old.id)).toMatchObject({ signedBy: "server", changed: false });
  await expect(alice.people.safetyNumber(old.id)).rejects.toEqual(refused("not_possible"));
});

it("a chat that an old client made is encrypted, too", async () => {
  const old = await oldPerson("Otto");
  const body = { kind: "private", user_ids: [alice.id] };
  const { id } = (await old.post("/chats", { body, expectStatus: 200 })).body;
  await sendFrom(old, id, "hello there");
  expect(await message(alice, id, "hello there")).toMatchObject({ trust: "unverified_sender" });
  const chat = alice.chats.get(id);
  await chat?.send("hello back");
  await message(alice, id, "hello back");
  const { body: stored } = await old.get(`/chats/${id}/messages`);
  expect(stored[1].message).not.toContain("hello back");
  expect(await shownTo(old, id)).toEqual(["hello there", "hello back"]);
  const own = await message(alice, id, "hello back");
  await own.edit("hello again");
  await message(alice, id, "hello again");
  await alice.flush();
  expect(await shownTo(old, id)).toEqual(["hello there", "hello again"]);
});

it("an old client gets a file in one piece and under its true name, and can open it", async () => {
  const old = await oldPerson("Olaf");
  const chat = await alice.chats.withUser(old.id);
  const octets = new TextEncoder().encode("the minutes of the meeting");
  await chat.send({ text: "here", files: [new File([octets], "minutes.txt", { type: "text/plain" })] });
  const sent = await message(alice, chat.id, "here");
  expect(await sent.attachments[0]?.blob().then((blob) => blob.text())).toBe("the minutes of the meeting");
  const { body } = await old.get(`/chats/${chat.id}/messages`);
  expect(await shownTo(old, chat.id)).toEqual(["here"]);
  const [entry] = body[0].metadata;
  expect(entry).toMatchObject({ filename: "minutes.txt", mimetype: "text/plain", size: octets.length });
  const key = unwrapKey(body[0].envelopes[old.id], old.identity.privateKey);
  const stored = await fetch(`${server.url}/media/${entry.file_id}`, {
    headers: { authorization: `Bearer ${old.token}` },
  });
  const opened = openWhole(key, entry.nonce, new Uint8Array(await stored.arrayBuffer()));
  expect(new TextDecoder().decode(opened)).toBe("the minutes of the meeting");
});

it("an account of an old client is upgraded, and what was before stays readable: nothing looks forged or is marked as verified", async () => {
  const old = await oldPerson("Odette");
  const chat = await alice.chats.withUser(old.id);
  await chat.send("from Alice, before");
  await message(alice, chat.id, "from Alice, before");
  await sendFrom(old, chat.id, "mine, before");
  await message(alice, chat.id, "mine, before");
  const other = await oldPerson("Otis");
  const body = { kind: "private", user_ids: [other.id] };
  const { id: withOther } = (await old.post("/chats", { body, expectStatus: 200 })).body;
  await sendFrom(old, withOther, "to another old one");
  await sendFrom(other, withOther, "from another old one");

  const { login, password } = old.identity;
  const storage = memory();
  const device = { server: server.url, storage, delays: DELAYS };
  await expect(Tacit.login({ ...device, login, password })).rejects.toEqual(refused("invalid_credentials"));
  const fresh = newPassword();
  const upgrade = { login, password, newPassword: fresh, serverMayLearnPassword: true } as const;
  const odette = await proven(await Tacit.loginOldAccount({ ...device, ...upgrade }));
  onTestFinished(() => odette.close());
  const before = await message(odette, chat.id, "mine, before");
  expect(before).toMatchObject({ trust: "unverified_sender", isMine: true, unreadable: undefined });
  expect((await message(odette, chat.id, "from Alice, before")).verified).toBe(true);
  for (const text of ["to another old one", "from another old one"])
    expect((await message(odette, withOther, text)).trust).toBe("unverified_sender");

  await odette.chats.get(chat.id)?.send("mine, after");
  expect((await message(alice, chat.id, "mine, after")).verified).toBe(true);
  expect((await message(odette, chat.id, "mine, after")).verified).toBe(true);
  expect(await message(alice, chat.id, "mine, before")).toMatchObject({ trust: "unverified_sender" });

  // Another device of hers knows it from her vault, and this one after a restart.
  const phone = await signedIn({ server: server.url, login, password: fresh });
  onTestFinished(() => phone.close());
  expect(await message(phone, chat.id, "mine, before")).toMatchObject({ trust: "unverified_sender" });
  await odette.close();
  const again = await Tacit.open({ storage, delays: DELAYS });
  onTestFinished(() => again.close());
  await again.ready();
  expect(await message(again, chat.id, "mine, before")).toMatchObject({ trust: "unverified_sender" });
  await expect(Tacit.loginOldAccount({ ...device, ...upgrade, storage: memory() })).rejects.toEqual(
    refused("not_possible"),
  );
});

it("an upgrade that one device began and another found done leaves the history readable, too", async () => {
  const old = await oldPerson("Ophelia");
  const chat = await alice.chats.withUser(old.id);
  await sendFrom(old, chat.id, "mine, before");
  const { login, password } = old.identity;
  const options = { server: server.url, login, password, delays: DELAYS };
  const upgrade = { ...options, serverMayLearnPassword: true } as const;
  await (await Tacit.loginOldAccount({ ...upgrade, storage: memory() })).close();
  const storage = memory();
  await expect(Tacit.loginOldAccount({ ...upgrade, storage })).rejects.toEqual(refused("not_possible"));
  // What has to be noted about the history is not forgotten before there is time for it.
  await (await Tacit.login({ ...options, storage })).close();
  const ophelia = await Tacit.open({ storage, delays: DELAYS });
  onTestFinished(() => ophelia.close());
  await ophelia.ready();
  const shown = await message(ophelia, chat.id, "mine, before");
  expect(shown).toMatchObject({ trust: "unverified_sender", isMine: true });
});
