import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { clientFrame, OPCODES, ServerFrames } from "./wire.ts";

/** A WebSocket without a library, so that what is sent may break every rule. */
export class RawSocket {
  /** The code of the server's close frame, null if the connection ended without one. */
  readonly closed: Promise<number | null>;
  readonly #stream: Socket;
  readonly #frames = new ServerFrames();
  readonly #onText: (text: string) => void;
  #code: number | null = null;
  #failure: Error | undefined;

  private constructor(stream: Socket, onText: (text: string) => void) {
    this.#stream = stream;
    this.#onText = onText;
    stream.on("error", () => {});
    this.closed = new Promise((resolve, reject) => {
      stream.once("close", () => (this.#failure ? reject(this.#failure) : resolve(this.#code)));
    });
    this.closed.catch(() => {});
  }

  /** Opens a socket at `/ws`. @throws {Error} if the handshake is refused. */
  static async open(url: string, token: string, onText: (text: string) => void): Promise<RawSocket> {
    const { hostname, port } = new URL(url);
    const stream = connect({ host: hostname, port: Number(port), noDelay: true });
    stream.write(handshake(token));
    const head = await readAnswer(stream);
    const socket = new RawSocket(stream, onText);
    stream.on("data", (chunk: Buffer) => socket.#take(chunk));
    if (head.length > 0) socket.#take(head);
    return socket;
  }

  /** Sends bytes as they are. */
  send(bytes: Uint8Array): void {
    if (this.#stream.writable) this.#stream.write(bytes);
  }

  /** Closes as a client does that has had enough, and waits until the connection is gone. */
  async close(): Promise<number | null> {
    this.send(clientFrame({ opcode: OPCODES.close }, Buffer.from([0x03, 0xe8])));
    return await this.closed;
  }

  #take(chunk: Buffer): void {
    try {
      for (const { opcode, payload } of this.#frames.read(chunk)) this.#handle(opcode, payload);
    } catch (error) {
      this.#failure = error as Error;
      this.#stream.destroy();
    }
  }

  #handle(opcode: number, payload: Buffer): void {
    if (opcode === OPCODES.text) this.#onText(payload.toString());
    else if (opcode === OPCODES.ping) this.send(clientFrame({ opcode: OPCODES.pong }, payload));
    else if (opcode === OPCODES.close) {
      this.#code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      // The answer may no longer be understood; the end of the connection always is.
      this.#stream.end(clientFrame({ opcode: OPCODES.close }, payload.subarray(0, 2)));
    }
  }
}

function handshake(token: string): string {
  return [
    "GET /ws HTTP/1.1",
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    `Authorization: Bearer ${token}`,
    "\r\n",
  ].join("\r\n");
}

const END_OF_HEAD = "\r\n\r\n";

/** @returns what follows the head of the answer. */
async function readAnswer(stream: Socket): Promise<Buffer> {
  let answer = Buffer.alloc(0);
  while (!answer.includes(END_OF_HEAD)) {
    const [chunk] = (await once(stream, "data")) as [Buffer];
    answer = Buffer.concat([answer, chunk]);
  }
  const end = answer.indexOf(END_OF_HEAD) + END_OF_HEAD.length;
  const [status] = answer.toString("latin1", 0, end).split("\r\n");
  if (status?.split(" ")[1] !== "101") throw new Error(`The server answered the handshake with ${status}.`);
  return answer.subarray(end);
}
