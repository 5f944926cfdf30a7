import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ trustedProxies: ["127.0.0.1"] });
});
afterAll(() => server.close());

/** Signs in with headers in UTF-8. The body goes out as bytes: Node would encode the headers with a text's once more. */
async function loginWith(client: TestClient, headers: Record<string, string>): Promise<void> {
  const { login, password } = client.identity;
  const bytes = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString("latin1")]);
  const { body } = await client.post("/auth/login", {
    body: Buffer.from(JSON.stringify({ login, password })),
    headers: { "content-type": "application/json", ...Object.fromEntries(bytes) },
    expectStatus: 200,
  });
  client.keep(body);
}

async function sessionsOf(client: TestClient) {
  const { body } = await client.get("/auth/sessions", { expectStatus: 200 });
  return body;
}

describe("the list of my devices", () => {
  it("shows each with where and what it is, newest first, and which one is this", async () => {
    const phone = await TestClient.register(server, {
      deviceName: "Phone",
      appVersion: "1.2.3",
      clientAddress: "192.0.2.7",
    });
    const laptop = await phone.onAnotherDevice({
      deviceName: "Laptop",
      appVersion: "4.5",
      clientAddress: "2001:db8::5",
    });
    const list = await sessionsOf(laptop);
    const common = { city: "Unknown", login_at: expect.any(String), last_seen_at: expect.any(String) };
    expect(list).toEqual([
      {
        id: laptop.sessionId,
        device_name: "Laptop",
        ip_address: "2001:db8::5",
        app_version: "4.5",
        is_current: true,
        ...common,
      },
      {
        id: phone.sessionId,
        device_name: "Phone",
        ip_address: "192.0.2.7",
        app_version: "1.2.3",
        is_current: false,
        ...common,
      },
    ]);
    for (const { login_at } of list) expect(login_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it("has device names trimmed, cut to 128 characters and without control characters", async () => {
    const ann = await TestClient.register(server);
    await loginWith(ann, {
      "x-device-name": `  Ann’s\u0085 phone ${"🙂".repeat(200)}`,
      "x-app-version": " \u00a0 ",
    });
    const [session] = await sessionsOf(ann);
    expect(session.device_name).toBe(`Ann’s phone ${"🙂".repeat(116)}`);
    expect(session.app_version).toBeNull();
  });

  it("names the city that a trusted proxy tells", async () => {
    const ann = await TestClient.register(server);
    await loginWith(ann, { "x-geo-city": "Zürich" });
    expect((await sessionsOf(ann)).map(({ city }: { city: string }) => city)).toEqual(["Zürich", "Unknown"]);
  });

  it("believes nobody else about address and city", async () => {
    await using plain = await startTestServer();
    const ann = await TestClient.register(plain, { clientAddress: "192.0.2.9" });
    await loginWith(ann, { "x-geo-city": "Atlantis" });
    for (const { city, ip_address } of await sessionsOf(ann))
      expect([city, ip_address]).toEqual(["Unknown", "127.0.0.1"]);
  });

  it("follows an app that was updated", async () => {
    const ann = await TestClient.register(server, { deviceName: "Phone", appVersion: "1.0" });
    const body = { refresh_token: ann.refreshToken };
    await ann.post("/auth/refresh", { body, headers: { "x-app-version": "2.0" }, expectStatus: 200 });
    expect((await sessionsOf(ann))[0]).toMatchObject({ device_name: "Phone", app_version: "2.0" });
  });

  it("tells when a device was last seen, to the minute", async () => {
    const ann = await TestClient.register(server);
    const id = ann.sessionId ?? "";
    const lastSeen = async () => {
      const [row] = await server.sql`SELECT last_seen_at FROM auth_sessions WHERE id = ${id}`;
      return row?.last_seen_at as Date;
    };
    await server.sql`UPDATE auth_sessions SET last_seen_at = now() - interval '61 seconds' WHERE id = ${id}`;
    const before = await lastSeen();
    await sessionsOf(ann);
    await expect.poll(lastSeen).not.toEqual(before);
    const touched = await lastSeen();
    for (let n = 0; n < 3; n += 1) await sessionsOf(ann);
    expect(await lastSeen()).toEqual(touched);
  });

  it("leaves out what has expired", async () => {
    const ann = await TestClient.register(server);
    const old = await ann.onAnotherDevice();
    await server.sql`UPDATE auth_sessions SET expires_at = now() WHERE id = ${old.sessionId ?? ""}`;
    expect(await sessionsOf(ann)).toHaveLength(1);
    expect((await ann.delete(`/auth/sessions/${old.sessionId}`)).status).toBe(404);
  });
});

describe("ending sessions", () => {
  /** Three devices of one person with an open socket each; each has just been used. */
  async function threeDevices() {
    const first = await TestClient.register(server);
    const devices = [first, await first.onAnotherDevice(), await first.onAnotherDevice()];
    const sockets = await Promise.all(devices.map((device) => device.socket()));
    for (const device of devices) await device.get("/users/me", { expectStatus: 200 });
    return { devices, sockets };
  }

  const isIn = async (client: TestClient) => (await client.get("/users/me")).status === 200;

  it("signing out ends this one alone, at once and with its sockets", async () => {
    const { devices, sockets } = await threeDevices();
    await devices[0]?.post("/auth/logout", { expectStatus: 204 });
    expect((await sockets[0]?.closed)?.code).toBe(4401);
    expect(await Promise.all(devices.map(isIn))).toEqual([false, true, true]);
    const body = { refresh_token: devices[0]?.refreshToken };
    expect((await new TestClient(server).post("/auth/refresh", { body })).status).toBe(401);
    for (const socket of sockets.slice(1)) await socket.close();
  });

  it("ending all others leaves only this one", async () => {
    const { devices, sockets } = await threeDevices();
    await devices[1]?.delete("/auth/sessions", { expectStatus: 204 });
    for (const socket of [sockets[0], sockets[2]]) expect((await socket?.closed)?.code).toBe(4401);
    expect(await Promise.all(devices.map(isIn))).toEqual([false, true, false]);
    await sockets[1]?.flushed();
    await sockets[1]?.close();
  });

  it("ending one ends that one, and a second time it is not there", async () => {
    const { devices, sockets } = await threeDevices();
    const path = `/auth/sessions/${devices[2]?.sessionId}`;
    await devices[0]?.delete(path, { expectStatus: 204 });
    expect((await sockets[2]?.closed)?.code).toBe(4401);
    expect(await Promise.all(devices.map(isIn))).toEqual([true, true, false]);
    expect((await devices[0]?.delete(path))?.status).toBe(404);
    for (const socket of sockets.slice(0, 2)) await socket.close();
  });

  it("somebody else's session is not there, and lives on", async () => {
    const [ann, ben] = [await TestClient.register(server), await TestClient.register(server)];
    expect((await ann.delete(`/auth/sessions/${ben.sessionId}`)).body.code).toBe("not_found");
    expect((await ann.delete(`/auth/sessions/${crypto.randomUUID()}`)).body.code).toBe("not_found");
    expect(await isIn(ben)).toBe(true);
  });

  it("what is not a UUID is a 400", async () => {
    const ann = await TestClient.register(server);
    for (const id of ["5", "not-a-uuid", `${ann.sessionId}0`]) {
      const { status, body } = await ann.delete(`/auth/sessions/${id}`);
      expect([status, body.code, body.details[0].path]).toEqual([400, "invalid_input", "/id"]);
    }
  });

  it("the id may be written in capitals", async () => {
    const ann = await TestClient.register(server);
    const other = await ann.onAnotherDevice();
    await other.get("/users/me", { expectStatus: 200 });
    await ann.delete(`/auth/sessions/${other.sessionId?.toUpperCase()}`, { expectStatus: 204 });
    expect(await isIn(other)).toBe(false);
  });

  it("deleting the account ends them all", async () => {
    const { devices, sockets } = await threeDevices();
    await devices[0]?.delete("/users/me", { expectStatus: 204 });
    for (const socket of sockets) expect((await socket.closed).code).toBe(4401);
    expect(await Promise.all(devices.map(isIn))).toEqual([false, false, false]);
    const [left] = await server.sql`SELECT
      (SELECT count(*) FROM credentials WHERE user_id = ${devices[0]?.id ?? 0})
      + (SELECT count(*) FROM auth_sessions WHERE user_id = ${devices[0]?.id ?? 0})
      + (SELECT count(*) FROM known_addresses WHERE user_id = ${devices[0]?.id ?? 0}) AS rows`;
    expect(left?.rows).toBe(0);
  });
});
