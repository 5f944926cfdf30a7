import { afterAll, beforeAll, expect, it } from "vitest";
import { newDevice } from "./fixtures/attacked.ts";
import { DELAYS, type Device, startTown, type Town } from "./fixtures/town.ts";
import { until } from "./fixtures/until.ts";
import { type Chat, memory } from "./index.ts";
import type { Records } from "./store/storage.ts";

const COUNT = 350;

let town: Town;
let alice: Device;
let chat: Chat;
const written = Array.from({ length: COUNT }, (_, at) => `message ${at}`);
beforeAll(async () => {
  town = await startTown();
  const bob = await town.device("Bob");
  alice = await town.device("Alice");
  chat = await alice.tacit.chats.withUser(bob);
  for (const text of written) await chat.send(text);
  await alice.tacit.flush();
  await alice.message(chat, ({ text, id }) => text === written.at(-1) && id !== undefined);
}, 60_000);
afterAll(() => town.close());

it("a new device reads the whole history, newest first, each message once", async () => {
  const phone = await town.device(alice);
  const read: string[] = [];
  for await (const message of (await phone.chat(chat)).history()) {
    expect(message.verified).toBe(true);
    read.push(message.text);
  }
  expect(read).toEqual(written.toReversed());
  expect((await phone.chat(chat)).historyComplete).toBe(true);
});

it("a list is filled page by page, without gaps", async () => {
  const phone = await town.device(alice);
  const shown = await phone.chat(chat);
  const read: string[] = [];
  let before: number | undefined;
  do {
    const page = await shown.messages({ limit: 40, ...(before !== undefined && { before }) });
    read.unshift(...page.map(({ text }) => text));
    before = page[0]?.id;
  } while (before !== undefined);
  expect(read).toEqual(written);
});

it("a list goes on from a message to the newest, without gaps", async () => {
  const read: string[] = [];
  let after = (await chat.messages({ limit: 300 }))[0]?.id ?? 0;
  for (;;) {
    const page = await chat.messages({ after, limit: 40 });
    if (page.length === 0) break;
    read.push(...page.map(({ text }) => text));
    after = page.at(-1)?.id ?? after;
  }
  expect(read).toEqual(written.slice(-299));
});

it("without the network, a device shows what it has", async () => {
  const phone = await town.device(alice);
  await until(phone.tacit, () => phone.tacit.chats.get(chat.id)?.historyComplete);
  await phone.goOffline();
  await phone.restart();
  expect(phone.tacit.upToDate).toBe(false);
  expect(phone.tacit.me.nickname).toBe("Alice");
  expect(phone.tacit.chats.list().map(({ title }) => title)).toEqual(["Bob"]);
  const shown = phone.tacit.chats.get(chat.id);
  expect((await shown?.lastMessage())?.text).toBe(written.at(-1));
  const read: string[] = [];
  for await (const { text } of shown?.history() ?? []) read.push(text);
  expect(read).toEqual(written.toReversed());
  expect((await phone.tacit.search("message 217")).map(({ text }) => text)).toContain("message 217");
});

it("the newest message is known by itself, and one by its id", async () => {
  const last = await chat.lastMessage();
  expect(last?.text).toBe(written.at(-1));
  expect(await chat.message(last?.id ?? 0)).toMatchObject({ text: written.at(-1), key: last?.key });
  expect(await chat.message(1_000_000)).toBeUndefined();
});

it("a new device makes a long history searchable by itself, before anybody searches", async () => {
  const count = 2_100;
  const { id } = await alice.tacit.chats.createGroup({ title: "Log", encrypted: false });
  // Past the wire, because what is looked at is not sending.
  await town.server.sql`
    WITH chat AS (UPDATE chats SET seq = seq + ${count}, changed_at = now() WHERE id = ${id} RETURNING seq)
    INSERT INTO messages (chat_id, id, seq, sender_id, message, message_type)
    SELECT ${id}, nextval('message_ids'), chat.seq - ${count} + n, ${alice.id}, 'line ' || n, 'text'
    FROM chat, generate_series(1, ${count}::int) AS n ORDER BY n`;
  let records: Records | undefined;
  const storage = memory();
  const phone = await newDevice(
    alice.person,
    town.server,
    {
      ...storage,
      open: async () => {
        const opened = await storage.open();
        records = opened.records;
        return opened;
      },
    },
    DELAYS,
  );
  await using _ = { [Symbol.asyncDispose]: () => phone.close() };
  await expect.poll(() => records?.keys({ from: "index!", to: "index~" })).not.toEqual([]);
  await expect.poll(() => records?.keys({ from: "unindexed!", to: "unindexed~" })).toEqual([]);
  expect(await phone.search(`${count}`)).toHaveLength(1);
});
