import { createTestDatabase, type ServerProcess, spawnTestServer, type TestDatabase } from "@tacit/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openRaw, statusLines, talk } from "./fixtures/raw-connection.ts";
import { expectWell, openFilesAtRest } from "./fixtures/well-being.ts";

let database: TestDatabase;
let server: ServerProcess;
let atRest: number;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await spawnTestServer({ database: database.config });
  atRest = await openFilesAtRest(server);
});
afterAll(async () => {
  await server.kill();
  await database.drop();
});
afterEach(() => expectWell(server, atRest));

const LOGIN = "POST /auth/login HTTP/1.1\r\nHost: x\r\n";
const JSON_TYPE = "Content-Type: application/json\r\n";
const body = (answer: string) => JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")));

describe("what could be read in two ways is read in none", () => {
  test.each([
    ["a length beside chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["chunks beside a length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"],
    ["two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"],
    ["two lengths in one header", "Content-Length: 2, 3\r\n\r\n{}x"],
    ["a length with a sign", "Content-Length: +2\r\n\r\n{}"],
    ["a length that is no number", "Content-Length: 0x2\r\n\r\n{}"],
    ["a length beyond all numbers", `Content-Length: ${"9".repeat(30)}\r\n\r\n{}`],
    ["chunks that are not the last encoding", "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"],
    ["a chunk whose size is no number", "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"],
    ["a chunk with a negative size", "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n"],
    [
      "a chunk with a size beyond all numbers",
      `Transfer-Encoding: chunked\r\n\r\n${"f".repeat(20)}\r\n{}\r\n0\r\n\r\n`,
    ],
    ["a chunk longer than its size", "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n"],
    ["a space before the colon", "Content-Length : 2\r\n\r\n{}"],
    ["a NUL in a header", "X-Device-Name: a\0b\r\nContent-Length: 2\r\n\r\n{}"],
    ["a header over two lines", "X-Device-Name: a\r\n b\r\nContent-Length: 2\r\n\r\n{}"],
    ["a carriage return alone in a header", "X-Device-Name: a\rb\r\nContent-Length: 2\r\n\r\n{}"],
    ["a header without a name", ": x\r\nContent-Length: 2\r\n\r\n{}"],
    ["a line that is no header", "what\r\nContent-Length: 2\r\n\r\n{}"],
  ])("%s", async (_, rest) => {
    const answer = await talk(server.url, `${LOGIN}${JSON_TYPE}${rest}`);
    expect(statusLines(answer)).toEqual(["400 Bad Request"]);
    expect(body(answer)).toEqual({ error: expect.stringMatching(/^[A-Z].*\.$/), code: "invalid_input" });
  });

  test("lines that end with a line feed alone", async () => {
    const answer = await talk(server.url, "GET /health HTTP/1.1\nHost: x\nConnection: close\n\n");
    expect(statusLines(answer)).toEqual(["400 Bad Request"]);
  });

  test.each([
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["a version that does not exist", "GET /health HTTP/9.9\r\nHost: x\r\n\r\n"],
    ["a method that does not exist", "BREW /coffee HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a method in small letters", "get /health HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
    ["nothing but NUL", "\0".repeat(100)],
    ["SSH", "SSH-2.0-OpenSSH_9.0\r\n"],
    ["no host", "GET /health HTTP/1.1\r\n\r\n"],
  ])("%s", async (_, text) => {
    expect(statusLines(await talk(server.url, text))).toEqual(["400 Bad Request"]);
  });
});

test("headers that are too large are told so", async () => {
  for (const headers of [
    `X-Big: ${"x".repeat(100_000)}\r\n`,
    "X-Many: x\r\n".repeat(20_000),
    `${"X".repeat(100_000)}: x\r\n`,
  ]) {
    const connection = await openRaw(server.url, `GET /health HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
    // Whoever is still sending may be reset before reading the answer.
    const lines = statusLines(await connection.ended);
    expect([[], ["400 Bad Request"]]).toContainEqual(lines);
    connection.socket.destroy();
  }
});

describe("absurd addresses", () => {
  test.each([
    ["of 100,000 characters", `/${"a".repeat(100_000)}`, [400, 404]],
    ["with a NUL", "/chats/%00/messages", [400, 401]],
    ["with octets that are no UTF-8", "/avatars/%ff%fe", [400, 404]],
    ["with two slashes", "//health", [404]],
    ["with nothing but slashes", "//////", [404]],
    ["that climb", "/../../../../etc/passwd", [400, 404]],
    ["that climb in disguise", "/avatars/..%2f..%2f..%2fetc%2fpasswd", [400, 404]],
    ["that climb with backslashes", "/avatars/..%5c..%5cetc%5cpasswd", [400, 404]],
    ["with a broken escape", "/%", [400, 404]],
    ["with an authority", "http://elsewhere.example.org/health", [200, 400, 404]],
    ["with a query of nothing but ampersands", `/health?${"&".repeat(5_000)}`, [200]],
    ["with thousands of parameters", `/health?${"a=1&".repeat(2_500)}`, [200]],
    ["with parameters named like objects", "/health?__proto__[x]=1&constructor.prototype=2", [200]],
    ["that are an asterisk", "*", [200, 400, 404]],
  ])("%s", async (_, path, statuses) => {
    const answer = await talk(server.url, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(statuses).toContain(Number(statusLines(answer)[0]?.slice(0, 3)));
    expect(answer).not.toContain("root:");
  });
});

test.each(["TRACE", "QUERY", "PROPFIND", "M-SEARCH", "SUBSCRIBE", "PURGE"])(
  "the method %s is not allowed, and what is allowed is told",
  async (method) => {
    const answer = await talk(
      server.url,
      `${method} /users/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(statusLines(answer)).toEqual(["405 Method Not Allowed"]);
    expect(answer).toMatch(/\r\nallow: GET, DELETE\r\n/i);
  },
);

test("CONNECT leads nowhere", async () => {
  const answer = await talk(server.url, "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n");
  expect(statusLines(answer).filter((status) => status.startsWith("2"))).toEqual([]);
});
