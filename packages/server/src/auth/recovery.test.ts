import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toldApart } from "./fixtures/told-apart.ts";

const RECOVERY_AUTH = "what the recovery key becomes";
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ trustedProxies: ["127.0.0.1"] });
});
afterAll(() => server.close());

let addresses = 0;
/** Somebody whom the server has not seen yet. */
function stranger() {
  addresses += 1;
  return new TestClient(server, { clientAddress: `198.51.${addresses >> 8}.${addresses & 255}` });
}

function registerWithRecovery() {
  return TestClient.register(server, { fields: { recovery_auth: RECOVERY_AUTH } });
}

function recover(login: string, recovery_auth: string = RECOVERY_AUTH) {
  return stranger().post("/auth/recover", { body: { login, recovery_auth } });
}

async function tokenFor(client: TestClient): Promise<string> {
  return (await recover(client.identity.login)).body.recovery_token;
}

/** A new password and the bundle sealed anew. */
function completion(recovery_token: string, fields: Record<string, unknown> = {}) {
  const sealed = { pkebymk: "sealed by new password", pkebyrk: "sealed by recovery key", salt: "new salt" };
  return { recovery_token, new_password: "the new password", ...sealed, ...fields };
}

function complete(body: Record<string, unknown>) {
  return stranger().post("/auth/recover/complete", { body });
}

function login(client: TestClient, password: string) {
  return stranger().post("/auth/login", { body: { login: client.identity.login, password } });
}

it("the recovery key opens the way to a new password, and ends every session", async () => {
  const ann = await registerWithRecovery();
  const socket = await ann.socket();
  const proven = await recover(ann.identity.login.toUpperCase());
  expect(proven.body).toEqual({
    recovery_token: expect.any(String),
    pkebyrk: ann.account?.pkebyrk,
    salt: ann.account?.salt,
  });
  expect((await ann.get("/users/me")).status).toBe(200);

  const { status, body } = await complete(completion(proven.body.recovery_token));
  expect(status).toBe(200);
  expect(body.user).toMatchObject({
    ...ann.account,
    pkebymk: "sealed by new password",
    pkebyrk: "sealed by recovery key",
    salt: "new salt",
  });
  expect((await socket.closed).code).toBe(4401);
  expect((await ann.get("/users/me")).status).toBe(401);
  expect((await stranger().get("/users/me", { token: body.token })).body.id).toBe(ann.id);
  expect((await login(ann, ann.identity.password)).status).toBe(401);
  expect((await login(ann, "the new password")).status).toBe(200);
});

it("a wrong secret, an account without one and an unknown login get the very same answer", async () => {
  const [ann, ben] = [await registerWithRecovery(), await TestClient.register(server)];
  const answers = [
    await recover(ann.identity.login, "wrong secret"),
    await recover(ben.identity.login),
    await recover("nobody"),
    await recover("x".repeat(100_000)),
    await recover("\u0001"),
  ];
  for (const { status, body } of answers) {
    expect([status, body.code]).toEqual([401, "invalid_recovery"]);
    expect(body).toEqual(answers[0]?.body);
  }
});

it("they take the same time, too", async () => {
  const [ann, ben] = [await registerWithRecovery(), await TestClient.register(server)];
  const logins = [ann.identity.login, ben.identity.login, "nobody"];
  expect(await toldApart(...logins.map((name) => () => recover(name, "wrong secret")))).toBe(false);
});

describe("a recovery token", () => {
  it("can be used once, also by two at once", async () => {
    const ann = await registerWithRecovery();
    const token = await tokenFor(ann);
    const answers = await Promise.all([1, 2, 3].map(() => complete(completion(token))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    const late = await complete(completion(token));
    expect([late.status, late.body.code]).toEqual([401, "invalid_recovery_token"]);
    expect(await server.sql`SELECT FROM auth_sessions WHERE user_id = ${ann.id}`).toHaveLength(1);
  });

  it("is valid for 10 minutes", async () => {
    const ann = await registerWithRecovery();
    const token = await tokenFor(ann);
    const [left] =
      await server.sql`SELECT extract(epoch FROM expires_at - now())::float8 AS seconds FROM recovery_tokens
      WHERE user_id = ${ann.id}`;
    expect(left?.seconds).toBeGreaterThan(590);
    expect(left?.seconds).toBeLessThanOrEqual(600);
    await server.sql`UPDATE recovery_tokens SET expires_at = now() WHERE user_id = ${ann.id}`;
    expect((await complete(completion(token))).body.code).toBe("invalid_recovery_token");
    expect((await login(ann, ann.identity.password)).status).toBe(200);
  });

  it("is void once a newer one was asked for or the password was changed", async () => {
    const ann = await registerWithRecovery();
    const older = await tokenFor(ann);
    const newer = await tokenFor(ann);
    expect((await complete(completion(older))).body.code).toBe("invalid_recovery_token");
    const change = {
      current_password: ann.identity.password,
      new_password: "changed password",
      pkebymk: "a",
      salt: "b",
    };
    await ann.put("/users/me/password", { body: change, expectStatus: 204 });
    expect((await complete(completion(newer))).body.code).toBe("invalid_recovery_token");
    expect((await login(ann, "changed password")).status).toBe(200);
  });

  it("stays usable after a refused try", async () => {
    const ann = await registerWithRecovery();
    const token = await tokenFor(ann);
    const refused = await complete(completion(token, { new_password: "short" }));
    expect([refused.status, refused.body.details[0].path]).toEqual([400, "/new_password"]);
    const missing = await complete(completion(token, { pkebyrk: undefined }));
    expect([missing.status, missing.body.details[0].path]).toEqual([400, "/pkebyrk"]);
    expect((await complete(completion(token))).status).toBe(200);
  });

  it("that is none is refused", async () => {
    for (const token of ["", "x", "x".repeat(10_000)]) {
      expect((await complete(completion(token))).body.code).toBe("invalid_recovery_token");
    }
  });
});

it("the recovery key stays the same unless a new one comes along", async () => {
  const ann = await registerWithRecovery();
  await complete(completion(await tokenFor(ann)));
  expect((await recover(ann.identity.login)).status).toBe(200);
  const token = await tokenFor(ann);
  expect((await complete(completion(token, { recovery_auth: "of the new recovery key" }))).status).toBe(200);
  expect((await recover(ann.identity.login)).status).toBe(401);
  expect((await recover(ann.identity.login, "of the new recovery key")).status).toBe(200);
});

it("a recovery can make a new account of an old one: prelogin then tells its parameters", async () => {
  const ann = await registerWithRecovery();
  const kdf = { v: 2, alg: "argon2id", m: 65_536, t: 5, p: 1 };
  expect((await complete(completion(await tokenFor(ann), { kdf }))).status).toBe(200);
  const { body } = await stranger().post("/auth/prelogin", { body: { login: ann.identity.login } });
  expect(body).toEqual({ salt: "new salt", kdf });
});

it("a disabled account cannot be recovered, and says so only to who holds the recovery key", async () => {
  const ann = await registerWithRecovery();
  const token = await tokenFor(ann);
  await server.sql`UPDATE credentials SET disabled_at = now() WHERE user_id = ${ann.id}`;
  expect((await recover(ann.identity.login, "wrong secret")).body.code).toBe("invalid_recovery");
  expect((await recover(ann.identity.login)).body.code).toBe("account_disabled");
  expect((await complete(completion(token))).body.code).toBe("account_disabled");
  const [row] = await server.sql`SELECT pkebymk FROM user_keys WHERE user_id = ${ann.id}`;
  expect(row?.pkebymk).toBe(ann.account?.pkebymk);
});
