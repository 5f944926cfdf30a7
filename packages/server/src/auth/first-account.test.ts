import { registration, startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { expect, it } from "vitest";

function register(server: TestServer, fields: Record<string, unknown> = {}) {
  const client = new TestClient(server);
  return client.post("/auth/register", { body: { ...registration(client.identity), ...fields } });
}

it("the first account is the administrator, the second is not", async () => {
  await using server = await startTestServer();
  const [first, second] = [await TestClient.register(server), await TestClient.register(server)];
  expect((await first.get("/users/me")).body.is_admin).toBe(true);
  expect((await second.get("/users/me")).body.is_admin).toBe(false);
  expect((await first.get("/admin/users")).status).toBe(200);
  expect((await second.get("/admin/users")).body.code).toBe("administrators_only");
});

it("when the first people register at once, one of them is the administrator", async () => {
  await using server = await startTestServer();
  const answers = await Promise.all(Array.from({ length: 8 }, () => register(server)));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
  expect(await server.sql`SELECT user_id FROM credentials WHERE is_admin`).toHaveLength(1);
});

it("a first registration that is refused leaves the place free", async () => {
  await using server = await startTestServer();
  const identity = {
    identity_key: Buffer.alloc(32, 7).toString("base64"),
    signature: Buffer.alloc(64).toString("base64"),
  };
  expect((await register(server, identity)).body.code).toBe("invalid_key_signature");
  const first = await TestClient.register(server);
  expect((await first.get("/users/me")).body.is_admin).toBe(true);
});

it("the place is taken once and for all, also when the first account is deleted", async () => {
  await using server = await startTestServer();
  const first = await TestClient.register(server);
  await first.delete("/users/me", { expectStatus: 204 });
  const second = await TestClient.register(server);
  expect((await second.get("/users/me")).body.is_admin).toBe(false);
});

it("a closed server takes nobody, not even the first", async () => {
  await using server = await startTestServer({ registration: "closed" });
  const answer = await register(server);
  expect([answer.status, answer.body.code]).toEqual([403, "registration_closed"]);
  expect(await server.sql`SELECT FROM users`).toHaveLength(0);
});

it("a server by invitation takes its first account without one, and of racing ones only that", async () => {
  await using server = await startTestServer({ registration: "invite" });
  const answers = await Promise.all(Array.from({ length: 6 }, () => register(server)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ body }) => body.code === "invite_required")).toHaveLength(5);
  expect(await server.sql`SELECT FROM users`).toHaveLength(1);
});
