import type { FileMetadata } from "@tacit/protocol";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { anyKey, anyU32, withFlippedBit } from "./fixtures/tampering.ts";
import { type MessageContext, signMessage, verifyMessage } from "./message-signature.ts";
import { ed25519PublicKey } from "./primitives/ed25519.ts";
import { fromBase64, toBase64 } from "./primitives/octets.ts";

const SEED = new Uint8Array(32).fill(11);
const TEXT = { ciphertext: toBase64(new Uint8Array(20)), nonce: toBase64(new Uint8Array(12)) };
const PHOTO: FileMetadata = { file_id: 5, filename: "a.png", mimetype: "image/png", size: 9, nonce: "x" };
const CONTEXT: MessageContext = {
  chatId: 12,
  senderId: 1001,
  clientMessageId: "0b5c6a3e-8f2d-4c1a-9e77-3d2f10a4b6c8",
  replyToMessageId: 40,
  messageType: "image",
  metadata: [PHOTO],
};
const WRONG = { outcome: "refused", reason: "wrong_signature" };
const MALFORMED = { outcome: "refused", reason: "malformed" };

let identityKey: Uint8Array;
let message: string;

beforeAll(async () => {
  identityKey = await ed25519PublicKey(SEED);
  message = await signMessage(SEED, CONTEXT, TEXT, 2);
});

function verify(text: string, context: object = {}, knownRev?: number) {
  return verifyMessage(text, { ...CONTEXT, ...context }, { identityKey, knownRev });
}

/** The message with some of its fields replaced, or left out where they are `undefined`. */
function changed(fields: object): string {
  return JSON.stringify({ ...JSON.parse(message), ...fields });
}

it("a message is verified as the sender's, and nothing handed in is changed", async () => {
  const anyId = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const anyContext = fc.record({
    chatId: anyId,
    senderId: anyId,
    clientMessageId: fc.uuid(),
    replyToMessageId: fc.option(anyId),
    messageType: fc.string({ unit: "grapheme" }),
    metadata: fc.option(
      fc.array(
        fc.jsonValue().map((extra) => ({ ...PHOTO, extra })),
        { maxLength: 3 },
      ),
    ),
  });
  await fc.assert(
    fc.asyncProperty(anyKey, anyContext, anyU32, async (seed, context, rev) => {
      const before = structuredClone({ seed, context });
      const text = await signMessage(seed, context, TEXT, rev);
      const sender = { identityKey: await ed25519PublicKey(seed), knownRev: undefined };
      // What the server delivers has been JSON in between.
      const delivered: MessageContext = JSON.parse(JSON.stringify(context));
      expect(await verifyMessage(text, delivered, sender)).toEqual({ outcome: "verified", rev });
      expect({ seed, context }).toEqual(before);
    }),
  );
});

it("the order in which the server stores the fields of a file does not matter", async () => {
  const reordered = Object.fromEntries(Object.entries(PHOTO).reverse());
  expect(await verify(message, { metadata: [reordered] })).toMatchObject({ outcome: "verified" });
});

describe("a server cannot pass off", () => {
  it.each([
    { what: "a message as one of another chat", context: { chatId: 13 } },
    { what: "a message as somebody else's", context: { senderId: 1002 } },
    {
      what: "a message as another one",
      context: { clientMessageId: "1b5c6a3e-8f2d-4c1a-9e77-3d2f10a4b6c8" },
    },
    { what: "a message without its own id", context: { clientMessageId: null } },
    { what: "a message whose id is none", context: { clientMessageId: "0b5c6a3e" } },
    { what: "a message as the answer to another", context: { replyToMessageId: 41 } },
    { what: "an answer as no answer", context: { replyToMessageId: null } },
    { what: "an answer to nothing", context: { replyToMessageId: 0 } },
    { what: "a message as one of another type", context: { messageType: "text" } },
    { what: "another file", context: { metadata: [{ ...PHOTO, file_id: 6 }] } },
    { what: "a file under another name", context: { metadata: [{ ...PHOTO, filename: "b.png" }] } },
    { what: "a file with one field more", context: { metadata: [{ ...PHOTO, note: null }] } },
    { what: "a file twice", context: { metadata: [PHOTO, PHOTO] } },
    { what: "a message without its file", context: { metadata: [] } },
    { what: "a message without its files", context: { metadata: null } },
    { what: "a chat id out of range", context: { chatId: 2 ** 64 } },
  ])("$what", async ({ context }) => {
    expect(await verify(message, context)).toEqual(WRONG);
  });

  it.each([
    { what: "another text", fields: { ciphertext: toBase64(new Uint8Array(21)) } },
    { what: "another nonce", fields: { nonce: toBase64(new Uint8Array(12).fill(1)) } },
    { what: "an earlier version as a later one", fields: { rev: 3 } },
    { what: "a version that is no number", fields: { rev: "2" } },
    { what: "no version", fields: { rev: undefined } },
    { what: "a version over 32 bits", fields: { rev: 2 ** 32 + 2 } },
    { what: "a signature that is no base64", fields: { sig: "?" } },
    { what: "a short signature", fields: { sig: "AAAA" } },
    { what: "a signature that is no text", fields: { sig: null } },
  ])("$what", async ({ fields }) => {
    expect(await verify(changed(fields))).toEqual(WRONG);
  });

  it("a signature with any bit flipped", async () => {
    const signature = fromBase64(JSON.parse(message).sig);
    for (let bit = 0; bit < 512; bit += 7)
      expect(await verify(changed({ sig: toBase64(withFlippedBit(signature, bit)) }))).toEqual(WRONG);
  });

  it("what somebody else signed", async () => {
    const forged = await signMessage(new Uint8Array(32).fill(12), CONTEXT, TEXT, 2);
    expect(await verify(forged)).toEqual(WRONG);
  });
});

it("an earlier edit is not accepted once a later one is known", async () => {
  expect(await verify(message, {}, 1)).toEqual({ outcome: "verified", rev: 2 });
  expect(await verify(message, {}, 2)).toEqual({ outcome: "verified", rev: 2 });
  expect(await verify(message, {}, 3)).toEqual({ outcome: "refused", reason: "rolled_back" });
});

it("without a signature, a message of somebody who has an identity key is refused", async () => {
  const bare = changed({ sig: undefined, rev: undefined });
  expect(await verify(bare)).toEqual({ outcome: "refused", reason: "missing_signature" });
});

it("the sender without an identity key is not verified, signature or not", async () => {
  const sender = { identityKey: undefined, knownRev: undefined };
  for (const text of [message, changed({ sig: undefined })])
    expect(await verifyMessage(text, CONTEXT, sender)).toEqual({ outcome: "unverified_sender" });
});

it("what is not an encrypted message is refused, whoever is said to have sent it", async () => {
  const sender = { identityKey: undefined, knownRev: undefined };
  for (const text of ["hello", "", "null", "[]", '"x"', "{}", '{"ciphertext":1,"nonce":"AA=="}']) {
    expect(await verify(text)).toEqual(MALFORMED);
    expect(await verifyMessage(text, CONTEXT, sender)).toEqual(MALFORMED);
  }
});

it("files nested by the thousands are refused, not a crash", async () => {
  const nested = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
  expect(await verify(message, { metadata: [{ ...PHOTO, nested }] })).toEqual(WRONG);
});

it("what could not be verified is not signed", async () => {
  const contexts = [
    { chatId: 0 },
    { chatId: -1 },
    { senderId: 1.5 },
    { clientMessageId: null },
    { clientMessageId: "not-a-uuid" },
    { replyToMessageId: 0 },
    { metadata: [{ ...PHOTO, ratio: Number.NaN }] },
  ];
  for (const context of contexts)
    await expect(signMessage(SEED, { ...CONTEXT, ...context }, TEXT, 0)).rejects.toMatchObject({
      code: "malformed",
    });
  for (const rev of [-1, 0.5, 2 ** 32])
    await expect(signMessage(SEED, CONTEXT, TEXT, rev)).rejects.toMatchObject({ code: "malformed" });
});
