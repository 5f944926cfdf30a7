import fc, { type Arbitrary } from "fast-check";
import { clientFrame, OPCODES } from "./wire.ts";

/** Bytes that no client may send, and the close codes that answer them. */
export interface Garbage {
  readonly what: string;
  readonly bytes: Buffer;
  readonly codes: readonly number[];
}

const PROTOCOL_ERROR = [1002];
const NOT_UTF8 = [1007];
const TOO_BIG = [1009];
const TOO_MANY_PARTS = [1008];

function garbage(what: string, codes: readonly number[], bytes: Arbitrary<Buffer>): Arbitrary<Garbage> {
  return bytes.map((made) => ({ what, codes, bytes: made }));
}

const payload = fc.uint8Array({ maxLength: 100 });
const control = fc.constantFrom(OPCODES.close, OPCODES.ping, OPCODES.pong);
const INVALID_CLOSE_CODES = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535];
const MANY = 20_000;

/** Breaches of RFC 6455, each of which ends the connection with its code. */
export const protocolGarbage: Arbitrary<Garbage> = fc.oneof(
  garbage(
    "an unknown opcode",
    PROTOCOL_ERROR,
    fc
      .tuple(fc.constantFrom(3, 4, 5, 6, 7, 11, 12, 13, 14, 15), payload)
      .map(([opcode, body]) => clientFrame({ opcode }, body)),
  ),
  garbage(
    "a frame without a mask",
    PROTOCOL_ERROR,
    payload.map((body) => clientFrame({ opcode: OPCODES.text, masked: false }, body)),
  ),
  garbage(
    "reserved bits",
    PROTOCOL_ERROR,
    fc
      .tuple(fc.integer({ min: 1, max: 7 }), payload)
      .map(([reserved, body]) => clientFrame({ opcode: OPCODES.text, reserved }, body)),
  ),
  garbage(
    "a control frame that is too long",
    PROTOCOL_ERROR,
    control.map((opcode) => clientFrame({ opcode }, Buffer.alloc(126))),
  ),
  garbage(
    "a control frame in parts",
    PROTOCOL_ERROR,
    control.map((opcode) => clientFrame({ opcode, final: false }, Buffer.alloc(2))),
  ),
  garbage(
    "a continuation of nothing",
    PROTOCOL_ERROR,
    payload.map((body) => clientFrame({ opcode: OPCODES.continuation }, body)),
  ),
  garbage(
    "a message within another",
    PROTOCOL_ERROR,
    payload.map((body) =>
      Buffer.concat([
        clientFrame({ opcode: OPCODES.text, final: false }, Buffer.from("{")),
        clientFrame({ opcode: OPCODES.text }, body),
      ]),
    ),
  ),
  garbage(
    "an invalid close code",
    PROTOCOL_ERROR,
    fc
      .constantFrom(...INVALID_CLOSE_CODES)
      .map((code) => clientFrame({ opcode: OPCODES.close }, Buffer.from([code >> 8, code & 0xff]))),
  ),
  garbage(
    "half a close code",
    PROTOCOL_ERROR,
    fc.constant(clientFrame({ opcode: OPCODES.close }, Buffer.from([3]))),
  ),
  garbage(
    "a close reason that is no text",
    NOT_UTF8,
    fc.constant(clientFrame({ opcode: OPCODES.close }, Buffer.from([0x03, 0xe8, 0xff]))),
  ),
  garbage(
    "a text that is no text",
    NOT_UTF8,
    fc
      .constantFrom([0xff], [0xc3], [0x80], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80])
      .map((bytes) => clientFrame({ opcode: OPCODES.text }, Buffer.from([0x22, ...bytes, 0x22]))),
  ),
  garbage(
    "a length beyond all limits",
    [...TOO_BIG, ...PROTOCOL_ERROR],
    fc
      .constantFrom(1_048_577, 2 ** 32, 2 ** 53, 2 ** 62)
      .map((length) => clientFrame({ opcode: OPCODES.text, length }, Buffer.alloc(0))),
  ),
  garbage(
    "a message in far too many parts",
    TOO_MANY_PARTS,
    fc.constant(
      Buffer.concat([
        clientFrame({ opcode: OPCODES.text, final: false }, Buffer.from("x")),
        ...new Array<Buffer>(MANY).fill(
          clientFrame({ opcode: OPCODES.continuation, final: false }, Buffer.from("x")),
        ),
      ]),
    ),
  ),
);
