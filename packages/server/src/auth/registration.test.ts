import { registration, startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ trustedProxies: ["127.0.0.1"] });
});
afterAll(() => server.close());

/** A registration as an existing client sends it, with fields of the test's choice. */
function body(fields: Record<string, unknown> = {}) {
  return { ...registration(new TestClient(server).identity), ...fields };
}

async function register(fields: Record<string, unknown> = {}) {
  return await new TestClient(server).post("/auth/register", { body: body(fields) });
}

async function accounts(): Promise<number> {
  const [row] = await server.sql`SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM credentials)
    + (SELECT count(*) FROM user_keys) + (SELECT count(*) FROM known_addresses) AS rows`;
  return row?.rows;
}

describe("a new account", () => {
  it("is answered with what was sent, and with nothing else", async () => {
    const sent = body();
    const { body: answer, status } = await new TestClient(server).post("/auth/register", { body: sent });
    expect(status).toBe(200);
    const { login, username, nickname, pkebymk, pkebyrk, salt, pubk } = sent as Record<string, unknown>;
    expect(answer).toEqual({
      id: answer.id,
      login,
      username,
      nickname,
      avatar: null,
      pkebymk,
      pkebyrk,
      salt,
      pubk,
    });
  });

  it("takes null for every optional field, as existing clients send it", async () => {
    const nulls = {
      nickname: null,
      identity_key: null,
      signature: null,
      key_version: null,
      kdf: null,
      invite: null,
    };
    expect((await register({ ...nulls, recovery_auth: null, something_unknown: { a: 1 } })).status).toBe(200);
  });

  it("is called by the first 32 characters of its username if it says no nickname", async () => {
    const username = `${"x".repeat(30)}🙂🙂🙂${Date.now()}`;
    const { body: answer } = await register({ username, nickname: undefined });
    expect(answer.nickname).toBe(`${"x".repeat(30)}🙂🙂`);
  });

  it("has its names trimmed and in Unicode's composed form", async () => {
    const tag = Date.now().toString(36);
    const { body: answer } = await register({
      login: `  zoe\u0308-${tag} `,
      username: `\tZoe\u0308 ${tag}\n`,
    });
    expect(answer).toMatchObject({ login: `zoë-${tag}`, username: `Zoë ${tag}` });
  });

  it("keeps passwords and recovery secrets only as Argon2id hashes", async () => {
    const { body: answer } = await register({
      password: "correct horse battery",
      recovery_auth: "recovery battery",
    });
    const [row] = await server.sql`SELECT * FROM credentials WHERE user_id = ${answer.id}`;
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(row?.recovery_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

describe("a refused registration", () => {
  it.each([
    [
      "a login in any other spelling of one that is taken",
      (l: string) => ({ login: ` ${l.toUpperCase()} ` }),
      "login_taken",
    ],
    ["a login in full-width letters", (l: string) => ({ login: fullWidth(l) }), "login_taken"],
    [
      "a username that differs only in case",
      (l: string) => ({ username: `The ${l}`.toUpperCase() }),
      "username_taken",
    ],
    ["both taken: the login is named", (l: string) => ({ login: l, username: `the ${l}` }), "login_taken"],
  ])("%s", async (_, fields, code) => {
    const login = `taken-${Math.random().toString(36).slice(2)}`;
    await new TestClient(server).post("/auth/register", {
      body: body({ login, username: `the ${login}` }),
      expectStatus: 200,
    });
    const before = await accounts();
    const answer = await register(fields(login));
    expect([answer.status, answer.body.code]).toEqual([409, code]);
    expect(await accounts()).toBe(before);
  });

  it.each([
    ["a login of nothing but spaces", { login: "   " }, "/login"],
    ["a login over 64 characters", { login: "x".repeat(65) }, "/login"],
    ["a username with a line break", { username: "a\nb" }, "/username"],
    ["a nickname over 32 characters", { nickname: "🙂".repeat(33) }, "/nickname"],
    ["a password of 7 characters that are 14 units", { password: "🙂".repeat(7) }, "/password"],
    ["a password over 1,024 bytes", { password: "🙂".repeat(257) }, "/password"],
    ["a password that is a number", { password: 12345678 }, "/password"],
    ["no password", { password: undefined }, "/password"],
    ["an empty key field", { pkebymk: "" }, "/pkebymk"],
    ["a key field over 8 KiB", { pkebyrk: "x".repeat(8 * 1024 + 1) }, "/pkebyrk"],
    ["null where a field is required", { salt: null }, "/salt"],
    ["weak parameters", { kdf: { v: 2, alg: "argon2id", m: 1024, t: 1, p: 1 } }, "/kdf/m"],
    ["an identity key of the wrong length", { identity_key: "AAAA" }, "/identity_key"],
  ])("%s is a 400 that names the field, and leaves nothing", async (_, fields, path) => {
    const before = await accounts();
    const { status, body: answer } = await register(fields);
    expect([status, answer.code]).toEqual([400, "invalid_input"]);
    expect(answer.details.map((violation: { path: string }) => violation.path)).toContain(path);
    expect(await accounts()).toBe(before);
  });

  it("with a signature that does not verify leaves nothing, and the names stay free", async () => {
    const fields = body({
      identity_key: Buffer.alloc(32, 7).toString("base64"),
      signature: Buffer.alloc(64, 7).toString("base64"),
    });
    const before = await accounts();
    const answer = await new TestClient(server).post("/auth/register", { body: fields });
    expect([answer.status, answer.body.code]).toEqual([400, "invalid_key_signature"]);
    expect(await accounts()).toBe(before);
    const { identity_key: _, signature: __, ...plain } = fields as Record<string, unknown>;
    await new TestClient(server).post("/auth/register", { body: plain, expectStatus: 200 });
  });
});

it("of 10 racing registrations of one login, one succeeds and the others are told", async () => {
  const login = `raced-${Date.now()}`;
  const answers = await Promise.all(Array.from({ length: 10 }, () => register({ login: login })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ body: answer }) => answer.code === "login_taken")).toHaveLength(9);
});

it("an address can register only so many accounts an hour, and another address is not held up", async () => {
  await using limited = await startTestServer({ trustedProxies: ["127.0.0.1"], registrationsPerHour: 3 });
  const from = async (clientAddress: string) => {
    const client = new TestClient(limited, { clientAddress });
    return await client.post("/auth/register", { body: registration(client.identity) });
  };
  const answers = await Promise.all(Array.from({ length: 8 }, () => from("192.0.2.1")));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  const refused = answers.filter(({ body: answer }) => answer.code === "too_many_registrations");
  expect(refused).toHaveLength(5);
  const wait = Number(refused[0]?.headers["retry-after"]);
  expect(wait).toBeGreaterThan(3_500);
  expect(wait).toBeLessThanOrEqual(3_600);
  expect((await from("192.0.2.2")).status).toBe(200);
  await limited.sql`UPDATE throttles SET window_ends_at = now()`;
  expect((await from("192.0.2.1")).status).toBe(200);
});

it("names of megabytes hold nobody up", async () => {
  const start = performance.now();
  const name = `a${"\u0327\u0301".repeat(100_000)}`;
  for (const fields of [{ login: name }, { username: name }, { nickname: name }]) {
    expect((await register(fields)).status).toBe(400);
  }
  expect(performance.now() - start).toBeLessThan(3_000);
});

it("the least length of a password is a setting", async () => {
  await using strict = await startTestServer({ passwordMinCharacters: 12 });
  const client = new TestClient(strict);
  const { status, body: answer } = await client.post("/auth/register", {
    body: { ...registration(client.identity), password: "elevenchars" },
  });
  expect(status).toBe(400);
  expect(answer.details).toEqual([{ path: "/password", message: "must have at least 12 characters" }]);
});

function fullWidth(text: string): string {
  return [...text].map((c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0)).join("");
}
