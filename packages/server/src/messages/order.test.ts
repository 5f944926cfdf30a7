import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { done, history, pair, send } from "./fixtures/conversation.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test("what one socket sends, edits, forwards and deletes in one breath happens in that order", async () => {
  const { alice, bob, chatId: chat_id } = await pair(server);
  const message_id = await send(alice, chat_id);
  const frames: object[] = [];
  for (let round = 0; round < 20; round += 1) {
    frames.push({ type: "edit_message", chat_id, message_id, message: `edit ${round}` });
    frames.push({ type: "send_message", chat_id, message: `send ${round}` });
    frames.push({
      type: "forward_message",
      from_chat_id: chat_id,
      to_chat_id: chat_id,
      message_id,
      message: `forward ${round}`,
    });
  }
  frames.push({ type: "delete_message", chat_id, message_id });
  frames.push({ type: "edit_message", chat_id, message_id, message: "too late" });
  for (const [index, frame] of frames.entries()) alice.socket.send({ ...frame, request_id: String(index) });
  const last = await alice.socket.next((frame) => frame.type === "error");
  expect(last).toMatchObject({ code: "unknown_message", request_id: String(frames.length - 1) });
  const oks = alice.socket.frames.flatMap((frame) =>
    frame.type === "ok" && frame.request_id?.match(/^\d+$/) ? [[frame.request_id, frame.seq]] : [],
  );
  expect(oks.slice(-61)).toEqual(Array.from({ length: 61 }, (_, index) => [String(index), index + 3]));
  await bob.socket.next("message_deleted");
  const told = bob.socket.frames.flatMap((frame) =>
    frame.type === "message_new" || frame.type === "message_updated" ? [frame.message.message] : [],
  );
  expect(told).toEqual([
    "hello",
    ...Array.from({ length: 20 }, (_, round) => [
      `edit ${round}`,
      `send ${round}`,
      `forward ${round}`,
    ]).flat(),
  ]);
});

test("eight sockets that send, edit and delete at once leave no gap: each `seq` is told once, in order, to all", async () => {
  const { alice, bob, chatId: chat_id } = await pair(server);
  const people = [alice, bob];
  const devices = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const owner = people[index % 2] as typeof alice;
      return { ...owner, socket: await owner.client.socket() };
    }),
  );
  await Promise.all(
    devices.map(async (device) => {
      for (let round = 0; round < 10; round += 1) {
        const message_id = await send(device, chat_id);
        await done(device, { type: "edit_message", chat_id, message_id, message: "changed" });
        if (round % 2 === 0) await done(device, { type: "delete_message", chat_id, message_id });
      }
    }),
  );
  const changes = 8 * (10 + 10 + 5);
  for (const { socket } of [...people, ...devices]) {
    await socket.next((frame) => "seq" in frame && frame.type !== "ok" && frame.seq === changes + 1);
    const seqs = socket.frames.flatMap((frame) =>
      frame.type.startsWith("message_") && "seq" in frame ? [frame.seq] : [],
    );
    expect(seqs).toEqual(Array.from({ length: changes }, (_, index) => index + 2));
  }
  const stored = await history(alice, chat_id);
  expect(stored).toHaveLength(40);
  expect(stored.every(({ message }) => message === "changed")).toBe(true);
});
