import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

function refresh(refresh_token: unknown) {
  return new TestClient(server).post("/auth/refresh", { body: { refresh_token } });
}

/** Makes the latest refresh of a session look older. */
async function age(client: TestClient, seconds: number): Promise<void> {
  await server.sql`
    UPDATE auth_sessions SET replaced_at = replaced_at - make_interval(secs => ${seconds}) WHERE id = ${client.sessionId ?? ""}`;
}

it("a refresh gives new tokens of the same session, and the old access token lives on", async () => {
  const ann = await TestClient.register(server);
  const { body } = await refresh(ann.refreshToken);
  expect(body).toEqual({
    token: expect.any(String),
    refresh_token: expect.stringMatching(/^[A-Za-z0-9_-]{64}$/),
    session_id: ann.sessionId,
    expires_in: 900,
  });
  expect(body.refresh_token).not.toBe(ann.refreshToken);
  for (const token of [ann.token, body.token])
    expect((await ann.get("/users/me", { token })).status).toBe(200);
});

it("a changed name is in the next access token", async () => {
  const ann = await TestClient.register(server);
  await ann.patch("/users/nickname", { body: { nickname: "Renamed" }, expectStatus: 200 });
  await ann.refresh();
  const claims = JSON.parse(Buffer.from((ann.token ?? "").split(".")[1] ?? "", "base64url").toString());
  expect(claims.nickname).toBe("Renamed");
});

it("20 parallel refreshes leave one branch, which goes on", async () => {
  const ann = await TestClient.register(server);
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(ann.refreshToken)));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  const branches = new Set(answers.map(({ body }) => body.refresh_token));
  expect(branches.size).toBe(1);
  const [next] = branches;
  expect((await refresh(next)).status).toBe(200);
  expect(await server.sql`SELECT FROM auth_sessions WHERE user_id = ${ann.id}`).toHaveLength(1);
});

it("a lost answer can be asked for again within 10 seconds", async () => {
  const ann = await TestClient.register(server);
  const first = await refresh(ann.refreshToken);
  await age(ann, 9);
  const again = await refresh(ann.refreshToken);
  expect(again.body.refresh_token).toBe(first.body.refresh_token);
  expect((await ann.get("/users/me", { token: again.body.token })).status).toBe(200);
});

it("after 10 seconds the replaced token ends the session: every token of it fails and its sockets close", async () => {
  const ann = await TestClient.register(server);
  const other = await ann.onAnotherDevice();
  const socket = await ann.socket();
  const next = await refresh(ann.refreshToken);
  await age(ann, 11);
  const reused = await refresh(ann.refreshToken);
  expect([reused.status, reused.body.code]).toEqual([401, "invalid_refresh_token"]);
  expect((await socket.closed).code).toBe(4401);
  for (const token of [ann.token, next.body.token]) {
    expect((await ann.get("/users/me", { token })).body.code).toBe("unauthorized");
  }
  expect((await refresh(next.body.refresh_token)).status).toBe(401);
  expect((await other.get("/users/me")).status).toBe(200);
});

it("a token that was replaced before the latest refresh ends the session at once, however old", async () => {
  for (const refreshes of [2, 5]) {
    const ann = await TestClient.register(server);
    const stolen = ann.refreshToken;
    for (let n = 0; n < refreshes; n += 1) await ann.refresh();
    expect((await refresh(stolen)).status).toBe(401);
    expect((await refresh(ann.refreshToken)).status).toBe(401);
    expect((await ann.get("/users/me")).status).toBe(401);
  }
});

it("an expired session cannot be refreshed or used", async () => {
  const ann = await TestClient.register(server);
  await server.sql`UPDATE auth_sessions SET expires_at = now() WHERE id = ${ann.sessionId ?? ""}`;
  expect((await refresh(ann.refreshToken)).body.code).toBe("invalid_refresh_token");
  expect((await ann.get("/users/me")).body.code).toBe("unauthorized");
});

it("a token that is none is refused as often as it is tried, and never with 429", async () => {
  const guesses = ["", "x", "x".repeat(64), "x".repeat(100_000), `${"é".repeat(64)}`, "A".repeat(63)];
  const answers = await Promise.all(
    Array.from({ length: 150 }, (_, n) => refresh(guesses[n % guesses.length])),
  );
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.code}`))).toEqual(
    new Set(["401 invalid_refresh_token"]),
  );
});

it("an access token is no refresh token, and a refresh token no access token", async () => {
  const ann = await TestClient.register(server);
  expect((await refresh(ann.token)).status).toBe(401);
  expect((await ann.get("/users/me", { token: ann.refreshToken ?? "" })).status).toBe(401);
  expect((await refresh(ann.refreshToken)).status).toBe(200);
});

it("a body without the token is a 400 that names it", async () => {
  for (const token of [undefined, null, 5]) {
    const { status, body } = await refresh(token);
    expect([status, body.details[0].path]).toEqual([400, "/refresh_token"]);
  }
});

it("no token can be found in the database", async () => {
  const ann = await TestClient.register(server);
  const replaced = ann.refreshToken ?? "";
  await ann.refresh();
  const [row] =
    await server.sql`SELECT to_jsonb(s)::text AS text FROM auth_sessions s WHERE id = ${ann.sessionId ?? ""}`;
  for (const token of [replaced, ann.refreshToken ?? ""]) {
    const bytes = Buffer.from(token, "base64url");
    for (const part of [token, bytes.subarray(0, 16).toString("hex"), bytes.subarray(16).toString("hex")]) {
      expect(row?.text).not.toContain(part);
    }
  }
});
