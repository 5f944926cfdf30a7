import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { toldApart } from "./fixtures/told-apart.ts";

let server: TestServer;
let ann: TestClient;

beforeAll(async () => {
  server = await startTestServer({ trustedProxies: ["127.0.0.1"] });
  ann = await TestClient.register(server);
});
afterAll(() => server.close());

let addresses = 0;
/** Somebody whom the server has not seen yet. */
function stranger() {
  addresses += 1;
  return new TestClient(server, { clientAddress: `198.51.${addresses >> 8}.${addresses & 255}` });
}

function login(fields: Record<string, unknown>) {
  return stranger().post("/auth/login", { body: fields });
}

it("signing in gives the account, its sealed keys and tokens that work", async () => {
  const { login: name, password } = ann.identity;
  const { status, body } = await login({ login: name, password });
  expect(status).toBe(200);
  expect(body.user).toEqual(ann.account);
  expect(body.expires_in).toBe(900);
  expect(body.refresh_token).toMatch(/^[A-Za-z0-9_-]{64}$/);
  const me = await stranger().get("/users/me", { token: body.token });
  expect(me.body.id).toBe(ann.id);
});

it("the access token says what the contract lists, and lives 15 minutes", async () => {
  const [header, payload] = (ann.token ?? "")
    .split(".")
    .map((part) => Buffer.from(part, "base64url").toString());
  expect(JSON.parse(header ?? "")).toMatchObject({ alg: "HS256" });
  const { iat, exp, ...claims } = JSON.parse(payload ?? "");
  const { login: name, username, nickname } = ann.identity;
  expect(claims).toEqual({
    sub: ann.id,
    sid: ann.sessionId,
    token_type: "access",
    login: name,
    username,
    nickname,
  });
  expect(exp - iat).toBe(900);
  expect(Math.abs(iat - Date.now() / 1000)).toBeLessThan(60);
});

it("the login may be spelled in any case and with spaces around it", async () => {
  const { login: name, password } = ann.identity;
  expect((await login({ login: `  ${name.toUpperCase()}\n`, password, remember_me: null })).status).toBe(200);
});

it("short passwords of old accounts still open them", async () => {
  const old = await TestClient.register(server);
  const [short] = await server.sql`SELECT password_hash FROM credentials WHERE user_id = ${ann.id}`;
  await server.sql`UPDATE credentials SET password_hash = ${short?.password_hash} WHERE user_id = ${old.id}`;
  expect((await login({ login: old.identity.login, password: ann.identity.password })).status).toBe(200);
  expect((await login({ login: old.identity.login, password: "abc" })).body.code).toBe("invalid_credentials");
});

it("a wrong password and an unknown login get the very same answer", async () => {
  const wrong = await login({ login: ann.identity.login, password: "not the password" });
  const unknown = await login({ login: "nobody-at-all", password: "not the password" });
  expect(wrong.status).toBe(401);
  expect(wrong.body).toEqual({ error: expect.any(String), code: "invalid_credentials" });
  expect(unknown.status).toBe(wrong.status);
  expect(unknown.body).toEqual(wrong.body);
  expect(Object.keys(unknown.headers).sort()).toEqual(Object.keys(wrong.headers).sort());
});

it("a wrong password and an unknown login take the same time", async () => {
  const wrong = () => login({ login: ann.identity.login, password: "not the password" });
  let round = 0;
  const unknown = () => {
    round += 1;
    return login({ login: `nobody-${round}`, password: "not the password" });
  };
  expect(await toldApart(wrong, unknown)).toBe(false);
  // A way that left out the hash would be noticed.
  expect(await toldApart(wrong, () => stranger().get("/health"))).toBe(true);
});

it.each([
  ["empty", ""],
  ["of spaces", "   "],
  ["too long", "x".repeat(100_000)],
  ["that grows when it is folded", "ﷺ".repeat(5_000)],
  ["with control characters", "a\u0001b\u007f"],
])("a login %s is wrong like any other, not invalid", async (_, name) => {
  const { status, body } = await login({ login: name, password: "x" });
  expect([status, body.code]).toEqual([401, "invalid_credentials"]);
});

it("a password of any length is wrong like any other, not invalid", async () => {
  for (const password of ["", "x", "x".repeat(100_000)]) {
    expect((await login({ login: ann.identity.login, password })).body.code).toBe("invalid_credentials");
  }
});

it.each([
  ["a login that is a number", { login: 5, password: "x" }, "/login"],
  ["no password", { login: "x" }, "/password"],
  ["a password that is null", { login: "x", password: null }, "/password"],
  ["a remember_me that is a text", { login: "x", password: "x", remember_me: "yes" }, "/remember_me"],
])("%s is a 400 that names the field", async (_, fields, path) => {
  const { status, body } = await login(fields);
  expect(status).toBe(400);
  expect(body.details[0].path).toBe(path);
});

it("a string that is not Unicode text is a 400", async () => {
  for (const text of ['{"login":"a\\u0000","password":"x"}', '{"login":"a\\ud800","password":"x"}']) {
    const answer = await stranger().post("/auth/login", {
      body: text,
      headers: { "content-type": "application/json" },
    });
    expect([answer.status, answer.body.details[0].path]).toEqual([400, "/login"]);
  }
});

it("that an account is disabled is told only to who knows its password", async () => {
  const ben = await TestClient.register(server);
  await server.sql`UPDATE credentials SET disabled_at = now() WHERE user_id = ${ben.id}`;
  const { login: name, password } = ben.identity;
  expect((await login({ login: name, password: "wrong" })).body.code).toBe("invalid_credentials");
  const right = await login({ login: name, password });
  expect([right.status, right.body.code]).toEqual([403, "account_disabled"]);
});

it("a session lives 30 days, and 365 if it is to be remembered", async () => {
  const { login: name, password } = ann.identity;
  const short = await login({ login: name, password });
  const long = await login({ login: name, password, remember_me: true });
  expect(await daysLeft(short.body.session_id)).toBeCloseTo(30, 2);
  expect(await daysLeft(long.body.session_id)).toBeCloseTo(365, 2);
  await server.sql`UPDATE auth_sessions SET expires_at = now() + interval '1 day'`;
  for (const { body } of [short, long]) {
    await stranger().post("/auth/refresh", {
      body: { refresh_token: body.refresh_token },
      expectStatus: 200,
    });
  }
  expect(await daysLeft(short.body.session_id)).toBeCloseTo(30, 2);
  expect(await daysLeft(long.body.session_id)).toBeCloseTo(365, 2);
});

async function daysLeft(sessionId: string): Promise<number> {
  const [row] = await server.sql`
    SELECT (extract(epoch FROM expires_at - now()) / 86400)::float8 AS days FROM auth_sessions WHERE id = ${sessionId}`;
  return row?.days;
}
