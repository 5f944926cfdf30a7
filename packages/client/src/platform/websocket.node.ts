import { WebSocket } from "ws";
import { BROKEN, type OpenSocket, type SocketEnd, type SocketListener } from "./websocket.ts";

/** More than the largest frame that a server sends. */
const MOST_OCTETS = 16 * 1024 * 1024;
const NORMAL = 1000;

/** With the token in the `Authorization` header. A refusal shows its status. */
export const openSocket: OpenSocket = (url, token, listener) => {
  const socket = created(url, token);
  if (!socket) return neverOpened(listener);
  let over = false;
  const end = (how: SocketEnd) => {
    if (over) return;
    over = true;
    listener.closed(how);
  };
  socket.on("open", () => listener.opened());
  socket.on("ping", () => listener.heard());
  socket.on("pong", () => listener.heard());
  socket.on("message", (data, isBinary) => {
    listener.heard();
    if (!isBinary) listener.frame(data.toString());
  });
  socket.on("unexpected-response", (request, response) => {
    request.destroy();
    end({ status: response.statusCode ?? 0, ...retryAfter(response.headers["retry-after"]) });
  });
  // What follows every error says enough, and the error may show the request.
  socket.on("error", () => {});
  socket.on("close", (code) => end({ code }));
  return {
    send: (text) => socket.send(text, () => {}),
    ping: () => {
      socket.ping();
      return true;
    },
    close: () => {
      socket.close(NORMAL);
      socket.terminate();
    },
  };
};

function created(url: string, token: string): WebSocket | undefined {
  try {
    const headers = { Authorization: `Bearer ${token}` };
    return new WebSocket(url, { headers, perMessageDeflate: false, maxPayload: MOST_OCTETS });
  } catch {
    return undefined;
  }
}

function neverOpened(listener: SocketListener) {
  queueMicrotask(() => listener.closed(BROKEN));
  return { send: () => {}, ping: () => true, close: () => {} };
}

function retryAfter(seconds: string | undefined) {
  return seconds !== undefined && /^\d{1,4}$/.test(seconds) ? { retryAfter: Number(seconds) * 1000 } : {};
}
