import { randomUUID } from "node:crypto";
import type { ServerEvent } from "@tacit/protocol";
import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

let server: TestServer;
let alice: TestClient;

beforeAll(async () => {
  server = await startTestServer();
  alice = await TestClient.register(server);
});
afterAll(() => server.close());

test("whoever waits for the answer to a request gets it, also when the frame has what no text may have or is too deep", async () => {
  await using socket = await alice.socket();
  const bodies = [
    '"message":"a\\u0000b"',
    '"message":"\\ud800"',
    '"\\u0000":1',
    `"x":${"[".repeat(70)}${"]".repeat(70)}`,
  ];
  for (const [index, body] of bodies.entries()) {
    socket.send(`{"type":"send_message","chat_id":1,${body},"request_id":"r-${index}"}`);
    expect(await socket.next("error")).toMatchObject({ code: "invalid_input", request_id: `r-${index}` });
  }
});

test("a request id that is itself no text is not sent back", async () => {
  await using socket = await alice.socket();
  socket.send('{"type":"init","contacts":[],"request_id":"\\ud800"}');
  expect(await socket.next("error")).not.toHaveProperty("request_id");
});

test("names that a client made up are not sent back at any length, nor said in the sentence", async () => {
  await using socket = await alice.socket();
  const fields = Array.from({ length: 8 }, (_, index) => [`${"k".repeat(100_000)}${index}`, "\0"]);
  socket.send({ type: "init", contacts: [], ...Object.fromEntries(fields), "\r\n": "\0" });
  const { error, details } = await socket.next("error");
  expect(error).toBe("The frame is not valid: it must not contain U+0000 or an unpaired surrogate.");
  expect(JSON.stringify(details).length).toBeLessThan(1_000);
  socket.send({ type: "init", contacts: [], "line\r\nbreak": "\0" });
  expect((await socket.next("error")).error).toBe(
    "The frame is not valid: one of its fields must not contain U+0000 or an unpaired surrogate.",
  );
});

test("answers come in the order of the frames, also when one of them repeats an earlier message", async () => {
  const bob = await TestClient.register(server);
  const { body } = await alice.post("/chats", {
    body: { kind: "private", user_ids: [bob.id] },
    expectStatus: 200,
  });
  await using socket = await alice.socket();
  const client_message_id = randomUUID();
  const send = (request_id: string, fields: object = {}) =>
    socket.send({ type: "send_message", chat_id: body.id, message: request_id, request_id, ...fields });
  send("0", { client_message_id });
  for (let index = 1; index < 60; index += 1) send(String(index), index % 2 ? { client_message_id } : {});
  const answers: string[] = [];
  const isAnswer = (frame: ServerEvent) => frame.type === "ok" || frame.type === "error";
  for (let index = 0; index < 60; index += 1) {
    const answer = await socket.next(isAnswer);
    answers.push("request_id" in answer ? (answer.request_id ?? "") : "");
  }
  expect(answers).toEqual(Array.from({ length: 60 }, (_, index) => String(index)));
});
