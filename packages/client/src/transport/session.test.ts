import { endpoints } from "@tacit/protocol";
import { startProxy, startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { TacitError } from "../errors.ts";
import { createApi } from "./api.ts";
import { startAnswering, startStub } from "./fixtures/stub-server.ts";
import { createHttp } from "./http.ts";
import { createSession } from "./session.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.close());

afterEach(() => {
  vi.useRealTimers();
});

const { getMe } = endpoints.users;
const MINUTE = 60_000;
const refused = (code: string) => expect.objectContaining({ name: "TacitError", code });

interface Options {
  readonly url?: string;
  readonly life?: number;
  readonly save?: (refreshToken: string) => Promise<void>;
  readonly accessToken?: string;
}

/** A device of somebody who is signed in, and what it did. */
async function device({ url = server.url, life = 15 * MINUTE, save, accessToken }: Options = {}) {
  const client = await TestClient.register(server);
  const { token = "", refreshToken = "", sessionId = "" } = client;
  const done = { refreshes: 0, saved: [] as string[], ended: 0 };
  const http = createHttp({
    server: url,
    fetch: (address, init) => {
      if (String(address).endsWith("/auth/refresh")) done.refreshes += 1;
      return fetch(address, init);
    },
  });
  const session = createSession({
    http,
    tokens: { accessToken: accessToken ?? token, expiresAt: Date.now() + life, refreshToken, sessionId },
    save: async (saved) => {
      await save?.(saved);
      done.saved.push(saved);
    },
    onEnd: () => {
      done.ended += 1;
    },
  });
  return { client, session, api: createApi({ http, session }), done };
}

it("uses a token that is good for a while yet", async () => {
  const { api, client, done } = await device();
  expect(await api.accessToken()).toBe(client.token);
  expect(await api.call(getMe, {})).toMatchObject({ id: client.id });
  expect(done.refreshes).toBe(0);
});

it("renews a token that is about to expire once for all who need it at the same time", async () => {
  const { api, session, done } = await device({ life: 0 });
  await Promise.all([api.call(getMe, {}), api.call(getMe, {}), session.accessToken()]);
  await api.call(getMe, {});
  expect(done).toMatchObject({ refreshes: 1, saved: [expect.any(String)] });
});

it("has a session from no more than its refresh token", async () => {
  const { refreshToken = "" } = await TestClient.register(server);
  const http = createHttp({ server: server.url });
  const session = createSession({ http, refreshToken, save: async () => {}, onEnd: () => {} });
  await createApi({ http, session }).call(getMe, {});
});

it("renews a token whose server has forgotten it, and asks again", async () => {
  const { api, client, done } = await device({ accessToken: "not-a-token" });
  const calls = [api.call(getMe, {}), api.call(getMe, {})];
  for (const call of calls) expect(await call).toMatchObject({ id: client.id });
  const response = await api.raw("GET", "/users/me");
  expect(await response.json()).toMatchObject({ id: client.id });
  expect(done.refreshes).toBe(1);
});

it("renews before a token expires while the device sleeps, or its clock is set back", async () => {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  const asleep = await device();
  vi.setSystemTime(Date.now() + 14.5 * MINUTE);
  await asleep.session.accessToken();
  expect(asleep.done.refreshes).toBe(1);
  const moved = await device();
  const start = Date.now();
  vi.advanceTimersByTime(14.5 * MINUTE);
  vi.setSystemTime(start);
  await moved.session.accessToken();
  await moved.session.accessToken();
  expect(moved.done.refreshes).toBe(1);
});

it("does not hang on a server whose tokens last a moment only", async () => {
  const tokens = { token: "a", refresh_token: "r", session_id: crypto.randomUUID(), expires_in: 30 };
  await using stub = await startAnswering(200, tokens);
  const { session, done } = await device({ url: stub.url, life: 0 });
  await session.accessToken();
  await session.accessToken();
  expect(done.refreshes).toBe(1);
});

it("keeps the new refresh token before anybody gets the new access token", async () => {
  let finish = () => {};
  const stored = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const order: string[] = [];
  const { session } = await device({
    life: 0,
    save: async () => {
      order.push("saving");
      await stored;
      order.push("saved");
    },
  });
  const token = session.accessToken().then(() => order.push("token"));
  await vi.waitFor(() => expect(order).toEqual(["saving"]));
  finish();
  await token;
  expect(order).toEqual(["saving", "saved", "token"]);
});

it("gives out no token whose refresh token could not be kept, and keeps it later without another", async () => {
  let full = true;
  const { session, done } = await device({
    life: 0,
    save: async () => {
      if (full) throw new TacitError("store_full", "There is no room.");
    },
  });
  await expect(session.accessToken()).rejects.toEqual(refused("store_full"));
  await expect(session.accessToken()).rejects.toEqual(refused("store_full"));
  full = false;
  await session.accessToken();
  expect(done).toMatchObject({ refreshes: 1, saved: [expect.any(String)] });
});

it("tells once that the session was ended elsewhere, and asks the server nothing more", async () => {
  const { api, client, session, done } = await device();
  const other = await client.onAnotherDevice();
  await other.delete("/auth/sessions", { expectStatus: 204 });
  const calls = await Promise.allSettled([
    api.call(getMe, {}),
    api.call(getMe, {}),
    session.renew(client.token ?? ""),
  ]);
  for (const call of calls) expect(call).toEqual({ status: "rejected", reason: refused("signed_out") });
  await expect(api.accessToken()).rejects.toEqual(refused("signed_out"));
  expect(session.ended).toBe(true);
  expect(done).toEqual({ refreshes: 1, saved: [], ended: 1 });
});

it("stays signed in without a network, and goes on when it is back", async () => {
  await using proxy = await startProxy({ port: Number(new URL(server.url).port) });
  const { api, done } = await device({ url: `http://127.0.0.1:${proxy.port}`, life: 0 });
  proxy.refuse();
  await expect(api.call(getMe, {})).rejects.toEqual(refused("unreachable"));
  proxy.accept();
  await api.call(getMe, {});
  expect(done.ended).toBe(0);
});

it("stays signed in when the answer to a refresh is lost", async () => {
  await using proxy = await startProxy({ port: Number(new URL(server.url).port) });
  const { api, client, done } = await device({ url: `http://127.0.0.1:${proxy.port}`, life: 0 });
  proxy.delay(300);
  const call = api.call(getMe, {});
  await vi.waitFor(async () => {
    const rows =
      await server.sql`SELECT replaced_hash FROM auth_sessions WHERE id = ${client.sessionId ?? ""}`;
    expect(rows[0]?.replaced_hash).not.toBeNull();
  });
  proxy.cut();
  proxy.delay(0);
  expect(await call).toMatchObject({ id: client.id });
  expect(done).toMatchObject({ refreshes: 2, ended: 0 });
});

it.each([
  ["a page of the hotel", 401, "<html>Sign in to the WLAN</html>"],
  ["a gateway's own words", 401, { error: "Unauthorized" }],
  ["a fault of the server", 500, { error: "Oops.", code: "internal" }],
  ["something unheard of", 200, { token: 7 }],
])("stays signed in whatever else answers a refresh: %s", async (_, status, body) => {
  await using stub = await startAnswering(status, body);
  const { session, done } = await device({ url: stub.url, life: 0 });
  await expect(session.accessToken()).rejects.toMatchObject({ name: "TacitError" });
  expect(session.ended).toBe(false);
  expect(done).toMatchObject({ saved: [], ended: 0 });
});

it("keeps nothing any more once it has been ended here", async () => {
  await using proxy = await startProxy({ port: Number(new URL(server.url).port) });
  const { session, done } = await device({ url: `http://127.0.0.1:${proxy.port}`, life: 0 });
  proxy.pause();
  const token = session.accessToken();
  const refusal = expect(token).rejects.toEqual(refused("signed_out"));
  session.end();
  proxy.resume();
  await refusal;
  await expect(session.accessToken()).rejects.toEqual(refused("signed_out"));
  expect(done).toMatchObject({ saved: [], ended: 0 });
});

it("lets somebody cancel while others wait for the same token", async () => {
  await using proxy = await startProxy({ port: Number(new URL(server.url).port) });
  const { api, client } = await device({ url: `http://127.0.0.1:${proxy.port}`, life: 0 });
  proxy.pause();
  const controller = new AbortController();
  const cancelled = expect(api.call(getMe, { signal: controller.signal })).rejects.toBe("enough");
  const call = api.call(getMe, {});
  controller.abort("enough");
  await cancelled;
  proxy.resume();
  expect(await call).toMatchObject({ id: client.id });
});

it("gives up on a server that refuses every new token, too", async () => {
  let refreshes = 0;
  await using stub = await startStub((request, response) => {
    const refresh = request.url === "/auth/refresh";
    if (refresh) refreshes += 1;
    request.resume();
    response.writeHead(refresh ? 200 : 401);
    const tokens = {
      token: `t${refreshes}`,
      refresh_token: "r",
      session_id: crypto.randomUUID(),
      expires_in: 900,
    };
    response.end(JSON.stringify(refresh ? tokens : { error: "No.", code: "unauthorized" }));
  });
  const { api, session } = await device({ url: stub.url });
  await expect(api.call(getMe, {})).rejects.toEqual(refused("unauthorized"));
  expect(refreshes).toBe(1);
  expect(session.ended).toBe(false);
});

it("does not lose the session when it is closed while the token is being renewed", async () => {
  await using proxy = await startProxy({ port: Number(new URL(server.url).port) });
  const { client, session, done } = await device({ url: `http://${proxy.host}:${proxy.port}`, life: 0 });
  proxy.delay(50);
  const renewed = session.accessToken();
  await session.close();
  expect(done.saved).toHaveLength(1);
  expect(await renewed).toBeTypeOf("string");
  client.refreshToken = done.saved[0];
  await client.refresh();
});

it("renews nothing any more once it is closed, not even what has failed just now", async () => {
  await using proxy = await startProxy({ port: Number(new URL(server.url).port) });
  const { session, done } = await device({ url: `http://${proxy.host}:${proxy.port}`, life: 0 });
  proxy.pause();
  const renewed = session.accessToken();
  const closed = session.close();
  const failed = expect(renewed).rejects.toThrow(refused("unreachable"));
  await proxy.close();
  await Promise.all([closed, failed]);
  await expect(session.accessToken()).rejects.toThrow(refused("closed"));
  expect(done).toMatchObject({ refreshes: 1, saved: [] });
});
