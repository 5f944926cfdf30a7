import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ContractViolation,
  checkAnswer,
  checkFrame,
  createTestDatabase,
  decryptFor,
  encryptFor,
  SocketRefused,
  startTestServer,
  TestClient,
  type TestServer,
} from "./index.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.close());

test("a person registers, signs in and sees herself", async () => {
  const alice = await TestClient.register(server);
  const { body } = await alice.get("/users/me", { expectStatus: 200 });
  expect(body).toMatchObject({ id: alice.id, login: alice.identity.login });
  await alice.refresh();
  await alice.get("/users/me", { expectStatus: 200 });
});

test("two devices of a person have sessions of their own", async () => {
  const alice = await TestClient.register(server, { deviceName: "laptop" });
  const phone = await alice.onAnotherDevice({ deviceName: "phone" });
  const { body } = await phone.get("/auth/sessions");
  expect(body.map((session: { device_name: string }) => session.device_name)).toEqual(["phone", "laptop"]);
});

test("what one person encrypts, the other reads", async () => {
  const [alice, bob] = [await TestClient.register(server), await TestClient.register(server)];
  const { body: chat } = await alice.post("/chats", { body: { kind: "private", user_ids: [bob.id] } });
  await using from = await alice.socket();
  await using to = await bob.socket({ via: "subprotocol" });
  const people = { [alice.id]: alice.identity.publicKey, [bob.id]: bob.identity.publicKey };
  const sent = encryptFor("good morning to you", people);
  const answer = await from.ask({ type: "send_message", chat_id: chat.id, ...sent });
  expect(answer.type).toBe("ok");
  const { message } = await to.next("message_new");
  expect(decryptFor(message, bob.id, bob.identity.privateKey)).toBe("good morning to you");
});

test("a socket without a session is refused with its status", async () => {
  const stranger = new TestClient(server);
  await expect(stranger.socket()).rejects.toEqual(new SocketRefused(401));
});

test("each server has a database of its own", async () => {
  const alice = await TestClient.register(server);
  await using other = await startTestServer();
  expect(await other.sql`SELECT id FROM users`).toHaveLength(0);
  expect(await server.sql`SELECT id FROM users WHERE id = ${alice.id}`).toHaveLength(1);
});

test("a server that starts again on the same database knows its people", async () => {
  const database = await createTestDatabase();
  const first = await startTestServer({ database: database.config });
  const alice = await TestClient.register(first);
  await first.close();
  await using second = await startTestServer({ database: database.config });
  const again = new TestClient(second, alice.identity);
  await again.login();
  await second.close();
  await database.drop();
});

describe("what the protocol does not allow", () => {
  test.each([
    ["of an unknown kind", { type: "gossip" }],
    [
      "with a property that the schema does not name",
      { type: "presence", user_id: 1, status: "online", login: "a" },
    ],
    ["without a property that the schema requires", { type: "presence", user_id: 1 }],
  ])("is noticed in a frame %s", (_, frame) => {
    expect(() => checkFrame(frame)).toThrow(ContractViolation);
  });

  test.each([
    [
      "a property that the schema does not name",
      "GET",
      "/users/search",
      200,
      [{ id: 1, username: "a", nickname: "b", avatar: null, login: "c" }],
    ],
    ["a body where there is none", "POST", "/auth/logout", 204, {}],
    ["a status that is not the endpoint's", "POST", "/auth/logout", 200, undefined],
    [
      "a code that the endpoint does not list",
      "POST",
      "/auth/logout",
      404,
      { error: "No.", code: "not_found" },
    ],
    ["an error without a code", "POST", "/auth/logout", 401, { error: "No." }],
    ["a code of another status", "POST", "/auth/logout", 403, { error: "No.", code: "unauthorized" }],
    ["success of an unknown endpoint", "GET", "/nowhere", 200, {}],
  ])("is noticed: %s", (_, method, path, status, body) => {
    expect(() => checkAnswer(method, path, { status, body, headers: {} })).toThrow(ContractViolation);
  });
});
