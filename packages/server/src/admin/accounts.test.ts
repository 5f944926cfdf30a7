import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

let server: TestServer;
let admin: TestClient;

beforeAll(async () => {
  server = await startTestServer();
  admin = await TestClient.register(server, { username: "The First", nickname: "Founder" });
});
afterEach(async () => {
  await server.sql`UPDATE credentials SET is_admin = (user_id = ${admin.id}), disabled_at = NULL`;
});
afterAll(() => server.close());

function update(by: TestClient, who: TestClient | number, change: Record<string, unknown>) {
  return by.patch(`/admin/users/${typeof who === "number" ? who : who.id}`, { body: change });
}

function login(client: TestClient) {
  const { login: name, password } = client.identity;
  return new TestClient(server).post("/auth/login", { body: { login: name, password } });
}

async function list(query = ""): Promise<{ id: number }[]> {
  const { body } = await admin.get(`/admin/users${query}`, { expectStatus: 200 });
  return body;
}

describe("disabling an account", () => {
  it("ends its sessions at once, and it cannot sign in until it is enabled again", async () => {
    const ben = await TestClient.register(server);
    const socket = await ben.socket();
    await ben.get("/users/me", { expectStatus: 200 });
    const { body } = await update(admin, ben, { disabled: true });
    expect(body).toMatchObject({ id: ben.id, disabled: true, is_admin: false });
    expect((await socket.closed).code).toBe(4401);
    expect((await ben.get("/users/me")).status).toBe(401);
    const refresh = { body: { refresh_token: ben.refreshToken } };
    expect((await new TestClient(server).post("/auth/refresh", refresh)).status).toBe(401);
    expect((await login(ben)).body.code).toBe("account_disabled");

    expect((await update(admin, ben, { disabled: false })).body.disabled).toBe(false);
    expect((await login(ben)).status).toBe(200);
    expect((await ben.get("/users/me")).status).toBe(401);
  });

  it("leaves nobody inside who signs in meanwhile", async () => {
    for (let round = 0; round < 5; round += 1) {
      const ben = await TestClient.register(server);
      const [signedIn] = await Promise.all([login(ben), update(admin, ben, { disabled: true })]);
      if (signedIn.status === 200) {
        expect((await ben.get("/users/me", { token: signedIn.body.token })).status).toBe(401);
      }
      expect(await server.sql`SELECT FROM auth_sessions WHERE user_id = ${ben.id}`).toHaveLength(0);
    }
  });

  it("takes an administrator's powers, too", async () => {
    const ben = await TestClient.register(server);
    await update(admin, ben, { is_admin: true });
    await update(admin, ben, { disabled: true });
    const rows = await server.sql`SELECT is_admin, disabled_at FROM credentials WHERE user_id = ${ben.id}`;
    expect(rows).toEqual([{ is_admin: true, disabled_at: expect.any(Date) }]);
    expect((await update(admin, admin, { is_admin: false })).body.code).toBe("last_administrator");
  });
});

describe("administrators", () => {
  it("are made and unmade by administrators", async () => {
    const ben = await TestClient.register(server);
    expect((await ben.get("/admin/users")).status).toBe(403);
    expect((await update(admin, ben, { is_admin: true })).body.is_admin).toBe(true);
    expect((await ben.get("/admin/users")).status).toBe(200);
    expect((await ben.get("/users/me")).body.is_admin).toBe(true);
    expect((await update(ben, ben, { is_admin: false })).body.is_admin).toBe(false);
    expect((await ben.get("/admin/users")).status).toBe(403);
  });

  it("nobody else can change an account, the own one neither", async () => {
    const ben = await TestClient.register(server);
    for (const who of [ben, admin, 999_999]) {
      expect((await update(ben, who, { is_admin: true })).body.code).toBe("administrators_only");
    }
    expect((await update(new TestClient(server), ben, { is_admin: true })).status).toBe(401);
  });

  it("the last one stays one and stays enabled", async () => {
    for (const change of [{ is_admin: false }, { disabled: true }]) {
      const { status, body } = await update(admin, admin, change);
      expect([status, body.code]).toEqual([409, "last_administrator"]);
    }
    expect((await admin.get("/admin/users")).status).toBe(200);
    expect((await update(admin, admin, { disabled: false, is_admin: true })).status).toBe(200);
  });

  it("when all of them resign at once, or depose each other, one remains", async () => {
    const others = [await TestClient.register(server), await TestClient.register(server)];
    for (let round = 0; round < 3; round += 1) {
      for (const other of others)
        await server.sql`UPDATE credentials SET is_admin = true WHERE user_id = ${other.id}`;
      const all = [admin, ...others];
      await Promise.all(all.map((one, n) => update(one, all[(n + round) % 3] ?? one, { is_admin: false })));
      const left = await server.sql`SELECT user_id FROM credentials WHERE is_admin`;
      expect(left.length).toBeGreaterThanOrEqual(1);
      await server.sql`UPDATE credentials SET is_admin = true WHERE user_id = ${admin.id}`;
    }
  });
});

describe("the list of accounts", () => {
  it("shows the newest first, and of nobody the login", async () => {
    const [ann, ben] = [await TestClient.register(server), await TestClient.register(server)];
    const accounts = await list();
    expect(accounts.slice(0, 2).map(({ id }) => id)).toEqual([ben.id, ann.id]);
    const { id, username, nickname, avatar } = ben.account ?? {};
    const rest = {
      created_at: expect.any(String),
      last_seen_at: expect.any(String),
      is_admin: false,
      disabled: false,
    };
    expect(accounts[0]).toEqual({ id, username, nickname, avatar, ...rest });
    expect(JSON.stringify(accounts)).not.toContain(ann.identity.login);
  });

  it("goes on below an id, 100 at a time", async () => {
    await server.sql`
      WITH made AS (
        INSERT INTO users (username, username_key, nickname, nickname_key)
        SELECT 'bulk ' || n, 'bulk ' || n, 'bulk', 'bulk' FROM generate_series(1, 150) n RETURNING id)
      INSERT INTO credentials (user_id, login, login_key, password_hash)
      SELECT id, 'bulk ' || id, 'bulk ' || id, '' FROM made`;
    const first = await list();
    expect(first).toHaveLength(100);
    const second = await list(`?before_id=${first.at(-1)?.id}`);
    const ids = [...first, ...second].map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    expect(new Set(ids).size).toBe(ids.length);
    expect(second.at(-1)?.id).toBe(admin.id);
    await server.sql`DELETE FROM users WHERE nickname_key = 'bulk'`;
  });

  it.each(["the first", "FIRST", "  first ", "found", "ｆirst"])(
    "finds %j in a username or nickname",
    async (q) => {
      expect((await list(`?q=${encodeURIComponent(q)}`)).map(({ id }) => id)).toEqual([admin.id]);
    },
  );

  it("takes % and _ as they are, and finds a number also as an id", async () => {
    expect(await list("?q=%25")).toEqual([]);
    expect(await list("?q=The_First")).toEqual([]);
    expect((await list(`?q=${admin.id}`)).map(({ id }) => id)).toContain(admin.id);
    expect(await list("?q=99999999999999999999")).toEqual([]);
  });

  it("leaves out deleted accounts", async () => {
    const ben = await TestClient.register(server);
    await ben.delete("/users/me", { expectStatus: 204 });
    expect((await list()).map(({ id }) => id)).not.toContain(ben.id);
    expect((await update(admin, ben, { disabled: true })).body.code).toBe("unknown_user");
  });
});

it("a change of what does not exist or is not valid is refused", async () => {
  expect((await update(admin, 999_999, { disabled: true })).body.code).toBe("unknown_user");
  const { status, body } = await update(admin, admin, { disabled: "yes" });
  expect([status, body.details[0].path]).toEqual([400, "/disabled"]);
  expect((await admin.patch("/admin/users/abc", { body: {} })).status).toBe(400);
});
