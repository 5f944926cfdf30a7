import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { SocketRefused, startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let server: TestServer;
let ann: TestClient;
let key: Buffer;

beforeAll(async () => {
  server = await startTestServer();
  ann = await TestClient.register(server);
  const [row] = await server.sql`SELECT value FROM instance_secrets WHERE name = 'access_token'`;
  key = row?.value;
});
afterAll(() => server.close());

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const seconds = () => Math.floor(Date.now() / 1000);

/** A token made without the server's code, good unless told otherwise. */
function forge(
  claims: Record<string, unknown> = {},
  alg = "HS256",
  hash = "sha256",
  secret: Buffer = key,
): string {
  const good = {
    sub: ann.id,
    sid: ann.sessionId,
    token_type: "access",
    iat: seconds(),
    exp: seconds() + 900,
  };
  const input = `${encode({ alg, typ: "JWT" })}.${encode({ ...good, ...claims })}`;
  return `${input}.${createHmac(hash, secret).update(input).digest("base64url")}`;
}

async function statusOf(token: string): Promise<number> {
  return (await ann.get("/users/me", { token })).status;
}

it("a token made with the instance's key as the contract says is accepted", async () => {
  expect(await statusOf(forge())).toBe(200);
});

describe("a token is refused", () => {
  it.each<[string, () => string]>([
    ["that has expired", () => forge({ iat: seconds() - 1000, exp: seconds() - 1 })],
    ["without an expiry", () => forge({ exp: undefined })],
    ["that is of another type", () => forge({ token_type: "refresh" })],
    ["without a type", () => forge({ token_type: undefined })],
    ["signed with HS384 and the right key", () => forge({}, "HS384", "sha384")],
    ["signed with HS512 and the right key", () => forge({}, "HS512", "sha512")],
    ["that says HS512 and is signed with HS256", () => forge({}, "HS512")],
    ["signed with another key", () => forge({}, "HS256", "sha256", Buffer.alloc(32))],
    ["without a signature", () => forge().replace(/[^.]+$/, "")],
    ["with the algorithm none", () => `${encode({ alg: "none" })}.${forge().split(".")[1]}.`],
    ["with the algorithm None and a signature", () => forge({}, "None")],
    ["signed with RS256", rsaSigned],
    ["whose subject is somebody else", () => forge({ sub: ann.id + 1 })],
    ["whose subject is a text", () => forge({ sub: String(ann.id) })],
    ["of a session that never was", () => forge({ sid: crypto.randomUUID() })],
    ["whose session is no UUID", () => forge({ sid: "1" })],
    ["whose session is no text", () => forge({ sid: { a: 1 } })],
    ["that was cut", () => forge().slice(0, -3)],
    ["that is nonsense", () => "a.b.c"],
  ])("%s", async (_, make) => {
    const answer = await ann.get("/users/me", { token: make() });
    expect([answer.status, answer.body.code]).toEqual([401, "unauthorized"]);
  });

  it("whose claims were changed", async () => {
    const [header, , signature] = forge().split(".");
    expect(
      await statusOf(
        `${header}.${encode({ sub: 1, sid: ann.sessionId, token_type: "access" })}.${signature}`,
      ),
    ).toBe(401);
  });

  it("once it expires, though it was accepted a moment before", async () => {
    const token = forge({ exp: seconds() + 2 });
    expect(await statusOf(token)).toBe(200);
    await expect.poll(() => statusOf(token), { timeout: 5_000, interval: 200 }).toBe(401);
  });

  it("by the WebSocket as well", async () => {
    for (const token of [forge({ exp: seconds() - 1 }), forge({ token_type: "refresh" }), null]) {
      await expect(ann.socket({ token })).rejects.toThrow(new SocketRefused(401).message);
    }
  });
});

it.each([
  ["none", undefined],
  ["an empty one", ""],
  ["another scheme", "Basic YWxhZGRpbjpvcGVuc2VzYW1l"],
  ["the token without a scheme", "TOKEN"],
  ["two tokens", "Bearer TOKEN TOKEN"],
  ["Bearer alone", "Bearer "],
])("an Authorization header with %s gets 401", async (_, header) => {
  const authorization = header?.replaceAll("TOKEN", ann.token ?? "");
  const answer = await ann.get("/users/me", {
    token: null,
    headers: authorization === undefined ? {} : { authorization },
  });
  expect([answer.status, answer.body.code]).toEqual([401, "unauthorized"]);
});

it("the scheme may be written in any case", async () => {
  const headers = { authorization: `bearer ${ann.token}` };
  expect((await ann.get("/users/me", { token: null, headers })).status).toBe(200);
});

function rsaSigned(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const input = `${encode({ alg: "RS256", typ: "JWT" })}.${forge().split(".")[1]}`;
  return `${input}.${createSign("sha256").update(input).sign(privateKey, "base64url")}`;
}
