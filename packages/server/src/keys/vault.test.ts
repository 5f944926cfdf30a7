import { randomBytes } from "node:crypto";
import { LIMITS } from "@tacit/protocol";
import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

let server: TestServer;
let client: TestClient;

beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  client = await TestClient.register(server);
});
afterAll(() => server.close());

async function store(body: Uint8Array, ifMatch?: string, who = client) {
  const headers = { "content-type": "application/octet-stream", ...(ifMatch ? { "if-match": ifMatch } : {}) };
  const answer = await who.put("/users/me/vault", { body, headers });
  return { status: answer.status, etag: answer.headers.etag ?? "", code: answer.body?.code };
}

it("there is no vault until one is stored", async () => {
  const answer = await client.get("/users/me/vault", { expectStatus: 404 });
  expect(answer.body.code).toBe("not_found");
});

it("another device reads exactly the bytes that were stored", async () => {
  const sealed = randomBytes(5_000);
  const { status, etag } = await store(sealed);
  expect(status).toBe(204);
  expect(etag).toMatch(/^"[\w-]+"$/);
  const device = await client.onAnotherDevice();
  const answer = await device.get("/users/me/vault", { expectStatus: 200 });
  expect(sealed.equals(answer.body)).toBe(true);
  expect(answer.headers).toMatchObject({ etag, "content-type": "application/octet-stream" });
  expect(answer.headers["cache-control"]).toContain("private");
});

it("what a device has already is not sent again", async () => {
  const { etag } = await store(randomBytes(100));
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const answer = await client.get("/users/me/vault", {
      headers: { "if-none-match": tag },
      expectStatus: 304,
    });
    expect(answer.body).toBeUndefined();
    expect(answer.headers.etag).toBe(etag);
  }
  await client.get("/users/me/vault", { headers: { "if-none-match": '"other"' }, expectStatus: 200 });
});

it("only the version that one has read can be overwritten", async () => {
  const first = await store(Buffer.from("first"));
  expect(await store(Buffer.from("second"))).toMatchObject({ status: 412, code: "vault_changed" });
  expect(await store(Buffer.from("second"), '"another"')).toMatchObject({ status: 412 });
  expect(await store(Buffer.from("second"), `W/${first.etag}`)).toMatchObject({ status: 412 });
  const second = await store(Buffer.from("second"), first.etag);
  expect(second.status).toBe(204);
  expect(second.etag).not.toBe(first.etag);
  expect(await store(Buffer.from("third"), first.etag)).toMatchObject({ status: 412 });
  expect((await client.get("/users/me/vault")).body.toString()).toBe("second");
  expect((await store(Buffer.from("third"), `"x", ${second.etag}`)).status).toBe(204);
});

it("`*` overwrites any version, but is not there before the first", async () => {
  expect(await store(Buffer.from("first"), "*")).toMatchObject({ status: 412 });
  expect(await store(Buffer.from("first"), '"x"')).toMatchObject({ status: 412 });
  await store(Buffer.from("first"));
  expect((await store(Buffer.from("second"), "*")).status).toBe(204);
});

it("of two devices that write at once, one succeeds and the other is told", async () => {
  const device = await client.onAnotherDevice();
  const first = await Promise.all([store(Buffer.from("a")), store(Buffer.from("b"), undefined, device)]);
  expect(first.map(({ status }) => status).sort()).toEqual([204, 412]);
  const etag = (await client.get("/users/me/vault")).headers.etag;
  const second = await Promise.all([store(Buffer.from("c"), etag), store(Buffer.from("d"), etag, device)]);
  expect(second.map(({ status }) => status).sort()).toEqual([204, 412]);
});

it("a vault holds up to 256 KiB and not a byte more", async () => {
  const { status, etag } = await store(randomBytes(LIMITS.vaultBytes));
  expect(status).toBe(204);
  expect(await store(randomBytes(LIMITS.vaultBytes + 1), etag)).toMatchObject({
    status: 413,
    code: "body_too_large",
  });
  expect((await client.get("/users/me/vault")).body.length).toBe(LIMITS.vaultBytes);
});

it("something that is no sealed blob is refused", async () => {
  expect(await store(Buffer.alloc(0))).toMatchObject({ status: 400 });
  await client.put("/users/me/vault", { body: { a: 1 }, expectStatus: 415 });
});

it("everyone has a vault of their own", async () => {
  const other = await TestClient.register(server);
  await store(Buffer.from("mine"));
  await other.get("/users/me/vault", { expectStatus: 404 });
  expect((await store(Buffer.from("theirs"), undefined, other)).status).toBe(204);
  expect((await client.get("/users/me/vault")).body.toString()).toBe("mine");
});
