import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { answerParent } from "../system/child.ts";
import {
  clientMessageIdIn,
  deliveryTemplate,
  encryptedContent,
  type FrameTemplate,
  okTemplate,
} from "./message-content.ts";
import type { Person } from "./people.ts";

/** The people whose frames are passed on; the answer is the URL. */
export interface RawBroadcastRequest {
  readonly people: readonly Person[];
}

/**
 * What `ws` can do at best in one process: the same frames to the same sockets, but nothing is parsed, checked, stored or
 * serialised.
 */
answerParent(async ({ people }: RawBroadcastRequest) => {
  const byToken = new Map(people.map((person) => [`Bearer ${person.token}`, person]));
  const sockets = new Map<number, WebSocket>();
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  server.on("connection", (socket, request) => {
    const person = byToken.get(request.headers.authorization ?? "");
    if (!person) return socket.terminate();
    sockets.set(person.userId, socket);
    const content = encryptedContent(person);
    const toSender = deliveryTemplate(person, person.userId, content);
    const toPeer = deliveryTemplate(person, person.peerId, content);
    const ok = okTemplate(person);
    socket.on("message", (data) => {
      const id = clientMessageIdIn((data as Buffer).toString("latin1")) ?? "";
      socket.send(frame(toSender, id));
      sockets.get(person.peerId)?.send(frame(toPeer, id));
      socket.send(frame(ok, id));
    });
  });
  await new Promise<void>((resolve) => server.once("listening", () => resolve()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});

function frame({ before, after }: FrameTemplate, id: string): string {
  return before + id + after;
}
