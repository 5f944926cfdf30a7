import type { PublicKey } from "@tacit/protocol";
import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keyChange, TestIdentity, verifies } from "../keys/fixtures/identity.ts";
import { open, type Person, person, refused, send } from "../messages/fixtures/conversation.ts";
import { add, chatOf, remove } from "./fixtures/membership.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function group() {
  const people = await Promise.all(Array.from({ length: 3 }, () => person(server)));
  const [owner, member, guest] = people as [Person, Person, Person];
  return { owner, member, guest, chatId: await open(owner, "group", [member], { encrypted: true }) };
}

async function keysOf({ client }: Person, chatId: number) {
  const { body } = await client.get(`/chats/${chatId}/keys`, { expectStatus: 200 });
  return body as { members_version: number; keys: PublicKey[] };
}

const byId = (people: readonly Person[]) => people.map(({ id }) => id).sort((a, b) => a - b);

test("a member gets everybody's key as they have published it, and the version they belong to", async () => {
  const { owner, member, guest, chatId } = await group();
  await add(owner, chatId, guest);
  const { keys, members_version } = await keysOf(member, chatId);
  expect(keys.map(({ user_id }) => user_id)).toEqual(byId([owner, member, guest]));
  expect(members_version).toBe((await chatOf(owner, chatId)).members_version);
  for (const key of keys) {
    expect(verifies(key)).toBe(true);
    const { body } = await owner.client.get(`/users/${key.user_id}/public-key`, { expectStatus: 200 });
    expect(body).toEqual(key);
  }
});

test("what was encrypted with them is accepted until somebody comes, goes or changes keys", async () => {
  const { owner, member, guest, chatId } = await group();
  const encrypted = async () => {
    const { keys, members_version } = await keysOf(owner, chatId);
    const envelopes = Object.fromEntries(keys.map(({ user_id }) => [user_id, { key: "wrapped" }]));
    return { type: "send_message", chat_id: chatId, message: "sealed", envelopes, members_version };
  };
  const changes = [
    () => add(owner, chatId, guest),
    () => remove(owner, chatId, guest),
    async () => {
      const { password } = member.client.identity;
      const body = keyChange(password, new TestIdentity().next(2));
      await member.client.put("/users/me/keys", { body, expectStatus: 200 });
    },
  ];
  for (const change of changes) {
    const stale = await encrypted();
    await send(owner, chatId, stale);
    await change();
    expect(await refused(owner, stale)).toBe("stale_members");
    await send(owner, chatId, await encrypted());
  }
});

test("strangers and those who are out get none", async () => {
  const { owner, member, guest, chatId } = await group();
  await remove(owner, chatId, member);
  for (const { client } of [member, guest]) {
    const { body } = await client.get(`/chats/${chatId}/keys`, { expectStatus: 403 });
    expect(body.code).toBe("not_a_member");
  }
  await owner.client.get("/chats/9007199254740000/keys", { expectStatus: 403 });
});

test("whatever happens meanwhile, keys and version are of the same moment", async () => {
  const { owner, member, guest, chatId } = await group();
  const start = (await keysOf(owner, chatId)).members_version;
  let changes = 0;
  const changing = (async () => {
    for (; changes < 30; changes += 1)
      await (changes % 2 === 0 ? add(owner, chatId, guest) : remove(owner, chatId, guest));
  })();
  const seen = new Set<number>();
  while (changes < 30) {
    for (const { keys, members_version } of await Promise.all(
      Array.from({ length: 4 }, () => keysOf(member, chatId)),
    )) {
      seen.add(members_version);
      const isIn = (members_version - start) % 2 === 1;
      expect(keys.map(({ user_id }) => user_id)).toEqual(
        byId(isIn ? [owner, member, guest] : [owner, member]),
      );
    }
  }
  await changing;
  expect(seen.size).toBeGreaterThan(3);
});
