import { generateKeyPair, startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestIdentity, verifies } from "./fixtures/identity.ts";
import { SMALL_ORDER_KEYS } from "./fixtures/small-order.ts";

let server: TestServer;
let reader: TestClient;

beforeAll(async () => {
  server = await startTestServer();
  reader = await TestClient.register(server);
});
afterAll(() => server.close());

it("the key of someone with an identity carries their own signature", async () => {
  const { client, identity } = await registerWithIdentity(7);
  const { body } = await reader.get(`/users/${client.id}/public-key`, { expectStatus: 200 });
  expect(body).toMatchObject({
    user_id: client.id,
    public_key: client.identity.publicKey,
    identity_key: identity.identityKey,
    key_version: 7,
    signed_by: "user",
  });
  expect(verifies(body)).toBe(true);
});

it("the key of someone without an identity carries the server's signature, always by the same key", async () => {
  const clients = [await TestClient.register(server), await TestClient.register(server)];
  const keys = await Promise.all(clients.map(({ id }) => reader.get(`/users/${id}/public-key`)));
  for (const { body } of keys) {
    expect(body).toMatchObject({ signed_by: "server", key_version: 1 });
    expect(verifies(body)).toBe(true);
    expect(verifies({ ...body, key_version: 2 })).toBe(false);
  }
  expect(new Set(keys.map(({ body }) => body.identity_key)).size).toBe(1);
});

it("a key in a format of its own is signed as the text that it is", async () => {
  const publicKey = "-----BEGIN PUBLIC KEY----- ключ";
  const client = await TestClient.register(server, { publicKey });
  const { body } = await reader.get(`/users/${client.id}/public-key`, { expectStatus: 200 });
  expect(body).toMatchObject({ public_key: publicKey, signed_by: "server" });
  expect(verifies(body, Buffer.from(publicKey, "utf8"))).toBe(true);
});

it("nobody registers with a key that their identity did not sign", async () => {
  const identity = new TestIdentity();
  const { public_key, ...fields } = identity.next(3);
  const attempts = [
    { ...fields, key_version: 4 },
    { ...fields, key_version: null },
    { ...fields, identity_key: new TestIdentity().identityKey },
    { ...fields, signature: Buffer.alloc(64).toString("base64") },
    { ...fields, signature: null },
    { ...fields, identity_key: null },
    { ...fields, pubk: "not thirty-two bytes" },
    { ...fields, pubk: new TestIdentity().next(3).public_key },
  ];
  for (const attempt of attempts) {
    const stranger = new TestClient(server, { publicKey: public_key });
    const answer = await stranger.post("/auth/register", {
      body: { ...registrationOf(stranger), ...attempt },
      expectStatus: 400,
    });
    expect(answer.body.code).toBe("invalid_key_signature");
  }
});

it("nobody registers with a signed key for which nobody could encrypt", async () => {
  for (const weak of SMALL_ORDER_KEYS) {
    const stranger = new TestClient(server, { publicKey: weak });
    const { public_key: _, ...fields } = new TestIdentity().next(1, weak);
    const { body } = await stranger.post("/auth/register", {
      body: { ...registrationOf(stranger), ...fields },
      expectStatus: 400,
    });
    expect(body).toMatchObject({
      code: "invalid_input",
      details: [{ path: "/pubk", message: "is not a usable X25519 key" }],
    });
  }
});

it("without an identity the key is whatever its owner says, as it always was", async () => {
  const client = await TestClient.register(server, { publicKey: Buffer.alloc(32).toString("base64") });
  expect((await reader.get(`/users/${client.id}/public-key`)).body.signed_by).toBe("server");
});

it("a refused registration leaves login and username free", async () => {
  const stranger = new TestClient(server);
  const { public_key: _, ...fields } = new TestIdentity().next(1);
  await stranger.post("/auth/register", {
    body: { ...registrationOf(stranger), ...fields },
    expectStatus: 400,
  });
  await stranger.post("/auth/register", { body: registrationOf(stranger), expectStatus: 200 });
});

it("an id that nobody has and one that is no id are told apart", async () => {
  const unknown = await reader.get("/users/9007199254740991/public-key", { expectStatus: 404 });
  expect(unknown.body.code).toBe("unknown_user");
  for (const id of ["0", "-1", "1.5", "abc", "9007199254740993", "1e3"]) {
    await reader.get(`/users/${id}/public-key`, { expectStatus: 400 });
  }
});

function registrationOf({ identity }: TestClient) {
  const { login, username, password, publicKey } = identity;
  return { login, username, password, pubk: publicKey, pkebymk: "sealed", pkebyrk: "sealed", salt: "salt" };
}

/** Someone who registers with a key signed by an identity of their own. */
async function registerWithIdentity(keyVersion = 1) {
  const identity = new TestIdentity();
  const keys = generateKeyPair();
  const { public_key: _, ...fields } = identity.next(keyVersion, keys.publicKey);
  return { identity, client: await TestClient.register(server, { ...keys, fields }) };
}
