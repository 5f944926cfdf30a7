import { once } from "node:events";
import { connect } from "node:net";
import { SocketRefused, startTestServer, TestClient, type TestServer, type TestSocket } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let server: TestServer;
let alice: TestClient;

beforeAll(async () => {
  server = await startTestServer({
    corsAllowOrigins: ["https://app.example.org"],
    trustedProxies: ["127.0.0.1"],
  });
  alice = await TestClient.register(server);
});
afterAll(() => server.close());

async function refusal(options: Parameters<TestClient["socket"]>[0]): Promise<number> {
  const error = await alice.socket(options).then(
    (socket) => socket.close().then(() => new Error("the socket was opened")),
    (reason: unknown) => reason,
  );
  if (error instanceof SocketRefused) return error.status;
  throw error;
}

async function chatBetween(one: TestClient, other: TestClient): Promise<number> {
  return (await one.post("/chats", { body: { kind: "private", user_ids: [other.id] }, expectStatus: 200 }))
    .body.id;
}

describe("opening a socket", () => {
  test("works with the header, and as a browser can with the subprotocol, which is answered with `tacit`", async () => {
    await using byHeader = await alice.socket();
    expect(byHeader.protocol).toBe("");
    await using bySubprotocol = await alice.socket({ via: "subprotocol" });
    expect(bySubprotocol.protocol).toBe("tacit");
    expect(await bySubprotocol.ask({ type: "init", contacts: [] })).toMatchObject({ type: "ok" });
  });

  test("without a token, with a bad one, or one in the wrong place is refused with 401", async () => {
    const token = alice.token as string;
    expect(await refusal({ token: null })).toBe(401);
    expect(await refusal({ token: "nonsense" })).toBe(401);
    expect(await refusal({ token: null, protocols: [`bearer.${token}`] })).toBe(401);
    expect(await refusal({ token: null, protocols: ["tacit"] })).toBe(401);
    expect(await refusal({ token: null, protocols: ["tacit", "bearer.nonsense"] })).toBe(401);
  });

  test("the header wins over the subprotocol", async () => {
    expect(
      await refusal({ token: "nonsense", via: "header", protocols: ["tacit", `bearer.${alice.token}`] }),
    ).toBe(401);
  });

  test("from a page of another origin is refused with 403, from its own or an allowed one it works", async () => {
    const { host } = new URL(server.url);
    for (const origin of ["https://evil.example.com", "null", `http://${host}.example.com`])
      expect(await refusal({ origin })).toBe(403);
    for (const origin of [`http://${host}`, `https://${host}`, "https://app.example.org"])
      await (await alice.socket({ origin })).close();
    await (
      await alice.socket({
        origin: "https://chat.example.org",
        headers: { "x-forwarded-host": "chat.example.org" },
      })
    ).close();
  });

  test("outlives its access token", async () => {
    const client = await TestClient.register(server);
    await using socket = await client.socket();
    await client.refresh();
    expect(await socket.ask({ type: "init", contacts: [] })).toMatchObject({ type: "ok" });
  });

  test("any other path is not found, and plain HTTP at /ws is not a page", async () => {
    const answer = await rawHandshake(server, "/nowhere");
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect((await fetch(`${server.url}/ws`)).status).toBe(404);
  });
});

/** What a socket answers to a handshake written by hand. */
async function rawHandshake({ url }: { url: string }, path: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  );
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return answer.toString();
}

describe("frames", () => {
  test("that are not valid get a plain sentence and a code; the socket stays open", async () => {
    await using socket = await alice.socket();
    const bad = [
      "{",
      "[]",
      "5",
      '"x"',
      "null",
      "{}",
      '{"type":5}',
      '{"type":"nonsense"}',
      '{"type":"send_message"}',
      '{"type":"init","contacts":["1"]}',
      '{"type":"init","contacts":[],"request_id":"\\u0000"}',
      Buffer.from([1, 2, 3]),
    ];
    for (const frame of bad) {
      socket.send(frame);
      const error = await socket.next("error");
      expect(error.code).toBe("invalid_input");
      expect(error.error).toMatch(/^[A-Z].*\.$/);
    }
    expect(await socket.ask({ type: "init", contacts: [] })).toMatchObject({ type: "ok" });
  });

  test("carry their request id and message id back, in success and in error", async () => {
    await using socket = await alice.socket();
    socket.send({
      type: "send_message",
      chat_id: 999_999_999,
      message: "x",
      request_id: "r-1",
      client_message_id: "7b0bd9c0-7f8e-4b40-8d5f-0a1b2c3d4e5f",
    });
    expect(await socket.next("error")).toMatchObject({
      code: "not_a_member",
      request_id: "r-1",
      client_message_id: "7b0bd9c0-7f8e-4b40-8d5f-0a1b2c3d4e5f",
    });
    socket.send({ type: "send_message", chat_id: "1", message: "x", request_id: "r-2" });
    expect(await socket.next("error")).toMatchObject({
      code: "invalid_input",
      request_id: "r-2",
      details: [{ path: "/chat_id" }],
    });
    socket.send({ type: "init", contacts: [], request_id: "r-3" });
    expect(await socket.next("ok")).toMatchObject({ request_id: "r-3" });
  });

  test("of one socket are handled in order", async () => {
    const bob = await TestClient.register(server);
    const chatId = await chatBetween(alice, bob);
    await using socket = await alice.socket();
    for (let index = 0; index < 60; index += 1) {
      const frame =
        index % 3 === 0
          ? { type: "init", contacts: [] }
          : { type: "send_message", chat_id: chatId, message: String(index) };
      socket.send({ ...frame, request_id: String(index) });
    }
    await socket.next((frame) => frame.type === "ok" && frame.request_id === "59");
    const order = socket.frames.flatMap((frame) => (frame.type === "ok" ? [Number(frame.request_id)] : []));
    expect(order).toEqual(Array.from({ length: 60 }, (_, index) => index));
  });

  test("over 1 MiB close the socket with 1009", async () => {
    const socket = await alice.socket();
    socket.send(`{"type":"init","x":"${"x".repeat(1024 * 1024)}"}`);
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });

  test("a hundred refused within a minute end in 4429, and others feel nothing", async () => {
    await using other = await alice.socket();
    const socket = await alice.socket();
    for (let index = 0; index < 120; index += 1) socket.send("nonsense");
    expect(await socket.closed).toMatchObject({ code: 4429 });
    expect(socket.frames.length).toBeLessThanOrEqual(101);
    expect(await other.ask({ type: "init", contacts: [] })).toMatchObject({ type: "ok" });
  });
});

describe("a session that ends", () => {
  test("closes its sockets with 4401, and no other's", async () => {
    const phone = await TestClient.register(server);
    const laptop = await phone.onAnotherDevice();
    const phoneSocket = await phone.socket();
    await using laptopSocket = await laptop.socket();
    await laptop.delete("/auth/sessions", { expectStatus: 204 });
    expect(await phoneSocket.closed).toMatchObject({ code: 4401 });
    expect(await laptopSocket.ask({ type: "init", contacts: [] })).toMatchObject({ type: "ok" });
    await expect(phone.socket()).rejects.toThrow(SocketRefused);
  });
});

describe("presence", () => {
  const presenceOf =
    (userId: number, status: string) => (frame: { type: string; user_id?: number; status?: string }) =>
      frame.type === "presence" && frame.user_id === userId && frame.status === status;

  async function friends() {
    const [one, other] = (await Promise.all([TestClient.register(server), TestClient.register(server)])) as [
      TestClient,
      TestClient,
    ];
    await chatBetween(one, other);
    return { one, other };
  }

  async function init(socket: TestSocket, ...contacts: number[]) {
    expect(await socket.ask({ type: "init", contacts })).toMatchObject({ type: "ok" });
    return socket.frames
      .flatMap((frame) => (frame.type === "presence" ? [[frame.user_id, frame.status]] : []))
      .slice(-contacts.length);
  }

  test("init tells how each contact is, then ok; afterwards every change", async () => {
    const { one, other } = await friends();
    await using socket = await one.socket();
    expect(await init(socket, other.id, 999_999_999)).toEqual([
      [other.id, "offline"],
      [999_999_999, "offline"],
    ]);
    await socket.next(presenceOf(other.id, "offline"));
    const first = await other.socket();
    await socket.next(presenceOf(other.id, "online"));
    const second = await other.socket();
    await first.close();
    await second.close();
    await socket.next(presenceOf(other.id, "offline"));
    const changes = socket.frames.filter((frame) => frame.type === "presence" && frame.user_id === other.id);
    expect(changes.map((frame) => (frame.type === "presence" ? frame.status : ""))).toEqual([
      "offline",
      "online",
      "offline",
    ]);
  });

  test("a stranger reads as offline and is not told of me", async () => {
    const [one, stranger] = (await Promise.all([
      TestClient.register(server),
      TestClient.register(server),
    ])) as [TestClient, TestClient];
    await using socket = await one.socket();
    await using strangers = await stranger.socket();
    expect(await init(socket, stranger.id)).toEqual([[stranger.id, "offline"]]);
    expect(await init(strangers, one.id)).toEqual([[one.id, "offline"]]);
    await (await one.socket()).close();
    await strangers.flushed();
    expect(strangers.frames.filter(({ type }) => type === "presence")).toHaveLength(1);
  });

  test("a newer init replaces the earlier one", async () => {
    const { one, other } = await friends();
    const third = await TestClient.register(server);
    await chatBetween(one, third);
    await using socket = await one.socket();
    await init(socket, other.id);
    await init(socket, third.id);
    await using _others = await other.socket();
    await using _thirds = await third.socket();
    await socket.next(presenceOf(third.id, "online"));
    expect(socket.frames.filter(presenceOf(other.id, "online"))).toEqual([]);
  });

  test("someone I block sees me go offline at once, and online again when I change my mind", async () => {
    const { one, other } = await friends();
    await using _mine = await one.socket();
    await using socket = await other.socket();
    expect(await init(socket, one.id)).toEqual([[one.id, "online"]]);
    await one.put(`/users/${other.id}/block`, { expectStatus: 204 });
    await socket.next(presenceOf(one.id, "offline"));
    expect(await init(socket, one.id)).toEqual([[one.id, "offline"]]);
    await one.delete(`/users/${other.id}/block`, { expectStatus: 204 });
    await socket.next(presenceOf(one.id, "online"));
  });
});

describe("a reader that does not read", () => {
  test("is cut off, and the others feel nothing", async () => {
    const [writer, sleeper] = (await Promise.all([
      TestClient.register(server),
      TestClient.register(server),
    ])) as [TestClient, TestClient];
    const chatId = await chatBetween(writer, sleeper);
    await using socket = await writer.socket();
    const asleep = await sleeper.socket();
    await using awake = await sleeper.socket();
    asleep.raw.pause();
    const message = "x".repeat(250 * 1024);
    const closed = asleep.closed;
    for (let index = 0; index < 80; index += 1) {
      expect(await socket.ask({ type: "send_message", chat_id: chatId, message })).toMatchObject({
        type: "ok",
      });
    }
    expect(await awake.next((frame) => frame.type === "message_new" && frame.seq === 81)).toBeDefined();
    asleep.raw.resume();
    expect([1013, 1006]).toContain((await closed).code);
  });
});
