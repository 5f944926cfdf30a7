import { once } from "node:events";
import { connect } from "node:net";
import { startTestServer, TestClient } from "@tacit/testkit";
import { expect, test } from "vitest";

const MINUTE = 60_000;

test("someone whose device vanished without a word is shown offline within a minute, and those who answer stay", async () => {
  await using server = await startTestServer();
  const [vanished, friend] = (await Promise.all([
    TestClient.register(server),
    TestClient.register(server),
  ])) as [TestClient, TestClient];
  await friend.post("/chats", { body: { kind: "private", user_ids: [vanished.id] }, expectStatus: 200 });
  await using socket = await friend.socket();
  await socket.ask({ type: "init", contacts: [vanished.id] });
  await socket.next((frame) => frame.type === "presence" && frame.status === "offline");

  // Reads, so that the connection stays alive, and never answers anything, pings included.
  const peer = connect(Number(new URL(server.url).port), "127.0.0.1");
  peer.on("error", () => {});
  peer.write(
    "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer ${vanished.token}\r\n\r\n`,
  );
  await socket.next((frame) => frame.type === "presence" && frame.status === "online");
  const cutOff = once(peer, "close");
  peer.resume();
  const since = performance.now();
  const offline = (frame: { type: string; status?: string }) =>
    frame.type === "presence" && frame.status === "offline";
  await socket.next(offline, MINUTE);
  expect(performance.now() - since).toBeLessThan(MINUTE);
  await cutOff;
  expect(await socket.ask({ type: "init", contacts: [] })).toMatchObject({ type: "ok" });
});
