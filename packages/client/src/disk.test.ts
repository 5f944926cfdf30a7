import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seen, until } from "./fixtures/attacked.ts";
import type { Person } from "./fixtures/person.ts";
import { leaksIn, SAID, type Secrets, type Stage, secretsOfPerson, setStage } from "./fixtures/stage.ts";
import { directory, type Storage, type Tacit } from "./index.ts";
import { openStore } from "./store/open-store.ts";

const FILE_NAME = "tax return of the goldsmith.pdf";
const FILE_TEXT = "what the goldsmith owes";
const TITLE = "Surprise for Gwendolyn";
const NICKNAME = "Bartholomew the Curious";
const WORD = "zanzibar";

let stage: Stage;
const places: string[] = [];

beforeAll(async () => {
  stage = await setStage();
});
afterAll(async () => {
  for (const place of places) await rm(place, { recursive: true, force: true });
  expect(await stage.close()).toEqual([]);
});

async function newPlace(): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), "tacit-disk-"));
  places.push(place);
  return join(place, "account");
}

const file = () => new File([FILE_TEXT.repeat(100)], FILE_NAME, { type: "application/pdf" });

/** Everything that leaves traces: messages both ways, files, an edit, the search, and what waits to be sent. */
async function live(storage: Storage, alice: Person, bob: Person): Promise<void> {
  const [device, his] = [await stage.device(alice, stage.hostile, storage), await stage.device(bob)];
  const chat = await device.chats.createGroup({ title: TITLE, members: [bob] });
  await chat.send({ text: SAID, files: [file()] });
  const hisChat = await until(his, () => his.chats.get(chat.id));
  await hisChat.send({ text: `${SAID}, or later`, files: [file()] });
  const messages = await until(device, async () => {
    const now = await chat.messages();
    return now.length === 2 && now.every(({ id }) => id !== undefined) && now;
  });
  await messages.find(({ isMine }) => isMine)?.edit(`${SAID}, at the latest`);
  await until(device, async () => (await chat.messages()).some(({ editedAt }) => editedAt));
  for (const message of await chat.messages()) await message.attachments[0]?.blob();
  await device.people.setVerified(bob, true);
  expect(await device.search(WORD)).toHaveLength(2);
  await waitWithFiles(device, chat.id);
  await Promise.all([device.close(), his.close()]);
}

/** Leaves a message with its file in the outbox. */
async function waitWithFiles(device: Tacit, chatId: number): Promise<void> {
  stage.hostile.attack = { request: ({ path }) => (path === "/media" ? "hang up" : undefined) };
  await device.chats.get(chatId)?.send({ text: `${SAID} as well`, files: [file()] });
  expect((await seen(device, chatId)).map(({ text }) => text)).toContain(`${SAID} as well`);
}

/** All that the device itself knows to be secret: what a message or an account was sealed with. */
async function keysIn(storage: Storage): Promise<Secrets> {
  const store = await openStore(storage);
  const rows = await Promise.all([store.range("account"), store.range("message"), store.range("outbox")]);
  await store.close();
  const [[account], messages, outbox] = rows;
  const keys = messages.flatMap((row) => (row.deleted ? [] : (row.content?.key ?? [])));
  expect(keys).toHaveLength(2);
  expect(outbox).toMatchObject([{ uploads: [{ attachment: { name: FILE_NAME } }] }]);
  const waiting = outbox.map(({ key }) => key);
  return [
    ["refresh token", account?.refreshToken ?? ""],
    ...[...keys, ...waiting].map((key) => ["message key", Buffer.from(key, "base64")] as const),
  ];
}

async function octetsIn(place: string): Promise<Buffer> {
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const names = files.map(({ name }) => Buffer.from(name));
  const contents = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name))));
  return Buffer.concat([...names, ...contents]);
}

it.each([
  ["a passphrase", { passphrase: `Passphrase ${randomUUID()}` }],
  ["no passphrase", {}],
])(
  "after a whole life with %s, nothing on the disk says who somebody is or what was said",
  async (_, options) => {
    const place = await newPlace();
    const storage = directory(place, options);
    stage.hostile.attack = {};
    const [alice, bob] = await Promise.all([stage.person("Alice Goldsmith"), stage.person(NICKNAME)]);
    await live(storage, alice, bob);
    const secrets: Secrets = [
      ...(await keysIn(storage)),
      ...secretsOfPerson(alice),
      ["what was said", SAID],
      ["a word of the search", WORD],
      ["a file's name", FILE_NAME],
      ["a file's content", FILE_TEXT],
      ["a title", TITLE],
      ["a nickname", NICKNAME],
      ["my own nickname", alice.client.identity.nickname],
      ["a username", bob.client.identity.username],
      ["the passphrase", "passphrase" in options ? options.passphrase : SAID],
    ];
    const octets = await octetsIn(place);
    expect(octets.length).toBeGreaterThan(10_000);
    expect(leaksIn(octets, secrets)).toEqual([]);
    stage.hostile.attack = {};
    const again = await stage.reopen(storage);
    expect(await again.search(WORD)).toHaveLength(2);
    await again.signOut();
    await expect(readdir(place)).rejects.toMatchObject({ code: "ENOENT" });
  },
);

it("the scan finds what lies open, however it is written", () => {
  const secret = "the goldsmith's Ümlaut";
  const octets = Buffer.from(secret);
  const written = [
    octets,
    Buffer.from(secret, "utf16le"),
    Buffer.from(secret, "utf16le").swap16(),
    ...[octets.toString("hex"), octets.toString("base64"), octets.toString("base64url")].map((text) =>
      Buffer.from(text),
    ),
    ...["a", "ab"].map((before) => Buffer.from(Buffer.from(before + secret).toString("base64"))),
    Buffer.from(JSON.stringify({ secret })),
    Buffer.from(encodeURIComponent(secret)),
  ];
  for (const one of written)
    expect(leaksIn(Buffer.concat([Buffer.alloc(9), one, Buffer.alloc(9)]), [["it", secret]])).toEqual(["it"]);
  expect(leaksIn(Buffer.from("the goldsmith"), [["it", secret]])).toEqual([]);
});
