/** Kinds of WebSocket frames (RFC 6455, section 5.2). */
export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The bits of a frame's header that a test may want to be wrong. */
export interface HeaderBits {
  readonly opcode: number;
  /** Default true. */
  readonly final?: boolean;
  /** Three bits that mean nothing without an extension. Default 0. */
  readonly reserved?: number;
  /** False breaks the rule for clients. Default true. */
  readonly masked?: boolean;
  /** Instead of the payload's own. */
  readonly length?: number;
}

const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** One frame as a client sends it. */
export function clientFrame(bits: HeaderBits, payload: Uint8Array): Buffer {
  const { opcode, final = true, reserved = 0, masked = true, length = payload.length } = bits;
  const first = (final ? 0x80 : 0) | (reserved << 4) | opcode;
  const header = [Buffer.from([first]), lengthBytes(length, masked)];
  if (!masked) return Buffer.concat([...header, payload]);
  const body = Buffer.from(payload);
  for (let index = 0; index < body.length; index += 1)
    body[index] = (body[index] ?? 0) ^ (MASK[index % 4] ?? 0);
  return Buffer.concat([...header, MASK, body]);
}

function lengthBytes(length: number, masked: boolean): Buffer {
  const bit = masked ? 0x80 : 0;
  if (length < 126) return Buffer.from([bit | length]);
  if (length < 65_536) return Buffer.from([bit | 126, length >> 8, length & 0xff]);
  const bytes = Buffer.alloc(9);
  bytes[0] = bit | 127;
  bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

/** A message in as many frames as there are parts, with a ping between them. */
export function fragmented(opcode: number, parts: readonly Uint8Array[]): Buffer {
  const frames = parts.flatMap((part, index) => [
    clientFrame(
      { opcode: index === 0 ? opcode : OPCODES.continuation, final: index === parts.length - 1 },
      part,
    ),
    ...(index === 0 ? [clientFrame({ opcode: OPCODES.ping }, Buffer.from("between"))] : []),
  ]);
  return Buffer.concat(frames);
}

/** A frame of the server. */
export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Takes the server's bytes apart: it never masks and never fragments. */
export class ServerFrames {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #wanted = 2;

  /** The frames that are complete with these bytes. */
  *read(chunk: Buffer): Generator<ServerFrame> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes >= this.#wanted) {
      const [first] = this.#chunks;
      const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
      const frame = readFrame(bytes);
      if (typeof frame === "number") {
        this.#keep(bytes, frame);
        continue;
      }
      this.#keep(bytes.subarray(frame.end), 2);
      yield frame;
    }
  }

  #keep(bytes: Buffer, wanted: number): void {
    this.#chunks = bytes.length > 0 ? [bytes] : [];
    this.#bytes = bytes.length;
    this.#wanted = wanted;
  }
}

/** @returns the frame and where it ends, or how many bytes it takes to know more. */
function readFrame(bytes: Buffer): (ServerFrame & { readonly end: number }) | number {
  const [first = 0, second = 0] = bytes;
  if ((first & 0xf0) !== 0x80 || second > 127)
    throw new Error("The server sent a frame that no server may send.");
  const header = second < 126 ? 2 : second === 126 ? 4 : 10;
  if (bytes.length < header) return header;
  const length =
    header === 2 ? second : header === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const end = header + length;
  return bytes.length < end ? end : { opcode: first & 0x0f, payload: bytes.subarray(header, end), end };
}
