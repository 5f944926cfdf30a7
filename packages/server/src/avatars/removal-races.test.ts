import { startTestServer, type TestServer } from "@tacit/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BackgroundWork } from "../background-work.ts";
import { localBus } from "../bus/local.ts";
import { setAvatar } from "../chats/appearance.ts";
import { type Database, openDatabase } from "../db/database.ts";
import { open, type Person, person } from "../messages/fixtures/conversation.ts";
import { createProfiles } from "../users/profiles.ts";
import { tidied } from "./fixtures/people.ts";
import { startRemoval } from "./removal.ts";
import type { Picture } from "./service.ts";
import { keepAvatar, removeReleased } from "./store.ts";

let server: TestServer;
let database: Database;
/** Of two nodes; the server has a third. */
let removals: readonly BackgroundWork[];
const failures: unknown[] = [];

beforeAll(async () => {
  server = await startTestServer();
  database = openDatabase(server.config.database as Parameters<typeof openDatabase>[0]);
  const log = { warn: (failure: unknown) => failures.push(failure) };
  removals = [startRemoval({ database, log }), startRemoval({ database, log })];
});
afterAll(async () => {
  await Promise.all(removals.map((removal) => removal.close()));
  await database.close();
  await server.close();
});

const PEOPLE = 4;
const PICTURES: readonly Picture[] = ["a.webp", "b.webp"].map((path) => ({
  path,
  keep: (sql) => keepAvatar(sql, path, Buffer.from(path)),
}));

const change = fc.record({
  /** The last one is the owner of a chat, and changes its picture. */
  who: fc.nat({ max: PEOPLE }),
  picture: fc.option(fc.constantFrom(...PICTURES), { nil: null }),
});
const changes = fc.array(change, { minLength: 60, maxLength: 120, size: "max" });

test("people who set and take off the same few pictures at once: every picture in use is there, and no other", async () => {
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => person(server)));
  const owner = people[0] as Person;
  const chatId = await open(owner, "group", []);
  const dependencies = { database, bus: localBus() };
  const profiles = createProfiles({ ...dependencies, peersOf: async () => [] });
  const set = (who: number, picture: Picture | null) => {
    const user = people[who];
    return user ? profiles.setAvatar(user.id, picture) : setAvatar(dependencies, chatId, owner.id, picture);
  };
  const run = async (mine: readonly { who: number; picture: Picture | null }[]) => {
    for (const { who, picture } of mine) {
      await set(who, picture);
      for (const removal of removals) removal.resume();
    }
  };
  const each = Array.from({ length: PEOPLE + 1 }, (_, index) => index);
  await fc.assert(
    fc.asyncProperty(changes, async (all) => {
      await Promise.all(each.map((index) => run(all.filter(({ who }) => who === index))));
      for (const removal of removals) removal.resume();
      await tidied(server);
      expect(await missing()).toEqual([]);
      expect(await unused()).toEqual([]);
    }),
    { numRuns: 20, endOnFailure: true },
  );
  expect(failures).toEqual([]);
}, 60_000);

test("a picture that somebody is setting while it is looked at for removal stays", async () => {
  const { id } = await person(server);
  await server.sql`INSERT INTO avatars (path, image) VALUES ('set-first.webp', '')`;
  let looking: Promise<boolean> | undefined;
  await database.transaction(async (sql) => {
    await sql`UPDATE users SET avatar = 'set-first.webp' WHERE id = ${id}`;
    await keepAvatar(sql, "set-first.webp", Buffer.from("set first"));
    await server.sql`INSERT INTO released_avatars (path) VALUES ('set-first.webp')`;
    looking = database.transaction(removeReleased);
    await expect.poll(waitingForLocks, { timeout: 4_000 }).toBe(1);
  });
  expect(await looking).toBe(true);
  expect(await missing()).toEqual([]);
});

test("a picture that is being removed while somebody sets it is there again", async () => {
  const { id } = await person(server);
  await server.sql`INSERT INTO avatars (path, image) VALUES ('removed-first.webp', '')`;
  await server.sql`INSERT INTO released_avatars (path) VALUES ('removed-first.webp')`;
  let setting: Promise<void> | undefined;
  await database.transaction(async (sql) => {
    await removeReleased(sql);
    setting = database.transaction(async (other) => {
      await other`UPDATE users SET avatar = 'removed-first.webp' WHERE id = ${id}`;
      await keepAvatar(other, "removed-first.webp", Buffer.from("removed first"));
    });
    await expect.poll(waitingForLocks, { timeout: 4_000 }).toBe(1);
  });
  await setting;
  expect(await missing()).toEqual([]);
});

async function waitingForLocks(): Promise<number> {
  const rows = await server.sql`
    SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return rows.length;
}

const missing = () => server.sql`
  SELECT avatar FROM (SELECT avatar FROM users UNION SELECT avatar FROM chats) AS used
  WHERE avatar IS NOT NULL AND avatar NOT IN (SELECT path FROM avatars)`;

const unused = () => server.sql`
  SELECT path FROM avatars
  WHERE path NOT IN (SELECT avatar FROM users WHERE avatar IS NOT NULL)
    AND path NOT IN (SELECT avatar FROM chats WHERE avatar IS NOT NULL)`;
