import { sendRequest, startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setPicture } from "./fixtures/people.ts";
import { anyPicture } from "./fixtures/pictures.ts";

let server: TestServer;
let anyone: TestClient;
let path: string;

beforeAll(async () => {
  server = await startTestServer({ corsAllowOrigins: ["https://app.example.org"] });
  const alice = await TestClient.register(server);
  path = await setPicture(alice, await anyPicture());
  anyone = new TestClient(server);
});
afterAll(() => server.close());

const get = (headers: Record<string, string> = {}) => anyone.get(`/avatars/${path}`, { headers });

test("anyone can get a picture by its path, and keep it for a year", async () => {
  const { status, headers, body } = await get();
  expect(status).toBe(200);
  expect(body.subarray(8, 12).toString()).toBe("WEBP");
  expect(headers).toMatchObject({
    "content-type": "image/webp",
    "content-length": String(body.length),
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
  });
});

test("pages that are served from elsewhere can show it and read it", async () => {
  const { headers } = await get({ origin: "https://app.example.org" });
  expect(headers["cross-origin-resource-policy"]).toBe("cross-origin");
  expect(headers["access-control-allow-origin"]).toBe("https://app.example.org");
});

test("who has it already is not sent it again", async () => {
  const etag = String((await get()).headers.etag);
  for (const known of [etag, `W/${etag}`, `"another", ${etag}`, "*"]) {
    const answer = await get({ "if-none-match": known });
    expect(answer).toMatchObject({ status: 304, body: undefined });
    expect(answer.headers).toMatchObject({ etag, "cache-control": "public, max-age=31536000, immutable" });
  }
  expect(await get({ "if-none-match": '"another"' })).toMatchObject({ status: 200 });
});

test("HEAD tells everything but the picture", async () => {
  const whole = await get();
  const { status, headers, body } = await anyone.request("HEAD", `/avatars/${path}`);
  expect([status, body]).toEqual([200, undefined]);
  for (const name of ["content-type", "content-length", "etag", "cache-control"])
    expect(headers[name]).toBe(whole.headers[name]);
});

test.each(["nobody.webp", "00/11.webp", `${"0".repeat(64)}.webp`, "x".repeat(255), "constructor"])(
  "a path that no picture has is 404, and nobody keeps that answer: %s",
  async (unknown) => {
    const { status, body, headers } = await anyone.get(`/avatars/${unknown}`);
    expect([status, body.code]).toEqual([404, "not_found"]);
    expect(headers["cache-control"] ?? "").not.toContain("immutable");
    expect(await anyone.get(`/avatars/${path}x`)).toMatchObject({ status: 404 });
    expect(await anyone.get(`/avatars/${path.toUpperCase()}`)).toMatchObject({ status: 404 });
  },
);

test.each([
  "",
  "/",
  "..",
  ".",
  "../server.ts",
  "a/../../b",
  "a/./b",
  "a//b",
  "/etc/passwd",
  "a/",
  ".hidden",
  "a/.hidden",
  "%2e%2e/secrets",
  "%2e%2e%2fsecrets",
  "..%2fsecrets",
  "..%5csecrets",
  "%252e%252e%252fsecrets",
  "%2fetc%2fpasswd",
  "a%00.webp",
  "a%0d%0aSet-Cookie:x",
  "a%20b",
  "a\\b",
  "a;b",
  "%c0%ae%c0%ae/secrets",
  "%ff",
  "%zz",
  "%D0%B3",
  "C:/windows",
  "x".repeat(256),
  "x".repeat(8_000),
])("a path that cannot be one is 400: %s", async (bad) => {
  const answer = await sendRequest(server.url, { method: "GET", path: `/avatars/${bad}` });
  expect(answer).toMatchObject({ status: 400, body: { code: "invalid_input" } });
});
