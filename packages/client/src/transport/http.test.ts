import { authEndpoints, endpoints, messageEndpoints } from "@tacit/protocol";
import { startProxy, startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { newPerson } from "../fixtures/person.ts";
import { startAnswering, startStub } from "./fixtures/stub-server.ts";
import { createHttp } from "./http.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.close());

const { getMe: me, searchUsers } = endpoints.users;
const refused = (code: string, details: object = {}) =>
  expect.objectContaining({ name: "TacitError", code, details: expect.objectContaining(details) });

async function answering(...answer: Parameters<typeof startAnswering>) {
  const stub = await startAnswering(...answer);
  onTestFinished(() => stub[Symbol.asyncDispose]());
  return createHttp({ server: stub.url });
}

describe("a request to the real server", () => {
  it("has its parameters, its query and its body", async () => {
    const [anna, bert] = [await newPerson(server), await newPerson(server, "Bert & Söhne / 50%")];
    const found = await anna.api.call(searchUsers, { query: { q: "Bert & Söhne / 50%" } });
    expect(found.map(({ id }) => id)).toEqual([bert.id]);
    const chat = await anna.api.call(endpoints.chats.createChat, {
      body: { kind: "private", user_ids: [bert.id] },
    });
    const messages = await bert.api.call(messageEndpoints.listMessages, {
      params: { id: chat.id },
      query: { limit: 5 },
    });
    expect(messages).toEqual([]);
    expect(await bert.api.call(endpoints.chats.addFavorite, { params: { id: chat.id } })).toBeUndefined();
  });

  it("names the device, in any script", async () => {
    const { identity } = await TestClient.register(server);
    const device = { name: "Ännas 笔记本\n", appVersion: "Tacit 1.0" };
    const http = createHttp({ server: `${server.url}/`, device });
    const { login, password } = identity;
    const { token } = await http.call(authEndpoints.login, { body: { login, password } });
    const sessions = await http.call(authEndpoints.listSessions, {}, token);
    expect(sessions.map(({ device_name }) => device_name)).toContain("Ännas 笔记本");
  });

  it("stores the vault over the version that it names only", async () => {
    const { api } = await newPerson(server);
    const { getVault, putVault } = endpoints.keys;
    await api.call(putVault, { body: Uint8Array.of(1, 2, 3) });
    expect(await api.call(getVault, {})).toEqual(Uint8Array.of(1, 2, 3));
    const change = (ifMatch: string) => api.call(putVault, { body: Uint8Array.of(4), ifMatch });
    await expect(change('"no such version"')).rejects.toEqual(refused("vault_changed", { status: 412 }));
    const response = await api.raw("GET", "/users/me/vault");
    await response.body?.cancel();
    await change(response.headers.get("ETag") ?? "");
    expect(await api.call(getVault, {})).toEqual(Uint8Array.of(4));
  });

  it("sends a form", async () => {
    const { api } = await newPerson(server);
    const form = new FormData();
    form.set("remove", "true");
    expect(await api.form(endpoints.users.setAvatar, { form })).toMatchObject({ avatar: null });
  });

  it("fails with the server's code and the fields that it names", async () => {
    const { api } = await newPerson(server);
    const change = api.call(endpoints.users.setNickname, { body: { nickname: "x".repeat(33) } });
    const fields = [{ path: "/nickname", message: expect.any(String) }];
    await expect(change).rejects.toEqual(refused("invalid_input", { status: 400, fields }));
  });

  it("ends with the reason of the one who cancelled it", async () => {
    const { api } = await newPerson(server);
    const reason = new Error("changed my mind");
    const controller = new AbortController();
    const call = api.call(me, { signal: controller.signal });
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await expect(api.call(me, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe("without an answer", () => {
  it("is unreachable: nobody there, or the line cut", async () => {
    await using proxy = await startProxy({ port: Number(new URL(server.url).port) });
    const http = createHttp({ server: `http://127.0.0.1:${proxy.port}` });
    proxy.refuse();
    await expect(http.call(endpoints.operations.health, {})).rejects.toEqual(refused("unreachable"));
    proxy.accept();
    proxy.pause();
    const call = http.call(endpoints.operations.health, {});
    setTimeout(() => proxy.cut(), 20);
    await expect(call).rejects.toEqual(refused("unreachable"));
  });

  it("is late after its deadline", async () => {
    await using stub = await startStub(() => {});
    const http = createHttp({ server: stub.url });
    await expect(http.call(me, {}, "token", 30)).rejects.toEqual(refused("timeout"));
    await expect(http.raw("GET", "/", { deadline: 30 })).rejects.toEqual(refused("timeout"));
  });

  it("is late when the answer stops halfway", async () => {
    await using stub = await startStub((_, response) => void response.writeHead(200).write('{"id":'));
    await expect(createHttp({ server: stub.url }).call(me, {}, "token", 30)).rejects.toEqual(
      refused("timeout"),
    );
  });
});

describe("an answer that the protocol does not allow", () => {
  it.each<[string, ...Parameters<typeof startAnswering>]>([
    ["no JSON", 200, "<html>Welcome to Hotel WLAN</html>"],
    ["half of it", 200, '{"id": 1'],
    ["another shape", 200, { id: "1" }],
    ["another status", 204, ""],
    ["a redirect", 302, "", { Location: "https://example.org/" }],
    ["a 401 that is not the server's", 401, "<html>Please sign in to the proxy</html>"],
    ["a 401 without a code", 401, { error: "Unauthorized" }],
    ["more than anybody needs", 200, `"${"x".repeat(17 * 1024 * 1024)}"`],
  ])("is refused: %s", async (_, ...answer) => {
    const http = await answering(...answer);
    await expect(http.call(me, {}, "token")).rejects.toEqual(refused("bad_answer"));
  });

  it("is not followed to another server", async () => {
    const seen: unknown[] = [];
    await using other = await startStub((request, response) => {
      seen.push(request.headers);
      response.end();
    });
    const http = await answering(307, "", { Location: `${other.url}/` });
    const body = { login: "anna", password: "correct horse" };
    await expect(http.call(authEndpoints.login, { body })).rejects.toEqual(refused("bad_answer"));
    expect(seen).toEqual([]);
  });
});

describe("an error of the server's", () => {
  it("shows the request id of a 500", async () => {
    const http = await answering(500, { error: "Oops.", code: "internal", request_id: "req-7f" });
    await expect(http.call(me, {})).rejects.toEqual(
      refused("internal", { status: 500, requestId: "req-7f" }),
    );
  });

  it.each([
    ["seconds", () => "120", 120_000],
    ["a date", () => new Date(Date.now() + 120_000).toUTCString(), expect.closeTo(120_000, -4)],
    ["more than a day", () => "99999999", 24 * 60 * 60_000],
  ])("says when to try again: %s", async (_, header, retryAfter) => {
    const body = { error: "Wait.", code: "too_many_attempts" };
    const http = await answering(429, body, { "Retry-After": header() });
    await expect(http.call(me, {})).rejects.toEqual(refused("too_many_attempts", { retryAfter }));
  });

  it("does not say when, if the header is nonsense", async () => {
    const http = await answering(503, { error: "No.", code: "not_ready" }, { "Retry-After": "soon" });
    await expect(http.call(me, {})).rejects.toMatchObject({ code: "not_ready", details: { status: 503 } });
  });

  it.each([
    [400, "invalid_input"],
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not_found"],
    [409, "invalid_input"],
    [429, "too_many_attempts"],
    [500, "internal"],
    [503, "not_ready"],
  ])("with a code of a later release means what its status %i means", async (status, code) => {
    const http = await answering(status, { error: "New.", code: "toString" });
    await expect(http.call(me, {})).rejects.toEqual(refused(code, { status }));
  });

  it.each([
    [502, "unreachable"],
    [503, "not_ready"],
    [504, "unreachable"],
    [413, "body_too_large"],
  ])("by a proxy with status %i is told apart", async (status, code) => {
    const http = await answering(status, "<html>nginx</html>");
    await expect(http.call(me, {})).rejects.toEqual(refused(code, { status }));
  });

  it("does not repeat what was sent", async () => {
    await using stub = await startStub(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      response.writeHead(400);
      response.end(JSON.stringify({ error: body, code: "invalid_input", request_id: body }));
    });
    const http = createHttp({ server: stub.url });
    const call = http.call(authEndpoints.login, { body: { login: "anna", password: "correct horse" } });
    const error = await call.catch((reason: unknown) => reason);
    expect(error).toEqual(refused("invalid_input"));
    expect(JSON.stringify(error) + String(error)).not.toContain("horse");
  });
});

describe("what a later release of the server says", () => {
  const message = {
    id: 1,
    chat_id: 2,
    sender_id: 3,
    message: "Anna has painted the chat.",
    message_type: "system",
    created_at: "2026-01-02T03:04:05.678901Z",
    edited_at: null,
    reply_to_message_id: null,
    forwarded_from_message_id: null,
    forwarded_from_chat_id: null,
    forwarded_from_sender_id: null,
    deleted_at: null,
    deleted_by: null,
    is_read: false,
    is_delivered: false,
    has_files: false,
    metadata: null,
    envelopes: null,
    status: "sent",
    client_message_id: null,
    seq: 4,
    system: { event: "chat_painted", actor_id: 3 },
  };
  const list = { params: { id: 2 }, query: {} };

  it("may have fields that are not known yet", async () => {
    const http = await answering(200, [{ ...message, system: null, mood: "sunny" }]);
    const [read] = await http.call(messageEndpoints.listMessages, list);
    expect(read).toMatchObject({ id: 1, message: "Anna has painted the chat." });
  });

  it("may tell of what is not known yet: its text stays", async () => {
    const http = await answering(200, [message, { ...message, id: 2, system: null }]);
    const read = await http.call(messageEndpoints.listMessages, list);
    expect(read.map(({ id, system }) => ({ id, system }))).toEqual([
      { id: 1, system: null },
      { id: 2, system: null },
    ]);
  });
});

it.each(["chat.example.org", "ftp://example.org", "https://anna:secret@example.org", ""])(
  "is not made for what is no address: %j",
  (address) => {
    expect(() => createHttp({ server: address })).toThrow(refused("invalid_input"));
  },
);

it("takes an address with a path, without a slash at its end", () => {
  expect(createHttp({ server: "https://example.org/chat//" }).server).toBe("https://example.org/chat");
});

it("calls nothing that a path parameter would lead elsewhere", async () => {
  const http = createHttp({ server: server.url });
  for (const path of ["..", "a/../b", ""]) {
    const call = http.call(endpoints.avatars.getAvatar, { params: { "*": path } });
    await expect(call).rejects.toEqual(refused("invalid_input"));
  }
});
