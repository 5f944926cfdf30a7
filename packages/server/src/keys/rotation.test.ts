import { generateKeyPair, startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { keyChange, TestIdentity, verifies } from "./fixtures/identity.ts";
import { SMALL_ORDER_KEYS } from "./fixtures/small-order.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

it("a new key is what everyone sees next, and its bundle what my other devices get", async () => {
  const { client, identity } = await registerWithIdentity();
  const reader = await TestClient.register(server);
  const change = keyChange(client.identity.password, identity.next(2));
  const { body } = await client.put("/users/me/keys", { body: change, expectStatus: 200 });
  expect(body).toMatchObject({
    user_id: client.id,
    public_key: change.public_key,
    key_version: 2,
    signed_by: "user",
  });
  expect(verifies(body)).toBe(true);
  expect((await reader.get(`/users/${client.id}/public-key`)).body).toEqual(body);
  expect((await client.get("/users/me")).body.key_version).toBe(2);
  const device = await client.onAnotherDevice();
  const { pkebymk, pkebyrk, salt } = change;
  expect((await device.get("/users/me/keys")).body).toEqual({
    pkebymk,
    pkebyrk,
    salt,
    kdf: null,
    key_version: 2,
  });
});

it("an account without an identity gets one with its next key", async () => {
  const client = await TestClient.register(server);
  const change = keyChange(client.identity.password, new TestIdentity().next(2));
  const { body } = await client.put("/users/me/keys", { body: change, expectStatus: 200 });
  expect(body).toMatchObject({ signed_by: "user", identity_key: change.identity_key });
});

it("the way in which the password is derived survives a new key", async () => {
  const kdf = { v: 2, alg: "argon2id", m: 65_536, t: 3, p: 1 };
  const client = await TestClient.register(server, { fields: { kdf } });
  await client.put("/users/me/keys", {
    body: keyChange(client.identity.password, new TestIdentity().next(2)),
    expectStatus: 200,
  });
  expect((await client.get("/users/me/keys")).body.kdf).toEqual(kdf);
});

it("a refused key change changes nothing", async () => {
  const { client, identity } = await registerWithIdentity();
  const before = await stateOf(client);
  const good = keyChange(client.identity.password, identity.next(2));
  const refused = [
    [409, "key_version_conflict", keyChange(client.identity.password, identity.next(1))],
    [409, "key_version_conflict", keyChange(client.identity.password, identity.next(3))],
    [409, "key_version_conflict", keyChange(client.identity.password, identity.next(0))],
    [400, "invalid_key_signature", { ...good, signature: identity.next(2).signature }],
    [400, "invalid_key_signature", { ...good, key_version: 3 }],
    [400, "invalid_input", { ...good, public_key: "short" }],
    [400, "invalid_input", { ...good, identity_key: null }],
    [400, "invalid_input", { ...good, pkebyrk: "" }],
    [400, "invalid_input", { ...good, key_version: "2" }],
    [403, "wrong_password", { ...good, current_password: "not my password" }],
  ] as const;
  for (const [status, code, body] of refused) {
    const answer = await client.put("/users/me/keys", { body, expectStatus: status });
    expect(answer.body.code).toBe(code);
    expect(await stateOf(client)).toEqual(before);
  }
  await client.put("/users/me/keys", { body: good, expectStatus: 200 });
});

it("a new key for which nobody could encrypt is refused, and the old one stays", async () => {
  const { client, identity } = await registerWithIdentity();
  const before = await stateOf(client);
  for (const weak of SMALL_ORDER_KEYS) {
    const { body } = await client.put("/users/me/keys", {
      body: keyChange(client.identity.password, identity.next(2, weak)),
      expectStatus: 400,
    });
    expect(body).toMatchObject({ code: "invalid_input", details: [{ path: "/public_key" }] });
  }
  expect(await stateOf(client)).toEqual(before);
});

it("of two devices that change the key at once, one succeeds and the other is told", async () => {
  const { client, identity } = await registerWithIdentity();
  const device = await client.onAnotherDevice();
  const changes = [
    keyChange(client.identity.password, identity.next(2)),
    keyChange(client.identity.password, identity.next(2)),
  ];
  const answers = await Promise.all(
    [client, device].map((who, index) => who.put("/users/me/keys", { body: changes[index] })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const winner = changes[answers.findIndex(({ status }) => status === 200)];
  expect((await client.get(`/users/${client.id}/public-key`)).body.public_key).toBe(winner?.public_key);
  expect((await client.get("/users/me/keys")).body.pkebymk).toBe(winner?.pkebymk);
});

it("whoever shares a chat and my own devices hear of a new key; strangers do not", async () => {
  const { client, identity } = await registerWithIdentity();
  const friend = await TestClient.register(server);
  const stranger = await TestClient.register(server);
  const chat = await client.post("/chats", {
    body: { kind: "private", user_ids: [friend.id] },
    expectStatus: 200,
  });
  await using mine = await client.socket();
  await using theirs = await friend.socket();
  await using others = await stranger.socket();
  await client.put("/users/me/keys", {
    body: keyChange(client.identity.password, identity.next(2)),
    expectStatus: 200,
  });
  const event = { type: "key_updated", user_id: client.id, key_version: 2 };
  expect(await mine.next("key_updated")).toEqual(event);
  expect(await theirs.next("key_updated")).toEqual(event);
  await others.flushed();
  expect(others.frames.filter(({ type }) => type === "key_updated")).toEqual([]);
  const { body: chats } = await friend.get("/chats");
  const now = chats.find(({ id }: { id: number }) => id === chat.body.id);
  expect(now.members_version).toBe(chat.body.members_version + 1);
});

it("a refused key change leaves the chats as they were", async () => {
  const { client, identity } = await registerWithIdentity();
  const friend = await TestClient.register(server);
  const { body: chat } = await client.post("/chats", { body: { kind: "private", user_ids: [friend.id] } });
  await client.put("/users/me/keys", {
    body: keyChange(client.identity.password, identity.next(3)),
    expectStatus: 409,
  });
  const [now] = (await client.get("/chats")).body;
  expect(now.members_version).toBe(chat.members_version);
});

async function stateOf(client: TestClient) {
  const [key, bundle] = [
    await client.get(`/users/${client.id}/public-key`),
    await client.get("/users/me/keys"),
  ];
  return { key: key.body, bundle: bundle.body };
}

/** Someone who registers with a key signed by an identity of their own. */
async function registerWithIdentity(keyVersion = 1) {
  const identity = new TestIdentity();
  const keys = generateKeyPair();
  const { public_key: _, ...fields } = identity.next(keyVersion, keys.publicKey);
  return { identity, client: await TestClient.register(server, { ...keys, fields }) };
}
