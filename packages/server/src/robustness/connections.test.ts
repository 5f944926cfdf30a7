import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import {
  createTestDatabase,
  type ServerProcess,
  spawnTestServer,
  TestClient,
  type TestDatabase,
} from "@tacit/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openRaw, statusLines, talk } from "./fixtures/raw-connection.ts";
import { expectWell, openFilesAtRest } from "./fixtures/well-being.ts";

let database: TestDatabase;
let server: ServerProcess;
let alice: TestClient;
let atRest: number;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await spawnTestServer({ database: database.config });
  alice = await TestClient.register(server);
  atRest = await openFilesAtRest(server);
});
afterAll(async () => {
  await server.kill();
  await database.drop();
});
afterEach(() => expectWell(server, atRest));

const request = (line: string, headers = "") => `${line} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
const authorization = () => `Authorization: Bearer ${alice.token}\r\n`;
const CLOSE = "Connection: close\r\n";

test("requests sent without waiting are answered in their order, also when one of them is refused", async () => {
  const answer = await talk(
    server.url,
    [
      request("GET /users/me", authorization()),
      request("GET /nowhere"),
      `${request("POST /auth/prelogin", "Content-Type: application/json\r\nContent-Length: 13\r\n")}{"login":"x"}`,
      request("GET /users/me"),
      `${request("PATCH /users/nickname", `${authorization()}Content-Type: application/json\r\nContent-Length: 15\r\n`)}{"nickname":""}`,
      request("GET /chats", authorization()),
      request("PUT /health"),
      request("GET /health", CLOSE),
    ].join(""),
  );
  expect(statusLines(answer)).toEqual([
    "200 OK",
    "404 Not Found",
    "200 OK",
    "401 Unauthorized",
    "400 Bad Request",
    "200 OK",
    "405 Method Not Allowed",
    "200 OK",
  ]);
});

test("a thousand requests in one go are all answered", async () => {
  const connection = await openRaw(server.url, request("GET /health").repeat(1_000));
  expect(new Set(await connection.answers(1_000))).toEqual(new Set(["200 OK"]));
  connection.socket.destroy();
});

test("whoever has ended their own side is answered, and not kept", async () => {
  for (const text of [
    request("GET /health"),
    request("GET /nowhere"),
    request("GET /ws", "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
    request("GET /elsewhere", "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
  ]) {
    const connection = await openRaw(server.url);
    connection.socket.end(text);
    expect(statusLines(await connection.ended)).toHaveLength(1);
    connection.socket.destroy();
  }
});

test("whoever keeps their side open after a refused handshake is not kept", async () => {
  const connections = await Promise.all(
    Array.from({ length: 20 }, () =>
      openRaw(server.url, request("GET /ws", "Connection: Upgrade\r\nUpgrade: websocket\r\n")),
    ),
  );
  for (const { ended } of connections) expect(statusLines(await ended)).toEqual(["401 Unauthorized"]);
  // Their own side is still open: only the server's is closed.
  await expectWell(server, atRest);
  for (const { socket } of connections) socket.destroy();
});

test("a body that breaks off anywhere leaves nothing behind, and nothing done", async () => {
  const nickname = "never-to-be-seen";
  const json = JSON.stringify({ nickname });
  const whole = `${request(
    "PATCH /users/nickname",
    `${authorization()}Content-Type: application/json\r\nContent-Length: ${json.length}\r\n`,
  )}${json}`;
  const places = [whole.length - 1, ...Array.from({ length: 60 }, () => randomInt(1, whole.length))];
  for (const place of places) {
    const { socket } = await openRaw(server.url);
    socket.write(whole.slice(0, place), () =>
      place % 2 === 0 ? socket.destroy() : socket.resetAndDestroy(),
    );
    await once(socket, "close");
  }
  expect((await alice.get("/users/me")).body.nickname).not.toBe(nickname);
});

test("an upload that breaks off anywhere leaves nothing behind", async () => {
  const form = [
    '--x\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n1\r\n',
    `--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${"y".repeat(50_000)}\r\n--x--\r\n`,
  ].join("");
  const whole = `${request(
    "POST /media",
    `${authorization()}Content-Type: multipart/form-data; boundary=x\r\nContent-Length: ${form.length}\r\n`,
  )}${form}`;
  for (let round = 0; round < 40; round += 1) {
    const { socket } = await openRaw(server.url);
    const place = randomInt(1, whole.length - 1);
    socket.write(whole.slice(0, place), () =>
      round % 2 === 0 ? socket.destroy() : socket.resetAndDestroy(),
    );
    await once(socket, "close");
  }
});

describe("whoever asks for another protocol", () => {
  test.each(["h2c", "TLS/1.0", "IRC/6.9", "websocket2"])("%s is answered in this one", async (protocol) => {
    const answer = await talk(
      server.url,
      request("GET /users/me", `${authorization()}Connection: Upgrade\r\nUpgrade: ${protocol}\r\n`),
    );
    expect(statusLines(answer)).toEqual(["200 OK"]);
    expect(answer).toContain(alice.identity.username);
  });

  test("with a body is refused, because it could be read as something else", async () => {
    const answer = await talk(
      server.url,
      `${request("POST /auth/prelogin", "Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 13\r\n")}{"login":"x"}`,
    );
    expect(statusLines(answer)).toEqual(["400 Bad Request"]);
  });

  test.each([
    ["elsewhere", "GET /elsewhere", "", 404],
    ["with another method", "POST /ws", "", 405],
    ["without a key", "GET /ws", "", 400],
    ["with a key that is none", "GET /ws", "Sec-WebSocket-Key: x\r\n", 400],
    [
      "of an old version",
      "GET /ws",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 1\r\n",
      426,
    ],
  ])("a WebSocket %s is refused", async (_, line, headers, status) => {
    const answer = await talk(
      server.url,
      request(line, `${authorization()}Connection: Upgrade\r\nUpgrade: websocket\r\n${headers}`),
    );
    expect([400, status]).toContain(Number(statusLines(answer)[0]?.slice(0, 3)));
  });
});

test("ten thousand connections that come and go leave nothing behind", async () => {
  const { hostname, port } = new URL(server.url);
  const comeAndGo = async (index: number) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on("error", () => {});
    socket.once("connect", () => {
      if (index % 3 === 0) socket.write("GET /health HTTP/1.1\r\nHo");
      if (index % 2 === 0) socket.resetAndDestroy();
      else socket.destroySoon();
    });
    socket.resume();
    await once(socket, "close");
  };
  for (let done = 0; done < 10_000; done += 100)
    await Promise.all(Array.from({ length: 100 }, (_, index) => comeAndGo(done + index)));
}, 60_000);
