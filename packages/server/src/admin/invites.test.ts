import { registration, startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";

let server: TestServer;
let admin: TestClient;
let member: TestClient;

beforeAll(async () => {
  server = await startTestServer({ registration: "invite" });
  admin = await TestClient.register(server);
  const { code } = await invite();
  member = await TestClient.register(server, { fields: { invite: code } });
});
afterAll(() => server.close());

async function invite(wanted: Record<string, unknown> = {}) {
  const { body } = await admin.post("/admin/invites", { body: wanted, expectStatus: 200 });
  return body;
}

async function register(fields: Record<string, unknown>) {
  const client = new TestClient(server);
  return await client.post("/auth/register", { body: { ...registration(client.identity), ...fields } });
}

async function listed(): Promise<string[]> {
  const { body } = await admin.get("/admin/invites", { expectStatus: 200 });
  return body.map(({ code }: { code: string }) => code);
}

it("an invite lets one person register, once", async () => {
  const { code, ...rest } = await invite();
  expect(code).toMatch(/^[A-Za-z0-9_-]{22,}$/);
  expect(rest).toEqual({
    uses: 1,
    uses_left: 1,
    expires_at: null,
    created_at: expect.any(String),
    created_by: admin.id,
  });
  expect((await register({ invite: code })).status).toBe(200);
  const second = await register({ invite: code });
  expect([second.status, second.body.code]).toEqual([403, "invalid_invite"]);
});

it("an invite can be asked for without a body", async () => {
  const { body } = await admin.post("/admin/invites", { expectStatus: 200 });
  expect(body.uses).toBe(1);
});

it("without an invite nobody registers, with a wrong one neither", async () => {
  for (const nothing of [undefined, null, ""]) {
    expect((await register({ invite: nothing })).body.code).toBe("invite_required");
  }
  expect((await register({ invite: "no such code" })).body.code).toBe("invalid_invite");
});

it("whoever has no invite does not learn which logins are taken", async () => {
  expect((await register({ login: admin.identity.login })).body.code).toBe("invite_required");
  expect((await register({ login: admin.identity.login, invite: "wrong" })).body.code).toBe("invalid_invite");
});

it("of 20 racing registrations with an invite for one, one succeeds", async () => {
  const { code } = await invite();
  const before = await server.sql`SELECT FROM users`;
  const answers = await Promise.all(Array.from({ length: 20 }, () => register({ invite: code })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ body }) => body.code === "invalid_invite")).toHaveLength(19);
  expect(await server.sql`SELECT FROM users`).toHaveLength(before.length + 1);
});

it("an invite for three counts down, and a refused registration does not use it", async () => {
  const { code } = await invite({ uses: 3, expires_in: null });
  expect((await register({ invite: code, login: admin.identity.login })).body.code).toBe("login_taken");
  expect((await register({ invite: code, password: "short" })).status).toBe(400);
  for (const left of [2, 1]) {
    expect((await register({ invite: code })).status).toBe(200);
    const { body } = await admin.get("/admin/invites");
    expect(body.find((entry: { code: string }) => entry.code === code).uses_left).toBe(left);
  }
  expect((await register({ invite: code })).status).toBe(200);
  expect(await listed()).not.toContain(code);
});

it("an invite expires", async () => {
  const { code, created_at, expires_at } = await invite({ expires_in: 3600 });
  expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(3_600_000);
  await server.sql`UPDATE invites SET expires_at = now() WHERE code = ${code}`;
  expect((await register({ invite: code })).body.code).toBe("invalid_invite");
  expect(await listed()).not.toContain(code);
});

it("an invite that is withdrawn is worth nothing, and is not there a second time", async () => {
  const { code } = await invite();
  await admin.delete(`/admin/invites/${code}`, { expectStatus: 204 });
  expect((await register({ invite: code })).body.code).toBe("invalid_invite");
  expect((await admin.delete(`/admin/invites/${code}`)).body.code).toBe("not_found");
});

it("the newest invite is listed first", async () => {
  const [first, second] = [await invite(), await invite()];
  expect((await listed()).slice(0, 2)).toEqual([second.code, first.code]);
});

it.each([
  ["no uses", { uses: 0 }, "/uses"],
  ["uses that are a text", { uses: "3" }, "/uses"],
  ["half a use", { uses: 1.5 }, "/uses"],
  ["too many uses", { uses: 1001 }, "/uses"],
  ["an expiry that has passed", { expires_in: 0 }, "/expires_in"],
])("an invite with %s is a 400 that names the field", async (_, wanted, path) => {
  const { status, body } = await admin.post("/admin/invites", { body: wanted });
  expect([status, body.details[0].path]).toEqual([400, path]);
});

it("only administrators make, see and withdraw invites", async () => {
  const { code } = await invite();
  const answers = [
    await member.post("/admin/invites", { body: {} }),
    await member.get("/admin/invites"),
    await member.delete(`/admin/invites/${code}`),
  ];
  for (const { status, body } of answers) expect([status, body.code]).toEqual([403, "administrators_only"]);
  expect((await new TestClient(server).get("/admin/invites")).status).toBe(401);
  expect(await listed()).toContain(code);
});
