import { BROKEN, type OpenSocket, type SocketListener } from "./websocket.ts";

const NORMAL = 1000;

/** With the token as a subprotocol, since a page cannot set headers. A refusal looks like a broken connection. */
export const openSocket: OpenSocket = (url, token, listener) => {
  const socket = created(url, token);
  if (!socket) return neverOpened(listener);
  let unexplained = true;
  socket.addEventListener("open", () => {
    unexplained = false;
    listener.opened();
  });
  socket.addEventListener("message", ({ data }) => {
    listener.heard();
    if (typeof data === "string") listener.frame(data);
  });
  socket.addEventListener("close", ({ code }) => listener.closed({ code, unexplained }));
  return {
    send: (text) => socket.send(text),
    ping: () => false,
    close: () => socket.close(NORMAL),
  };
};

/** The error that a browser throws here names the subprotocol, which is the token. */
function created(url: string, token: string): WebSocket | undefined {
  try {
    return new WebSocket(url, ["tacit", `bearer.${token}`]);
  } catch {
    return undefined;
  }
}

function neverOpened(listener: SocketListener) {
  queueMicrotask(() => listener.closed(BROKEN));
  return { send: () => {}, ping: () => false, close: () => {} };
}
