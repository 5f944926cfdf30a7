import { once } from "node:events";
import { connect } from "node:net";
import { sendRequest, startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let server: TestServer;
let alice: TestClient;

beforeAll(async () => {
  server = await startTestServer({ corsAllowOrigins: ["https://app.example.org"] });
  alice = await TestClient.register(server);
});
afterAll(() => server.close());

const JSON_TYPE = { "content-type": "application/json" };
const refresh = (body: string | Uint8Array, headers: Record<string, string> = JSON_TYPE) =>
  alice.post("/auth/refresh", { body, headers });

describe("a request that is not as it should be", () => {
  test.each([
    ["broken JSON", '{"refresh_token":'],
    ["no JSON at all", "hello"],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
    ["nesting without end", "[".repeat(100_000)],
  ])("%s is told so in a plain sentence", async (_, body) => {
    const answer = await refresh(body);
    expect(answer).toMatchObject({ status: 400, body: { code: "invalid_json" } });
    expect(answer.body.error).toMatch(/^[A-Z].*\.$/);
  });

  test.each([
    ["a missing field", "{}", "/refresh_token"],
    ["a number for a string", '{"refresh_token":5}', "/refresh_token"],
    ["a list for an object", "[]", "/"],
    ["nothing at all", "", "/refresh_token"],
    ["null for the whole", "null", "/"],
    ["null where something is required", '{"refresh_token":null}', "/refresh_token"],
  ])("%s names the field", async (_, body, path) => {
    const answer = await refresh(body);
    expect(answer).toMatchObject({ status: 400, body: { code: "invalid_input", details: [{ path }] } });
  });

  test.each(['"\\u0000"', '"\\ud800"', '"x\\udc00y"'])("a string with %s is refused", async (text) => {
    expect(await refresh(`{"refresh_token":${text}}`)).toMatchObject({ status: 400 });
  });

  test("a name that a client made up is in the details and not in the sentence", async () => {
    const answer = await refresh('{"refresh_token":"x","two\\nlines":"\\u0000"}');
    expect(answer).toMatchObject({ status: 400, body: { details: [{ path: "/two\nlines" }] } });
    expect(answer.body.error).toMatch(/^[\x20-\x7e]+$/);
  });

  test("a body of another type is 415, a body that is too large 413, another method 405 with what is allowed", async () => {
    expect(await refresh("x=1", { "content-type": "application/x-www-form-urlencoded" })).toMatchObject({
      status: 415,
    });
    expect(await refresh(`{"refresh_token":"${"x".repeat(2 * 1024 * 1024)}"}`)).toMatchObject({
      status: 413,
    });
    const answer = await alice.request("PUT", "/auth/refresh");
    expect(answer).toMatchObject({ status: 405, body: { code: "method_not_allowed" } });
    expect(answer.headers.allow).toBe("POST");
    const unknownMethod = await alice.request("QUERY", "/auth/refresh");
    expect(unknownMethod).toMatchObject({ status: 405, headers: { allow: "POST" } });
  });

  test("a path that leads nowhere is 404, in JSON; one that is no URL is 400", async () => {
    expect(await alice.get("/nowhere")).toMatchObject({ status: 404, body: { code: "not_found" } });
    const form = { body: "x=1", headers: { "content-type": "application/x-www-form-urlencoded" } };
    expect(await alice.post("/nowhere", form)).toMatchObject({ status: 404 });
    expect(await alice.get("/chats/%zz/messages")).toMatchObject({ status: 400 });
    for (const id of ["abc", "0", "-1", "1.5", "99999999999999999999"]) {
      expect(await alice.get(`/users/${id}/public-key`)).toMatchObject({
        status: 400,
        body: { details: [{ path: "/id" }] },
      });
    }
  });

  test("unknown fields are ignored, also those that JavaScript would stumble over", async () => {
    const body = '{"username":"harmless","__proto__":{"admin":true},"constructor":1,"unknown":[{}]}';
    const answer = await alice.patch("/users/username", { body, headers: JSON_TYPE });
    expect(answer).toMatchObject({ status: 200, body: { username: "harmless" } });
  });

  test("an empty body is no body, whatever its content type says", async () => {
    const device = await alice.onAnotherDevice();
    await device.post("/auth/logout", { headers: JSON_TYPE, expectStatus: 204 });
    await alice.delete("/auth/sessions", { headers: JSON_TYPE, expectStatus: 204 });
  });

  test("without a session is 401 before anything else is looked at", async () => {
    for (const authorization of ["", "Bearer", "Bearer x", "Basic abc", `bearer ${alice.token}x`]) {
      const answer = await alice.patch("/users/username", {
        body: "{",
        token: null,
        headers: { ...JSON_TYPE, authorization },
      });
      expect(answer).toMatchObject({ status: 401, body: { code: "unauthorized" } });
      expect(await alice.get("/users/me", { token: null, headers: { authorization } })).toMatchObject({
        status: 401,
      });
    }
  });
});

describe("pages of other origins", () => {
  const preflight = (origin: string) =>
    sendRequest(server.url, {
      method: "OPTIONS",
      path: "/users/me",
      headers: {
        origin,
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "authorization",
      },
    });

  test("may call from an allowed origin, with what the protocol needs", async () => {
    const { status, headers } = await preflight("https://app.example.org");
    expect(status).toBe(204);
    expect(headers["access-control-allow-origin"]).toBe("https://app.example.org");
    expect(headers["access-control-allow-methods"]).toBe("GET, HEAD, POST, PUT, PATCH, DELETE");
    for (const header of [
      "Authorization",
      "Content-Type",
      "Range",
      "If-None-Match",
      "X-Device-Name",
      "X-App-Version",
    ]) {
      expect(headers["access-control-allow-headers"]).toContain(header);
    }
    const answer = await alice.get("/users/me", { headers: { origin: "https://app.example.org" } });
    expect(answer.headers["access-control-expose-headers"]).toBe(
      "Retry-After, ETag, Content-Range, Content-Disposition",
    );
  });

  test("may not call from any other", async () => {
    for (const origin of ["https://evil.example.com", "https://app.example.org.evil.example.com", "null"]) {
      expect((await preflight(origin)).headers["access-control-allow-origin"]).toBeUndefined();
    }
  });
});

describe("what the server shows without a session", () => {
  test("a page that says it is up and leads to the documentation", async () => {
    const page = await sendRequest(server.url, { method: "GET", path: "/" });
    expect(page).toMatchObject({ status: 200 });
    expect(page.headers["content-type"]).toMatch(/^text\/html/);
    expect(String(page.body)).toContain("This server is up.");
    expect(String(page.body)).toContain('href="/docs"');
    expect(
      (await sendRequest(server.url, { method: "GET", path: "/style.css" })).headers["content-type"],
    ).toMatch(/^text\/css/);
  });

  test("the documentation of every route and event, on a page that loads nothing else", async () => {
    const page = await sendRequest(server.url, { method: "GET", path: "/docs" });
    const text = String(page.body);
    for (const what of [
      "/auth/register",
      "/chats/{id}/messages",
      "send_message",
      "message_new",
      "stale_members",
    ])
      expect(text).toContain(what);
    expect(text).not.toMatch(/<script|src=|@import|url\(/);
    expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; style-src 'sha256-/);
  });

  test("its health", async () => {
    for (const path of ["/health", "/health/live", "/health/ready"]) {
      expect(await sendRequest(server.url, { method: "GET", path })).toMatchObject({
        status: 200,
        body: "OK",
      });
      expect(await sendRequest(server.url, { method: "HEAD", path })).toMatchObject({ status: 200 });
    }
  });

  test("no metrics: those are for the machine itself", async () => {
    expect(await alice.get("/metrics")).toMatchObject({ status: 404 });
  });
});

test("a request that HTTP does not allow is refused, and the server lives on", async () => {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.write(
    "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  );
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
  socket.destroy();
  expect(await sendRequest(server.url, { method: "GET", path: "/health" })).toMatchObject({ status: 200 });
});
