import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clientEvents } from "./client-events.ts";
import { compileFrameValidators, referenceOf } from "./frames.ts";
import { LIMITS } from "./limits.ts";
import { serverEvents } from "./server-events.ts";

const validate = compileFrameValidators();
const send = { type: "send_message", chat_id: 1, message: "{}" };
const file = { filename: "a.bin", mimetype: "application/octet-stream", size: 3 };

function read(frame: unknown): Record<string, unknown> {
  const result = validate(frame);
  if (!result.valid) throw new Error(JSON.stringify(result.violations));
  return result.value as unknown as Record<string, unknown>;
}

function paths(frame: unknown): string[] {
  const result = validate(frame);
  if (result.valid) throw new Error("was accepted");
  return result.violations.map(({ path }) => path);
}

describe("a frame is judged by its type", () => {
  test("an existing client's message with null for everything optional is accepted", () => {
    const frame = {
      ...send,
      message_type: null,
      envelopes: null,
      metadata: null,
      reply_to_message_id: null,
      client_message_id: null,
    };
    expect(read(frame)).toEqual(send);
  });

  test.each([
    { type: "shout" },
    { type: "constructor" },
    { type: "__proto__" },
    { type: "Typing" },
    { type: 7 },
    {},
  ])("an unknown type is named as such: %j", (frame) => {
    expect(paths(frame)).toEqual(["/type"]);
  });

  test.each([null, [], "text", 7, [send]])("what is no object is refused: %j", (frame) => {
    expect(paths(frame)).toEqual(["/"]);
  });

  test("any client event may carry a request_id of up to 64 characters", () => {
    for (const { schema } of Object.values(clientEvents))
      expect(schema.properties).toHaveProperty("request_id");
    expect(read({ type: "join_chat", chat_id: 1, request_id: "🦊".repeat(64) })).toHaveProperty("request_id");
    expect(paths({ type: "join_chat", chat_id: 1, request_id: "x".repeat(65) })).toEqual(["/request_id"]);
  });

  test("10,000 contacts may be named in init, one more may not", () => {
    const contacts = Array.from({ length: LIMITS.initContacts }, (_, index) => index + 1);
    expect(validate({ type: "init", contacts }).valid).toBe(true);
    expect(paths({ type: "init", contacts: [...contacts, 1] })).toEqual(["/contacts"]);
  });

  test("every event that answers a frame is one that the server sends", () => {
    for (const { answers } of Object.values(clientEvents)) {
      expect(Object.keys(serverEvents)).toEqual(expect.arrayContaining([...answers]));
    }
  });
});

describe("messages", () => {
  test("a message may be empty and up to 256 KiB of UTF-8", () => {
    expect(validate({ ...send, message: "" }).valid).toBe(true);
    expect(validate({ ...send, message: "x".repeat(LIMITS.messageBytes) }).valid).toBe(true);
    expect(paths({ ...send, message: "é".repeat(LIMITS.messageBytes / 2 + 1) })).toEqual(["/message"]);
  });

  test("nobody but the server can send a system message", () => {
    expect(paths({ ...send, message_type: "system" })).toEqual(["/message_type"]);
  });

  test("a client_message_id is a UUID", () => {
    expect(paths({ ...send, client_message_id: "1" })).toEqual(["/client_message_id"]);
  });
});

describe("envelopes", () => {
  test("fields are opaque: older names and further texts are kept, null and other types are not", () => {
    const envelopes = {
      1: { key: "k", ephem_pub_key: "e", iv: "i", alg: "x", wrapped: null, version: 2 },
      2: { wrapped: "w", ephemeral_public_key: "e", nonce: "n" },
    };
    expect(read({ ...send, envelopes }).envelopes).toEqual({
      1: { key: "k", ephem_pub_key: "e", iv: "i", alg: "x" },
      2: { wrapped: "w", ephemeral_public_key: "e", nonce: "n" },
    });
  });

  test("entries for others than members are left for the server to drop, those for nobody are dropped here", () => {
    const envelopes = { 999999: { key: "k" }, nobody: { key: "k" }, "01": { key: "k" }, "-1": { key: "k" } };
    expect(read({ ...send, envelopes }).envelopes).toEqual({ 999999: { key: "k" } });
  });

  test("an envelope without anything in it, of another type or too large is refused", () => {
    expect(paths({ ...send, envelopes: { 2: {} } })).toEqual(["/envelopes/2"]);
    expect(paths({ ...send, envelopes: { 2: "k" } })).toEqual(["/envelopes/2"]);
    expect(paths({ ...send, envelopes: { 2: { key: 7 } } })).toEqual(["/envelopes/2/key"]);
    expect(paths({ ...send, envelopes: [] })).toEqual(["/envelopes"]);
    const key = "k".repeat(LIMITS.envelopeFieldBytes + 1);
    expect(paths({ ...send, envelopes: { 2: { key } } })).toEqual(["/envelopes/2/key"]);
    expect(paths({ ...send, envelopes: { 2: { other: key } } })).toEqual(["/envelopes/2/other"]);
  });
});

describe("metadata", () => {
  test("unknown fields and null are kept as they were sent", () => {
    const metadata = [{ ...file, file_id: null, nonce: null, caption: { a: [null] }, blur: null }];
    expect(read({ ...send, metadata }).metadata).toEqual(metadata);
  });

  test("a key named __proto__ is kept as a field and changes no prototype", () => {
    const metadata = JSON.parse(`[{"__proto__": {"size": 1}, ${JSON.stringify(file).slice(1)}]`);
    const [kept] = read({ ...send, metadata }).metadata as object[];
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
    expect(JSON.stringify(kept)).toContain("__proto__");
  });

  test("name, type and size have to be there", () => {
    expect(paths({ ...send, metadata: [{}] })).toEqual([
      "/metadata/0/filename",
      "/metadata/0/mimetype",
      "/metadata/0/size",
    ]);
  });

  test("32 files may be described in 64 KiB, not counting what enc_file holds", () => {
    expect(validate({ ...send, metadata: Array.from({ length: 32 }, () => file) }).valid).toBe(true);
    expect(paths({ ...send, metadata: Array.from({ length: 33 }, () => file) })).toEqual(["/metadata"]);
    const large = "x".repeat(LIMITS.metadataBytes);
    expect(validate({ ...send, metadata: [{ ...file, enc_file: large.repeat(4) }] }).valid).toBe(true);
    expect(paths({ ...send, metadata: [{ ...file, note: large }] })).toEqual(["/metadata"]);
  });
});

describe("what an error refers to", () => {
  test("the references of an invalid frame are read if they are valid themselves", () => {
    const client_message_id = "2f1f62a8-3c07-4a1c-9d4a-1d3f5a0e9b11";
    expect(referenceOf({ type: "nonsense", request_id: "r1", client_message_id })).toEqual({
      request_id: "r1",
      client_message_id,
    });
    expect(referenceOf({ request_id: 7, client_message_id: "x" })).toEqual({});
    expect(referenceOf({ request_id: "x".repeat(65) })).toEqual({});
    expect(referenceOf(null)).toEqual({});
  });
});

test("no JSON makes a frame throw", () => {
  const frame = fc.tuple(fc.constantFrom(...Object.keys(clientEvents)), fc.jsonValue(), fc.jsonValue());
  fc.assert(
    fc.property(frame, ([type, first, second]) => {
      validate(first);
      validate({ type, envelopes: first, metadata: second, message: second, chat_id: 1, contacts: first });
      referenceOf(first);
    }),
  );
});
