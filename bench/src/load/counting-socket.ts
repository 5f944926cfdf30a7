import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { FrameCounter } from "./frame-counter.ts";

/** A WebSocket that counts what it receives and hardly costs anything. */
export interface CountingSocket {
  /** Frames by type, so far. */
  readonly counts: ReadonlyMap<string, number>;
  /** Sends a text. */
  send(text: string): void;
  close(): void;
}

/**
 * Opens one.
 *
 * @param localAddress where it comes from: one address has too few ports for very many sockets.
 * @throws {Error} if the server does not upgrade, and later if it closes the socket.
 */
export async function openCountingSocket(
  url: string,
  token: string,
  onFrame?: (type: string, frame: Buffer) => void,
  localAddress?: string,
): Promise<CountingSocket> {
  const { hostname, port, host } = new URL(url);
  const stream = connect({ port: Number(port), host: hostname, ...(localAddress ? { localAddress } : {}) });
  stream.setNoDelay(true);
  stream.write(
    `GET /ws HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );
  const counter = new FrameCounter();
  const after = await readUpgrade(stream);
  let closing = false;
  const take = (bytes: Buffer) =>
    counter.take(bytes, (type, frame) => {
      if (type === "ping") stream.write(PONG);
      else onFrame?.(type, frame);
    });
  stream.on("data", take);
  stream.once("close", () => {
    if (!closing) throw new Error("the server closed a socket");
  });
  take(after);
  return {
    counts: counter.counts,
    send: (text) => stream.write(clientFrame(text)),
    close: () => {
      closing = true;
      stream.destroy();
    },
  };
}

/** Final, a pong, empty, with a mask of zero. */
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** @returns what came after the answer to the handshake. */
async function readUpgrade(stream: Socket): Promise<Buffer> {
  let received = Buffer.alloc(0);
  for (;;) {
    const chunk = await new Promise<Buffer>((resolve, reject) => {
      stream.once("data", resolve);
      stream.once("error", reject);
    });
    received = Buffer.concat([received, chunk]);
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) continue;
    if (received.toString("latin1", 0, 12) !== "HTTP/1.1 101")
      throw new Error(received.toString("latin1", 0, end));
    stream.removeAllListeners("error").on("error", () => {});
    return received.subarray(end + 4);
  }
}

/** A text frame whose mask is zero, so that masking is nothing to compute (RFC 6455, section 5.3). */
function clientFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(payload.length < 126 ? 6 : payload.length < 65_536 ? 8 : 14);
  header[0] = 0x81;
  if (payload.length < 126) header[1] = 0x80 | payload.length;
  else if (payload.length < 65_536) {
    header[1] = 0x80 | 126;
    header.writeUInt16BE(payload.length, 2);
  } else {
    header[1] = 0x80 | 127;
    header.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([header, payload]);
}
