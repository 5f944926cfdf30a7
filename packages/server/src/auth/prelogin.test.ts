import { createHmac } from "node:crypto";
import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { toldApart } from "./fixtures/told-apart.ts";

const TODAY = { v: 2, alg: "argon2id", m: 65_536, t: 3, p: 1 };
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function prelogin(login: string, at: { url: string } = server) {
  const { body } = await new TestClient(at).post("/auth/prelogin", { body: { login }, expectStatus: 200 });
  return body;
}

it("an account of an old client looks like none, and both like a new one", async () => {
  const old = await TestClient.register(server);
  const salt = Buffer.alloc(16, 9).toString("base64");
  const fresh = await TestClient.register(server, { fields: { kdf: TODAY, salt } });
  const answers = [
    await prelogin(old.identity.login),
    await prelogin("nobody"),
    await prelogin(fresh.identity.login),
  ];
  for (const { salt: answered, kdf } of answers) {
    expect(kdf).toEqual(TODAY);
    expect(Buffer.from(answered, "base64")).toHaveLength(16);
  }
  expect(new Set(answers.map((answer) => answer.salt)).size).toBe(3);
  expect(answers[0].salt).not.toBe(old.account?.salt);
});

it("a new account gets the salt and the parameters that it was made with", async () => {
  const kdf = { v: 2, alg: "argon2id", m: 131_072, t: 4, p: 2 };
  const salt = Buffer.alloc(24, 3).toString("base64");
  const ann = await TestClient.register(server, { fields: { kdf, salt } });
  expect(await prelogin(ann.identity.login)).toEqual({ salt, kdf });
  expect(await prelogin(` ${ann.identity.login.toUpperCase()} `)).toEqual({ salt, kdf });
});

it("the answer stays the same for every spelling, and after a restart", async () => {
  const first = await prelogin("Somebody");
  for (const spelling of ["somebody", " SOMEBODY ", "ｓomebody"])
    expect(await prelogin(spelling)).toEqual(first);
  expect(await prelogin("somebody else")).not.toEqual(first);
  await using restarted = await startTestServer({ database: server.config.database });
  expect(await prelogin("Somebody", restarted)).toEqual(first);
});

it("a salt that is made up is the keyed hash that clients know from the documents", async () => {
  const [row] = await server.sql`SELECT value FROM instance_secrets WHERE name = 'prelogin_salt'`;
  const expected = createHmac("sha256", row?.value)
    .update("tacit/prelogin-salt\0somebody")
    .digest()
    .subarray(0, 16);
  expect((await prelogin("Somebody")).salt).toBe(expected.toString("base64"));
});

it.each([
  ["empty", ""],
  ["too long", "x".repeat(100_000)],
  ["with control characters", "a\u0001b"],
])("a login %s gets a normal answer", async (_, login) => {
  expect((await prelogin(login)).kdf).toEqual(TODAY);
});

it("it takes the same time for every login", async () => {
  const old = await TestClient.register(server);
  const fresh = await TestClient.register(server, { fields: { kdf: TODAY } });
  const logins = ["nobody", old.identity.login, fresh.identity.login];
  expect(await toldApart(...logins.map((login) => () => prelogin(login)))).toBe(false);
});

it("a login of megabytes holds nobody up", async () => {
  const start = performance.now();
  await prelogin(`a${"\u0327\u0301".repeat(300_000)}`);
  expect(performance.now() - start).toBeLessThan(2_000);
});

it("a body without a login is a 400 that names it", async () => {
  const { status, body } = await new TestClient(server).post("/auth/prelogin", { body: {} });
  expect([status, body.details[0].path]).toEqual([400, "/login"]);
});
