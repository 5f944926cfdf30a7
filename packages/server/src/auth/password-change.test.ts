import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { TestIdentity } from "../keys/fixtures/identity.ts";

const RECOVERY_AUTH = "what the recovery key becomes";
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  await server.sql`DELETE FROM throttles`;
});
afterAll(() => server.close());

function change(client: TestClient, fields: object = {}) {
  const body = {
    current_password: client.identity.password,
    new_password: "the new password",
    pkebymk: "sealed by new password",
    salt: "new salt",
    ...fields,
  };
  return client.put("/users/me/password", { body });
}

function login(client: TestClient, password: string) {
  return new TestClient(server).post("/auth/login", { body: { login: client.identity.login, password } });
}

/** All that a password change may touch. */
async function stateOf({ id }: TestClient) {
  return await server.sql`
    SELECT c.*, k.*, (SELECT array_agg(s.id ORDER BY s.id) FROM auth_sessions s WHERE s.user_id = c.user_id) AS sessions
    FROM credentials c JOIN user_keys k USING (user_id) WHERE user_id = ${id}`;
}

it("a changed password opens the account, the old one no longer, and only this session lives on", async () => {
  const ann = await TestClient.register(server);
  const other = await ann.onAnotherDevice();
  const [here, there] = [await ann.socket(), await other.socket()];
  expect((await change(ann)).status).toBe(204);
  expect((await there.closed).code).toBe(4401);
  expect((await other.get("/users/me")).status).toBe(401);
  const refresh = { body: { refresh_token: other.refreshToken } };
  expect((await new TestClient(server).post("/auth/refresh", refresh)).status).toBe(401);
  expect((await ann.get("/users/me")).status).toBe(200);
  await ann.refresh();
  await here.flushed();
  await here.close();
  expect((await login(ann, ann.identity.password)).status).toBe(401);
  const { user } = (await login(ann, "the new password")).body;
  expect(user).toEqual({ ...ann.account, pkebymk: "sealed by new password", salt: "new salt" });
});

it("a new key comes with it", async () => {
  const identity = new TestIdentity();
  const ann = await TestClient.register(server);
  const next = identity.next(2);
  expect((await change(ann, next)).status).toBe(204);
  expect((await ann.get(`/users/${ann.id}/public-key`)).body).toMatchObject({ ...next, signed_by: "user" });
});

it("a new recovery key comes with it, and only with the bundle sealed under it", async () => {
  const ann = await TestClient.register(server, { fields: { recovery_auth: RECOVERY_AUTH } });
  const recover = async (recovery_auth: string) =>
    (
      await new TestClient(server).post("/auth/recover", {
        body: { login: ann.identity.login, recovery_auth },
      })
    ).status;
  const alone = await change(ann, { recovery_auth: "of the new recovery key" });
  expect([alone.status, alone.body.details[0].path]).toEqual([400, "/pkebyrk"]);
  expect(await recover(RECOVERY_AUTH)).toBe(200);
  expect(
    (await change(ann, { recovery_auth: "of the new recovery key", pkebyrk: "sealed anew" })).status,
  ).toBe(204);
  expect(await recover(RECOVERY_AUTH)).toBe(401);
  expect(await recover("of the new recovery key")).toBe(200);
});

it("without a new recovery key the old one stays", async () => {
  const ann = await TestClient.register(server, { fields: { recovery_auth: RECOVERY_AUTH } });
  expect((await change(ann)).status).toBe(204);
  const body = { login: ann.identity.login, recovery_auth: RECOVERY_AUTH };
  const recovered = await new TestClient(server).post("/auth/recover", { body, expectStatus: 200 });
  expect(recovered.body.pkebyrk).toBe(ann.account?.pkebyrk);
});

it("a password change can make a new account of an old one: prelogin then tells its parameters", async () => {
  const ann = await TestClient.register(server);
  const kdf = { v: 2, alg: "argon2id", m: 65_536, t: 3, p: 1 };
  expect((await change(ann, { kdf })).status).toBe(204);
  const { body } = await new TestClient(server).post("/auth/prelogin", {
    body: { login: ann.identity.login },
  });
  expect(body).toEqual({ salt: "new salt", kdf });
});

it.each<[string, object | (() => object), number, string]>([
  ["a wrong current password", { current_password: "wrong password" }, 403, "wrong_password"],
  ["a new password that is too short", { new_password: "1234567" }, 400, "invalid_input"],
  ["a new password that is too long", { new_password: "x".repeat(1025) }, 400, "invalid_input"],
  ["no sealed key", { pkebymk: undefined }, 400, "invalid_input"],
  ["part of a new key", { key_version: 2 }, 400, "invalid_input"],
  ["a key version that is not the next", () => new TestIdentity().next(3), 409, "key_version_conflict"],
  ["the key version of today", () => new TestIdentity().next(1), 409, "key_version_conflict"],
  [
    "a key for which nobody could encrypt",
    () => new TestIdentity().next(2, Buffer.alloc(32).toString("base64")),
    400,
    "invalid_input",
  ],
  [
    "a wrong signature",
    () => ({ ...new TestIdentity().next(2), ...signedByAnother() }),
    400,
    "invalid_key_signature",
  ],
])("with %s nothing is changed", async (_, fields, status, code) => {
  const ann = await TestClient.register(server);
  const other = await ann.onAnotherDevice();
  const before = await stateOf(ann);
  const answer = await change(ann, typeof fields === "function" ? { ...fields() } : fields);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(await stateOf(ann)).toEqual(before);
  expect((await other.get("/users/me")).status).toBe(200);
});

it("a refused new password is named", async () => {
  const ann = await TestClient.register(server);
  expect((await change(ann, { new_password: "short" })).body.details).toEqual([
    { path: "/new_password", message: "must have at least 8 characters" },
  ]);
});

it("of two devices that change the password at once one succeeds, and its password is the one", async () => {
  const ann = await TestClient.register(server);
  const other = await ann.onAnotherDevice();
  const answers = await Promise.all([
    change(ann, { new_password: "the first password" }),
    change(other, { new_password: "the second password" }),
  ]);
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 204)).toHaveLength(1);
  const winner = statuses[0] === 204 ? "the first password" : "the second password";
  expect((await login(ann, winner)).status).toBe(200);
});

it("who signs in with the old password while it is being changed does not get in", async () => {
  const ann = await TestClient.register(server);
  const { signingIn } = await server.sql.begin(async (sql) => {
    await sql`UPDATE credentials SET password_hash = 'of another password' WHERE user_id = ${ann.id}`;
    const attempt = login(ann, ann.identity.password);
    await expect.poll(() => waitingForLocks()).toBe(1);
    return { signingIn: attempt };
  });
  const { status, body } = await signingIn;
  expect([status, body.code]).toEqual([401, "invalid_credentials"]);
});

it("an account that is deleted while it signs in, refreshes and changes its password ends without a failure", async () => {
  for (let round = 0; round < 8; round += 1) {
    await server.sql`DELETE FROM throttles`;
    const ann = await TestClient.register(server);
    const other = await ann.onAnotherDevice();
    const answers = await Promise.all([
      change(ann, new TestIdentity().next(2)),
      login(ann, ann.identity.password),
      new TestClient(server).post("/auth/refresh", { body: { refresh_token: other.refreshToken } }),
      other.delete("/auth/sessions"),
      other.delete("/users/me"),
    ]);
    for (const { status } of answers) expect(status).toBeLessThan(500);
    if (answers[4]?.status === 204) {
      expect(await server.sql`SELECT FROM auth_sessions WHERE user_id = ${ann.id}`).toHaveLength(0);
    }
  }
});

async function waitingForLocks(): Promise<number> {
  const [row] = await server.sql`
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return row?.count;
}

function signedByAnother() {
  const { signature } = new TestIdentity().next(2);
  return { signature };
}
