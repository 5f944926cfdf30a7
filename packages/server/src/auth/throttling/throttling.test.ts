import { randomBytes } from "node:crypto";
import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openDatabase } from "../../db/database.ts";
import { keyedHash } from "../keyed-hash.ts";
import { createThrottling } from "./throttling.ts";

let server: TestServer;
let ann: TestClient;
let ben: TestClient;

beforeAll(async () => {
  server = await startTestServer({ trustedProxies: ["127.0.0.1"] });
  ann = await TestClient.register(server, {
    clientAddress: "192.0.2.1",
    fields: { recovery_auth: "anns recovery secret" },
  });
  ben = await TestClient.register(server, { clientAddress: "192.0.2.2" });
});
beforeEach(async () => {
  await server.sql`DELETE FROM throttles`;
});
afterAll(() => server.close());

function tryLogin(
  clientAddress: string,
  login: string,
  password = "wrong password",
  at: { url: string } = server,
) {
  return new TestClient(at, { clientAddress }).post("/auth/login", { body: { login, password } });
}

async function failTimes(times: number, clientAddress: string, login: string): Promise<void> {
  for (let n = 0; n < times; n += 1) expect((await tryLogin(clientAddress, login)).status).toBe(401);
}

it("after 5 wrong passwords nobody gets in from that address for a minute, with the right one neither", async () => {
  const { login, password } = ann.identity;
  await failTimes(5, "203.0.113.1", login);
  for (const attempt of ["wrong password", password]) {
    const { status, body, headers } = await tryLogin("203.0.113.1", login, attempt);
    expect([status, body.code]).toEqual([429, "too_many_attempts"]);
    expect(Number(headers["retry-after"])).toBeGreaterThan(50);
    expect(Number(headers["retry-after"])).toBeLessThanOrEqual(60);
  }
});

it("nobody is locked out of an account by somebody else's attempts from another address", async () => {
  const { login, password } = ann.identity;
  await failTimes(5, "203.0.113.2", login);
  expect((await tryLogin("203.0.113.3", login, password)).status).toBe(200);
});

it("other accounts are not held up from the same address", async () => {
  await failTimes(5, "203.0.113.4", ann.identity.login);
  expect((await tryLogin("203.0.113.4", ben.identity.login, ben.identity.password)).status).toBe(200);
});

it("a login that does not exist is held up just the same, however it is spelled", async () => {
  for (const spelling of [
    "no-such-login",
    "NO-SUCH-LOGIN",
    " no-such-login",
    "No-Such-Login ",
    "ｎo-such-login",
  ]) {
    expect((await tryLogin("203.0.113.5", spelling)).status).toBe(401);
  }
  expect((await tryLogin("203.0.113.5", "no-such-login")).status).toBe(429);
});

it("of 20 parallel attempts no more than 5 are tried", async () => {
  const attempts = Array.from({ length: 20 }, () => tryLogin("203.0.113.6", ann.identity.login));
  const statuses = (await Promise.all(attempts)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(15);
});

it("every further failure doubles the wait, up to an hour", async () => {
  await failTimes(4, "203.0.113.7", ann.identity.login);
  const waits: number[] = [];
  for (let n = 0; n < 8; n += 1) {
    expect((await tryLogin("203.0.113.7", ann.identity.login)).status).toBe(401);
    const { headers } = await tryLogin("203.0.113.7", ann.identity.login);
    waits.push(Math.round(Number(headers["retry-after"]) / 10) * 10);
    await server.sql`UPDATE throttles SET blocked_until = now() WHERE blocked_until IS NOT NULL`;
  }
  expect(waits).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
});

it("signing in starts the count anew", async () => {
  const { login, password } = ann.identity;
  await failTimes(4, "203.0.113.8", login);
  expect((await tryLogin("203.0.113.8", login, password)).status).toBe(200);
  await failTimes(5, "203.0.113.8", login);
});

it("a quiet day starts the count anew", async () => {
  await failTimes(5, "203.0.113.9", ann.identity.login);
  await server.sql`UPDATE throttles SET window_ends_at = now(), blocked_until = now() WHERE blocked_until IS NOT NULL`;
  await failTimes(5, "203.0.113.9", ann.identity.login);
  expect((await tryLogin("203.0.113.9", ann.identity.login)).status).toBe(429);
});

it("IPv6 addresses of one /64 network are one address, those of the next network are another", async () => {
  const { login } = ann.identity;
  for (const host of ["1", "2", "3", "ffff:ffff:ffff:ffff", "a:b:c:d"]) {
    expect((await tryLogin(`2001:db8:0:1:${host.includes(":") ? host : `:${host}`}`, login)).status).toBe(
      401,
    );
  }
  expect((await tryLogin("2001:db8:0:1::99", login)).status).toBe(429);
  expect((await tryLogin("2001:db8:0:2::1", login)).status).toBe(401);
});

it("nodes of one instance count together", async () => {
  const { database } = server.config;
  await using second = await startTestServer({ trustedProxies: ["127.0.0.1"], database });
  await failTimes(3, "203.0.113.10", ann.identity.login);
  for (let n = 0; n < 2; n += 1) {
    expect((await tryLogin("203.0.113.10", ann.identity.login, "wrong", second)).status).toBe(401);
  }
  expect((await tryLogin("203.0.113.10", ann.identity.login)).status).toBe(429);
  expect((await tryLogin("203.0.113.10", ann.identity.login, "wrong", second)).status).toBe(429);
});

it("100 failures from an address hold up only who is not known there", { timeout: 60_000 }, async () => {
  const home = "198.51.100.7";
  expect((await tryLogin(home, ann.identity.login, ann.identity.password)).status).toBe(200);
  await server.sql`DELETE FROM throttles`;
  const failures = Array.from({ length: 110 }, (_, n) => tryLogin(home, `guess-${n}`));
  const statuses = (await Promise.all(failures)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(100);
  expect(statuses.filter((status) => status === 429)).toHaveLength(10);

  // As often as this, so that it shows should a refused attempt count against the account.
  for (let n = 0; n < 6; n += 1) {
    const refused = await tryLogin(home, ben.identity.login, ben.identity.password);
    expect([refused.status, refused.body.code]).toEqual([429, "too_many_attempts"]);
    expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(3_600);
    expect((await tryLogin(home, "never-seen")).body).toEqual(refused.body);
  }
  expect((await tryLogin("198.51.100.8", ben.identity.login, ben.identity.password)).status).toBe(200);
  expect((await tryLogin(home, ann.identity.login, ann.identity.password)).status).toBe(200);

  await server.sql`UPDATE known_addresses SET last_success_at = now() - interval '30 days'`;
  expect((await tryLogin(home, ann.identity.login, ann.identity.password)).status).toBe(429);
  await server.sql`UPDATE throttles SET window_ends_at = now()`;
  expect((await tryLogin(home, ben.identity.login, ben.identity.password)).status).toBe(200);
});

it("successes do not use up what an address may fail", async () => {
  const { login, password } = ann.identity;
  for (let n = 0; n < 3; n += 1) expect((await tryLogin("203.0.113.11", login, password)).status).toBe(200);
  const rows = await server.sql`SELECT sum(attempts)::int AS attempts FROM throttles`;
  expect(rows[0]?.attempts).toBe(0);
});

it("an attempt that came to no outcome does not count", async () => {
  const { database: config } = server.config;
  if (config.kind !== "fields") throw new Error("the test server's database is given by its fields");
  const database = openDatabase(config);
  const throttling = createThrottling({
    database,
    hashOf: keyedHash(randomBytes(32)),
    registrationsPerHour: 1,
  });
  const client = { address: "203.0.113.20", deviceName: null, appVersion: null, city: null };
  const busy = () => throttling.attempt(client, "somebody", () => Promise.reject(new Error("busy")));
  for (let n = 0; n < 7; n += 1) await expect(busy()).rejects.toThrow("busy");
  const attempts = Array.from({ length: 7 }, () =>
    throttling.attempt(client, "somebody", async () => undefined),
  );
  const outcomes = await Promise.allSettled(attempts);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
  await database.close();
});

it("wrong current passwords count, and logins with them", async () => {
  const { login, password } = ann.identity;
  const change = (current_password: string) =>
    ann.put("/users/me/password", {
      body: { current_password, new_password: "a new password", pkebymk: "a", salt: "b" },
      headers: { "x-forwarded-for": "203.0.113.12" },
    });
  for (let n = 0; n < 3; n += 1) expect((await change("wrong password")).body.code).toBe("wrong_password");
  await failTimes(2, "203.0.113.12", login);
  expect((await change(password)).body.code).toBe("too_many_attempts");
  expect((await tryLogin("203.0.113.12", login, password)).status).toBe(429);
});

it("wrong recovery secrets count the same, for accounts that exist and others", async () => {
  const recover = (login: string, recovery_auth: string) =>
    new TestClient(server, { clientAddress: "203.0.113.13" }).post("/auth/recover", {
      body: { login, recovery_auth },
    });
  for (const login of [ann.identity.login, "no-such-login"]) {
    for (let n = 0; n < 5; n += 1)
      expect((await recover(login, "wrong secret")).body.code).toBe("invalid_recovery");
    expect((await recover(login, "anns recovery secret")).body.code).toBe("too_many_attempts");
  }
});

it("a header from anyone but a trusted proxy changes nothing, and is logged once with the setting's name", async () => {
  await using plain = await startTestServer({ database: server.config.database });
  const { login, password } = ann.identity;
  for (let n = 0; n < 5; n += 1)
    expect((await tryLogin(`203.0.113.${100 + n}`, login, "wrong", plain)).status).toBe(401);
  expect((await tryLogin("203.0.113.200", login, password, plain)).status).toBe(429);
  const warnings = plain.logs.lines.filter((line) => line.includes("TRUSTED_PROXIES"));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain("127.0.0.1");
});
