import { createTestDatabase, startProxy, startTestServer } from "@tacit/testkit";
import { expect, test } from "vitest";
import { done, pair } from "../messages/fixtures/conversation.ts";

const FRAMES = 200;
const FRAME_BYTES = 250 * 1024;

/** A server whose database can be held still. */
async function startOnProxy() {
  const database = await createTestDatabase();
  const { host, port } = database.config;
  const proxy = await startProxy(
    host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port },
  );
  const server = await startTestServer({
    database: { ...database.config, host: proxy.host, port: proxy.port },
  });
  const close = async () => {
    proxy.resume();
    await server.close();
    await proxy.close();
    await database.drop();
  };
  return { server, proxy, [Symbol.asyncDispose]: close };
}

test("a client that asks faster than the server can answer is read no further, others go on, and in the end all is answered", async () => {
  await using world = await startOnProxy();
  const [{ alice: flooder, chatId }, { alice, bob, chatId: other }] = await Promise.all([
    pair(world.server),
    pair(world.server),
  ]);
  for (const who of [alice, bob]) await done(who, { type: "join_chat", chat_id: other });
  world.proxy.pause();
  const padding = "x".repeat(FRAME_BYTES);
  for (let index = 0; index < FRAMES; index += 1)
    flooder.socket.raw.send(
      JSON.stringify({ type: "join_chat", chat_id: chatId, padding, request_id: String(index) }),
    );
  // Those who need no database are served meanwhile, again and again.
  for (let round = 0; round < 3; round += 1) {
    for (const is_typing of [true, false]) {
      alice.socket.send({ type: "typing", chat_id: other, is_typing });
      await bob.socket.next((frame) => frame.type === "typing" && frame.is_typing === is_typing);
    }
  }
  // What the server and the system's buffers have taken is far less than what was offered.
  expect(flooder.socket.raw.bufferedAmount).toBeGreaterThan((FRAMES * FRAME_BYTES) / 3);
  expect(flooder.socket.frames.filter(({ type }) => type === "ok")).toEqual([]);
  world.proxy.resume();
  const last = String(FRAMES - 1);
  await flooder.socket.next((frame) => frame.type === "ok" && frame.request_id === last, 15_000);
  const answered = flooder.socket.frames.flatMap((frame) => (frame.type === "ok" ? [frame.request_id] : []));
  expect(answered).toEqual(Array.from({ length: FRAMES }, (_, index) => String(index)));
});

test("five hundred messages sent in one breath are all stored and answered, in their order", async () => {
  await using world = await startOnProxy();
  const { alice, bob, chatId } = await pair(world.server);
  world.proxy.pause();
  for (let index = 0; index < 500; index += 1)
    alice.socket.send({ type: "send_message", chat_id: chatId, message: String(index) });
  world.proxy.resume();
  await bob.socket.next((frame) => frame.type === "message_new" && frame.seq === 501, 15_000);
  const texts = bob.socket.frames.flatMap((frame) =>
    frame.type === "message_new" ? [frame.message.message] : [],
  );
  expect(texts).toEqual(Array.from({ length: 500 }, (_, index) => String(index)));
  await alice.socket.next((frame) => frame.type === "ok" && frame.seq === 501, 15_000);
});
