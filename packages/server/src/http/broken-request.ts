import type { Socket } from "node:net";
import type { ErrorCode } from "@tacit/protocol";

const SENTENCES: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "The request took too long to come.",
  HPE_HEADER_OVERFLOW: "The headers of the request are too large.",
};

/**
 * Answers what no request could be read from in the shape of every other error, and ends the connection. Whatever is
 * wrong, the status is 400: the protocol has no other for it.
 */
export function answerBrokenRequest({ code }: { code?: string }, socket: Socket): void {
  if (socket.destroyed) return;
  if (code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const error = SENTENCES[code ?? ""] ?? "The request is not valid HTTP.";
  const body = JSON.stringify({ error, code: "invalid_input" satisfies ErrorCode });
  socket.end(
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n" +
      `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
