import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { answerParent } from "../system/child.ts";

/**
 * What `ws` can do at best in one process: it takes every handshake and answers every frame, and nobody is asked who they
 * are. The answer to any request is the URL.
 */
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
const listening = new Promise<void>((resolve) => server.once("listening", () => resolve()));
server.on("connection", (socket) => socket.on("message", () => socket.send('{"type":"ok"}')));

answerParent(async () => {
  await listening;
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
