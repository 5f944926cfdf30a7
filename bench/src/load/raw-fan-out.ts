import type { AddressInfo, Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { answerParent } from "../system/child.ts";
import { clientMessageIdIn, deliveryTemplate, encryptedFor, okTemplate } from "./message-content.ts";
import type { Account } from "./people.ts";

/** The members of the group; the answer is the URL. */
export interface RawFanOutRequest {
  readonly people: readonly Account[];
}

interface Member {
  readonly socket: WebSocket;
  readonly stream: Socket;
  /** What everybody's deliveries to this member look like, around the id. */
  readonly before: string;
  readonly after: string;
}

const CHAT_ID = 1;

/**
 * What `ws` can do at best in one process: frames of the same size to the same sockets, those that came in one turn of the
 * event loop in one write, but nothing is parsed, checked, stored or serialised.
 */
answerParent(async ({ people }: RawFanOutRequest) => {
  const byToken = new Map(people.map((person) => [`Bearer ${person.token}`, person]));
  const content = encryptedFor(people.map(({ userId }) => userId));
  const members: Member[] = [];
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  let waiting: { readonly id: string; readonly acknowledge: () => void }[] = [];
  server.on("connection", (socket, { headers, socket: stream }) => {
    const person = byToken.get(headers.authorization ?? "");
    if (!person) return socket.terminate();
    const sender = { userId: person.userId, chatId: CHAT_ID };
    members.push({ socket, stream, ...deliveryTemplate(sender, person.userId, content) });
    const ok = okTemplate(sender);
    socket.on("message", (data) => {
      const id = clientMessageIdIn((data as Buffer).toString("latin1")) ?? "";
      if (waiting.length === 0) setImmediate(passOn);
      waiting.push({ id, acknowledge: () => socket.send(ok.before + id + ok.after) });
    });
  });
  function passOn(): void {
    const messages = waiting;
    waiting = [];
    for (const { socket, stream, before, after } of members) {
      stream.cork();
      for (const { id } of messages) socket.send(before + id + after);
      stream.uncork();
    }
    for (const { acknowledge } of messages) acknowledge();
  }
  await new Promise<void>((resolve) => server.once("listening", () => resolve()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
