import fc, { type Arbitrary } from "fast-check";
import type { FrameSchemas } from "./document.ts";
import { type Expectation, type Judge, keepsEveryRule } from "./expectation.ts";
import { protocolGarbage } from "./garbage.ts";
import { mutation } from "./mutation.ts";
import { arbitraryOf } from "./schema-arbitrary.ts";
import { clientFrame, fragmented, OPCODES } from "./wire.ts";
import { type KnownChat, type Resident, vocabularyOf, type World } from "./world.ts";

/** A frame to be sent, and what has to come of it. */
export interface FuzzFrame {
  /** For people: what it is, shortened. */
  readonly shown: string;
  readonly bytes: Buffer;
  readonly expects: Expectation;
  /** It follows the document, so it may be refused only for what it asks. */
  readonly isValid: boolean;
}

/** What frames are made from. */
export interface FrameSource {
  readonly schemas: FrameSchemas;
  readonly judge: Judge;
  readonly world: World;
  /** In many of the strings: no log may hold it. */
  readonly marker: string;
}

const SHOWN = 300;

/** Frames as one person may send them, most of them harmless, many of them not. */
export function framesOf(source: FrameSource, resident: Resident): Arbitrary<FuzzFrame> {
  const valid = validFrames(source, resident);
  const texts = fc.oneof(
    {
      arbitrary: valid.map((frame) => ({ text: JSON.stringify(frame), isValid: keepsEveryRule(frame) })),
      weight: 6,
    },
    {
      arbitrary: fc
        .tuple(valid, mutation)
        .map(([frame, mutate]) => ({ text: mutate(frame), isValid: false })),
      weight: 4,
    },
  );
  return fc.oneof(
    { arbitrary: fc.tuple(texts, cuts).map(([text, at]) => textFrame(source.judge, text, at)), weight: 95 },
    { arbitrary: fc.uint8Array({ maxLength: 50 }).map(binaryFrame), weight: 2 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom(OPCODES.ping, OPCODES.pong), fc.uint8Array({ maxLength: 125 }))
        .map(controlFrame),
      weight: 2,
    },
    { arbitrary: protocolGarbage.map(garbageFrame), weight: 1 },
  );
}

function validFrames(source: FrameSource, resident: Resident): Arbitrary<object> {
  const vocabulary = vocabularyOf(source.world, resident, source.marker);
  const kinds = [...source.schemas.client.values()].map((schema) => arbitraryOf(schema, vocabulary));
  return fc
    .tuple(fc.oneof(...kinds), fc.boolean(), fc.nat())
    .map(([frame, isMeant, index]) =>
      isMeant ? meant(frame as AnyFrame, resident, index) : (frame as object),
    );
}

interface AnyFrame {
  readonly chat_id?: number;
  readonly from_chat_id?: number;
  readonly to_chat_id?: number;
  readonly message_id?: number;
}

/** Makes what is independent fit together, so that much of it is carried out. */
function meant(frame: AnyFrame, resident: Resident, index: number): object {
  const find = (id: number | undefined) => resident.chats.find((chat) => chat.id === id);
  const source = find(frame.from_chat_id ?? frame.chat_id);
  const target = find(frame.to_chat_id ?? frame.chat_id);
  const { members_version: _, ...rest } = frame as AnyFrame & { members_version?: unknown };
  return {
    ...rest,
    ...("message_id" in frame && source && { message_id: messageOf(source, resident, index) }),
    ...("message" in frame && target?.isEncrypted && { envelopes: envelopesFor(target) }),
  };
}

function messageOf({ messages }: KnownChat, { id }: Resident, index: number): number {
  const own = messages.filter(({ senderId }) => senderId === id);
  return own[index % Math.max(1, own.length)]?.id ?? 1;
}

function envelopesFor({ members }: KnownChat): object {
  const envelope = { key: "fuzzed-key", ephem_pub_key: "fuzzed-ephemeral", iv: "fuzzed-iv" };
  return Object.fromEntries([...members].map((id) => [id, envelope]));
}

/** Where a text is cut into WebSocket fragments: mostly nowhere. */
const cuts = fc.oneof(
  { arbitrary: fc.constant<number[]>([]), weight: 9 },
  { arbitrary: fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 5 }), weight: 1 },
);

function textFrame(judge: Judge, made: { text: string; isValid: boolean }, at: readonly number[]): FuzzFrame {
  const payload = Buffer.from(made.text);
  const ends = at.map((share) => Math.floor((payload.length * share) / 1000)).sort((a, b) => a - b);
  const parts = [0, ...ends].map((start, index) => payload.subarray(start, ends[index] ?? payload.length));
  const expects = judge.ofText(payload);
  return {
    shown: made.text.slice(0, SHOWN),
    bytes:
      parts.length > 1 ? fragmented(OPCODES.text, parts) : clientFrame({ opcode: OPCODES.text }, payload),
    expects,
    isValid: made.isValid,
  };
}

function binaryFrame(payload: Uint8Array): FuzzFrame {
  return {
    shown: `binary ${Buffer.from(payload).toString("hex")}`,
    bytes: clientFrame({ opcode: OPCODES.binary }, payload),
    expects: { kind: "answer", reference: {} },
    isValid: false,
  };
}

function controlFrame([opcode, payload]: readonly [number, Uint8Array]): FuzzFrame {
  return {
    shown: `control frame ${opcode}`,
    bytes: clientFrame({ opcode }, payload),
    expects: { kind: "silence" },
    isValid: false,
  };
}

function garbageFrame({
  what,
  bytes,
  codes,
}: {
  what: string;
  bytes: Buffer;
  codes: readonly number[];
}): FuzzFrame {
  return { shown: what, bytes, expects: { kind: "close", codes }, isValid: false };
}
