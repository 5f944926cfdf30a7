import { LIMITS } from "@tacit/protocol";
import { createTestDatabase, startProxy, startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { newPerson } from "../fixtures/person.ts";
import { type ConnectionDelays, createConnection } from "./connection.ts";
import { Watched } from "./fixtures/watched.ts";
import { createHttp } from "./http.ts";
import { createSession, type Session } from "./session.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.close());

const refused = (code: string) => expect.objectContaining({ name: "TacitError", code });
/** Nothing is left to chance: each wait is far from each other one. */
const QUICK = { firstWait: 20, longestWait: 100, restart: 50 };

function connect(url: string, session: Session, delays: Partial<ConnectionDelays> = {}) {
  const watched = new Watched();
  const listener = watched;
  const connection = createConnection({ server: url, session, listener, delays: { ...QUICK, ...delays } });
  onTestFinished(() => connection.close());
  connection.start();
  return { connection, watched };
}

async function behindProxy() {
  const proxy = await startProxy({ port: Number(new URL(server.url).port) });
  onTestFinished(() => proxy.close());
  return { proxy, url: `http://127.0.0.1:${proxy.port}` };
}

const leave = (chat_id: number) => ({ type: "leave_chat", chat_id }) as const;

describe("a connection", () => {
  it("sends frames, gets their answers, and tells of what others do", async () => {
    const [anna, bert] = [await newPerson(server), await newPerson(server)];
    const { body: chat } = await anna.client.post("/chats", {
      body: { kind: "group", title: "Us", user_ids: [bert.id] },
    });
    const { connection, watched } = connect(server.url, bert.session);
    await watched.online();
    expect(connection.state).toEqual({ status: "online" });
    await using socket = await anna.client.socket();
    await socket.ask({ type: "send_message", chat_id: chat.id, message: "hello" });
    await watched.until(() => watched.events.some(({ type }) => type === "message_new"));
    const client_message_id = crypto.randomUUID();
    const sent = { type: "send_message", chat_id: chat.id, message: "hi", client_message_id } as const;
    expect(await connection.request(sent)).toMatchObject({ type: "ok", chat_id: chat.id, client_message_id });
    await expect(connection.request({ ...sent, members_version: 999 })).resolves.toMatchObject({
      duplicate: true,
    });
    const stale = { type: "send_message", chat_id: chat.id, message: "hi", members_version: 999 } as const;
    await expect(connection.request(stale)).rejects.toEqual(refused("stale_members"));
    await expect(connection.request({ type: "join_chat", chat_id: 999_999 })).rejects.toEqual(
      refused("not_a_member"),
    );
    connection.tell({ type: "typing", chat_id: chat.id, is_typing: true });
    expect(watched.events.filter(({ type }) => type === "ok" || type === "error")).toEqual([]);
  });

  it("keeps the order of answers, however many frames there are", async () => {
    const { session } = await newPerson(server);
    const { connection, watched } = connect(server.url, session);
    await watched.online();
    const ids = Array.from({ length: 5 * LIMITS.unfinishedFrames }, (_, index) => index + 1);
    const answered: (number | undefined)[] = [];
    await Promise.all(ids.map(async (id) => answered.push((await connection.request(leave(id))).chat_id)));
    expect(answered).toEqual(ids);
  });

  it("refuses a frame that the server would not take, and stands", async () => {
    const { session } = await newPerson(server);
    const { connection, watched } = connect(server.url, session);
    await watched.online();
    const message = "ä".repeat(LIMITS.frameBytes / 2);
    await expect(connection.request({ type: "send_message", chat_id: 1, message })).rejects.toEqual(
      refused("message_too_large"),
    );
    await connection.request(leave(1));
    expect(watched.history).toBe("connecting online");
  });

  it("opens with a new token when the server does not take the one that it has", async () => {
    const { client } = await newPerson(server);
    const { refreshToken = "", sessionId = "" } = client;
    const session = createSession({
      http: createHttp({ server: server.url }),
      tokens: { accessToken: "of-yesterday", expiresAt: Date.now() + 600_000, refreshToken, sessionId },
      save: async () => {},
      onEnd: () => {},
    });
    const { watched } = connect(server.url, session);
    await watched.online();
    expect(watched.history).toBe("connecting offline connecting online");
  });

  it("ends by itself when the session is ended elsewhere, and does not come back", async () => {
    const { session, client } = await newPerson(server);
    const { connection, watched } = connect(server.url, session);
    await watched.online();
    const other = await client.onAnotherDevice();
    await other.delete("/auth/sessions", { expectStatus: 204 });
    await watched.is("closed");
    expect(session.ended).toBe(true);
    expect(watched.history).toBe("connecting online offline connecting closed");
    await expect(connection.request(leave(1))).rejects.toEqual(refused("signed_out"));
    connection.retryNow();
    connection.start();
    expect(connection.state).toEqual({ status: "closed" });
  });

  it("connects anew when it is asked to", async () => {
    const { session } = await newPerson(server);
    const { connection, watched } = connect(server.url, session);
    await watched.online();
    connection.restart();
    await watched.online(2);
    await connection.request(leave(1));
  });
});

describe("on a bad network", () => {
  it("comes back after the line was cut, and says that nobody knows what became of a frame", async () => {
    const { session } = await newPerson(server);
    const { proxy, url } = await behindProxy();
    const { connection, watched } = connect(url, session);
    await watched.online();
    proxy.pause();
    const request = connection.request(leave(1));
    proxy.cut();
    await expect(request).rejects.toEqual(refused("unreachable"));
    proxy.resume();
    await watched.online(2);
    await connection.request(leave(1));
  });

  it("refuses frames at once while there is no connection, and says when it tries again", async () => {
    const { session } = await newPerson(server);
    const { proxy, url } = await behindProxy();
    const { connection, watched } = connect(url, session, { firstWait: 60_000, longestWait: 60_000 });
    await watched.online();
    proxy.refuse();
    await watched.is("offline");
    await expect(connection.request(leave(1))).rejects.toEqual(refused("unreachable"));
    connection.tell({ type: "typing", chat_id: 1, is_typing: true });
    const { state } = connection;
    const wait = state.status === "offline" ? state.retryAt - Date.now() : Number.NaN;
    expect(wait).toBeGreaterThan(-1_000);
    expect(wait).toBeLessThan(60_000);
    proxy.accept();
    connection.retryNow();
    await watched.online(2);
  });

  it("finds out that the network is silent, and comes back when it is not", async () => {
    const { session } = await newPerson(server);
    const { proxy, url } = await behindProxy();
    const { watched } = connect(url, session, { idle: 100, patience: 200, connect: 300 });
    await watched.online();
    proxy.pause();
    await watched.until(() => watched.history.startsWith("connecting online offline connecting offline"));
    proxy.resume();
    await watched.online(2);
  });

  it("stays on a line where nothing happens as long as the server answers", async () => {
    const { session } = await newPerson(server);
    const { proxy, url } = await behindProxy();
    const { connection, watched } = connect(url, session, { idle: 5, patience: 5_000 });
    await watched.online();
    // Each takes longer than several times the silence that makes it doubt.
    proxy.delay(20);
    for (let turn = 0; turn < 5; turn += 1) await connection.request(leave(1));
    expect(watched.history).toBe("connecting online");
  });

  it("asks whether the server is still there when somebody doubts it", async () => {
    const { session } = await newPerson(server);
    const { proxy, url } = await behindProxy();
    const { connection, watched } = connect(url, session, { patience: 100, connect: 300 });
    await watched.online();
    proxy.pause();
    connection.retryNow();
    await watched.is("offline");
    proxy.resume();
    await watched.online(2);
  });

  it("comes back after the server was started again", async () => {
    const database = await createTestDatabase();
    const first = await startTestServer({ database: database.config });
    const port = Number(new URL(first.url).port);
    const { session } = await newPerson(first);
    const { connection, watched } = connect(first.url, session);
    await watched.online();
    await first.close();
    await watched.until(() => watched.states.filter(({ status }) => status === "offline").length > 2);
    const again = await startTestServer({ database: database.config, port });
    onTestFinished(async () => {
      connection.close();
      await again.close();
      await database.drop();
    });
    await watched.online(2);
    await connection.request(leave(1));
  });
});

describe("closing", () => {
  it("fails what has no answer yet, and everything after", async () => {
    const { session } = await newPerson(server);
    const { connection, watched } = connect(server.url, session);
    await watched.online();
    const request = connection.request(leave(1));
    connection.close();
    await expect(request).rejects.toEqual(refused("closed"));
    await expect(connection.request(leave(1))).rejects.toEqual(refused("closed"));
    connection.close();
    expect(watched.history).toBe("connecting online closed");
  });

  it("is possible at any time: before the start, while connecting, while waiting", async () => {
    const { session } = await newPerson(server);
    const before = new Watched();
    const unused = createConnection({ server: server.url, session, listener: before });
    expect(unused.state.status).toBe("offline");
    unused.close();
    unused.start();
    expect(before.history).toBe("closed");
    const connecting = connect(server.url, session);
    connecting.connection.close();
    expect(connecting.watched.history).toBe("connecting closed");
    const { proxy, url } = await behindProxy();
    proxy.refuse();
    const waiting = connect(url, session, { firstWait: 60_000, longestWait: 60_000 });
    await waiting.watched.is("offline");
    waiting.connection.close();
    expect(waiting.watched.history).toBe("connecting offline closed");
  });
});
