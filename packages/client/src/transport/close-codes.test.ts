import { randomBytes } from "node:crypto";
import { LIMITS } from "@tacit/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import type { WebSocket } from "ws";
import { type ConnectionDelays, createConnection } from "./connection.ts";
import { startStub } from "./fixtures/stub-server.ts";
import { Watched } from "./fixtures/watched.ts";
import { createHttp } from "./http.ts";
import { createSession } from "./session.ts";

const refused = (code: string) => expect.objectContaining({ name: "TacitError", code });
const QUICK = { firstWait: 20, longestWait: 100, restart: 50 };
const NEVER = 1_000_000;
const leave = (chat_id: number) => ({ type: "leave_chat", chat_id }) as const;

/** A server that treats each socket in turn so, and the last way all that follow; it renews any token, until `revoked`. */
async function misbehaving(
  ways: readonly ((socket: WebSocket) => void)[],
  delays: Partial<ConnectionDelays> = {},
) {
  const seen = { sockets: 0, refreshes: 0, revoked: false, authorization: "" };
  const stub = await startStub(
    (request, response) => {
      request.resume();
      seen.refreshes += 1;
      response.writeHead(seen.revoked ? 401 : 200);
      const token = `t${seen.refreshes}`;
      const tokens = { token, refresh_token: "r", session_id: crypto.randomUUID(), expires_in: 900 };
      response.end(JSON.stringify(seen.revoked ? { error: "No.", code: "invalid_refresh_token" } : tokens));
    },
    (socket, request) => {
      const way = ways[Math.min(seen.sockets, ways.length - 1)];
      seen.sockets += 1;
      seen.authorization = request.headers.authorization ?? "";
      way?.(socket);
    },
  );
  const tokens = {
    accessToken: "t0",
    expiresAt: Date.now() + 900_000,
    refreshToken: "r",
    sessionId: crypto.randomUUID(),
  };
  const http = createHttp({ server: stub.url });
  const session = createSession({ http, tokens, save: async () => {}, onEnd: () => {} });
  const watched = new Watched();
  const connection = createConnection({
    server: stub.url,
    session,
    listener: watched,
    delays: { ...QUICK, ...delays },
  });
  onTestFinished(async () => {
    connection.close();
    await stub[Symbol.asyncDispose]();
  });
  connection.start();
  return { connection, watched, seen, session };
}

const closing = (code: number) => (socket: WebSocket) => socket.close(code);
const staying = () => {};

/** Answers each frame. */
function answering(answer: (frame: { request_id: string; chat_id: number }) => unknown) {
  return (socket: WebSocket) =>
    socket.on("message", (data) => {
      const text = answer(JSON.parse(String(data)));
      if (text !== undefined) socket.send(typeof text === "string" ? text : JSON.stringify(text));
    });
}

describe("a close code is obeyed", () => {
  it("1012: back soon, however often it happens", async () => {
    const { watched, seen } = await misbehaving([...Array(5).fill(closing(1012)), staying], {
      firstWait: NEVER,
      longestWait: NEVER,
    });
    await watched.online(6);
    expect(seen).toMatchObject({ sockets: 6, refreshes: 0 });
  });

  it.each([1000, 1001, 1006, 1011, 1013])("%i: back after a wait that grows", async (code) => {
    const close = (socket: WebSocket) => (code === 1006 ? socket.terminate() : socket.close(code));
    const { watched } = await misbehaving([close, close, staying]);
    await watched.online(3);
  });

  it("4401: back with another token", async () => {
    const { watched, seen } = await misbehaving([closing(4401), staying]);
    await watched.online(2);
    expect(seen).toEqual({ sockets: 2, refreshes: 1, revoked: false, authorization: "Bearer t1" });
  });

  it("4401, and the token cannot be renewed: not back at all", async () => {
    const { watched, seen, session } = await misbehaving([closing(4401)]);
    await watched.online();
    seen.revoked = true;
    await watched.is("closed");
    expect(session.ended).toBe(true);
    expect(seen).toMatchObject({ sockets: 1, refreshes: 1 });
  });

  it("4401 every time: each wait is longer than the one before can be", async () => {
    const { watched } = await misbehaving([closing(4401)], { firstWait: 1, longestWait: NEVER });
    await watched.until(() =>
      watched.states.some((state) => state.status === "offline" && state.retryAt - Date.now() > 50),
    );
    expect(watched.opens).toBeGreaterThan(5);
  });

  it("4429: not back for a minute, whoever asks", async () => {
    const { connection, watched, seen } = await misbehaving([closing(4429), staying]);
    await watched.is("offline");
    const { state } = connection;
    expect(state.status === "offline" && state.retryAt - Date.now()).toBeGreaterThan(59_000);
    connection.retryNow();
    expect(connection.state.status).toBe("offline");
    expect(seen.sockets).toBe(1);
  });

  it("4429: back after that", async () => {
    const { watched } = await misbehaving([closing(4429), staying], { flooding: 60 });
    await watched.online(2);
  });

  it("1009: the largest frame was too large, and it is back", async () => {
    const { connection, watched } = await misbehaving([closeOnLarge, staying]);
    await watched.online();
    const send = (message: string) =>
      connection.request({ type: "send_message", chat_id: 1, message }).catch((error: unknown) => error);
    const [small, large] = await Promise.all([send("small"), send("x".repeat(5_000))]);
    expect(small).toEqual(refused("unreachable"));
    expect(large).toEqual(refused("message_too_large"));
    await watched.online(2);
  });
});

function closeOnLarge(socket: WebSocket): void {
  socket.on("message", (data) => {
    if (String(data).length > 1_000) socket.close(1009);
  });
}

describe("a server that does not keep to the protocol", () => {
  it("has its frames dropped that cannot be read, and the connection stands", async () => {
    const presence = { type: "presence", user_id: 1, status: "online" };
    const garbage = [
      "",
      "no JSON",
      "7",
      "null",
      "[]",
      "{}",
      JSON.stringify({ type: "toString" }),
      JSON.stringify({ type: 7 }),
      JSON.stringify({ ...presence, user_id: "1" }),
      JSON.stringify({ type: "poll_opened", chat_id: 1, seq: 2 }),
      JSON.stringify({ type: "ok", request_id: "heartbeat" }),
      JSON.stringify({ type: "ok", request_id: "999" }),
      randomBytes(100),
    ];
    const { watched } = await misbehaving([
      (socket) => {
        for (const frame of garbage) socket.send(frame);
        socket.send(JSON.stringify({ ...presence, later: "more" }));
      },
    ]);
    await watched.until(() => watched.events.length > 0);
    expect(watched.events).toMatchObject([presence]);
    expect(watched.history).toBe("connecting online");
  });

  it("gives an answer that cannot be read: only that request fails", async () => {
    const { connection, watched } = await misbehaving([
      answering(({ request_id, chat_id }) =>
        chat_id === 1 ? { type: "ok", request_id, seq: "next" } : { type: "ok", request_id },
      ),
    ]);
    await watched.online();
    await expect(connection.request(leave(1))).rejects.toEqual(refused("bad_answer"));
    await connection.request(leave(2));
    expect(watched.history).toBe("connecting online");
  });

  it("refuses with a code of a later release: it is a refusal", async () => {
    const { connection, watched } = await misbehaving([
      answering(({ request_id }) => ({ type: "error", error: "New.", code: "chat_frozen", request_id })),
    ]);
    await watched.online();
    await expect(connection.request(leave(1))).rejects.toEqual(refused("invalid_input"));
  });

  it("does not get what was sent into an error", async () => {
    const { connection, watched } = await misbehaving([
      answering((frame) => {
        const error = JSON.stringify(frame);
        return { type: "error", error, code: "invalid_input", request_id: frame.request_id };
      }),
    ]);
    await watched.online();
    const request = connection.request({ type: "send_message", chat_id: 1, message: "a secret" });
    const error = await request.catch((reason: unknown) => reason);
    expect(error).toEqual(refused("invalid_input"));
    expect(String(error) + JSON.stringify(error)).not.toContain("secret");
  });

  it("never answers: the frame is late, and the socket is given up, as its order is lost", async () => {
    const { connection, watched } = await misbehaving(
      [staying, answering(({ request_id }) => ({ type: "ok", request_id }))],
      { answer: 50 },
    );
    await watched.online();
    const [late, other] = await Promise.all([
      connection.request(leave(1)).catch((error: unknown) => error),
      connection.request(leave(2)).catch((error: unknown) => error),
    ]);
    expect([late, other]).toEqual([refused("timeout"), refused("unreachable")]);
    await watched.online(2);
    await connection.request(leave(3));
  });

  it("gets no more unanswered frames than it may, and the others when it has answered", async () => {
    const received: string[] = [];
    let socket: WebSocket | undefined;
    const answer = (request_id: string) => socket?.send(JSON.stringify({ type: "ok", request_id }));
    let patient = true;
    const { connection, watched } = await misbehaving([
      (opened) => {
        socket = opened;
        opened.on("message", (data) => {
          const { request_id } = JSON.parse(String(data));
          received.push(request_id);
          if (!patient) answer(request_id);
        });
      },
    ]);
    await watched.online();
    const requests = Array.from({ length: 100 }, (_, index) => connection.request(leave(index + 1)));
    await expect.poll(() => received.length).toBe(LIMITS.unfinishedFrames);
    patient = false;
    for (const id of received.slice()) answer(id);
    await Promise.all(requests);
    expect(received.map(Number)).toEqual(requests.map((_, index) => index + 1));
  });
});
