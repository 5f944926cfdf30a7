import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { envelopeFrames, textFrame } from "./text-frame.ts";

let server: WebSocketServer;

beforeAll(async () => {
  server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  await new Promise<void>((resolve) => server.once("listening", () => resolve()));
});
afterAll(() => {
  server.close();
});

/** What somebody else's client makes of the bytes. */
async function received(...frames: readonly Buffer[]): Promise<string[]> {
  server.once("connection", (_, request) => {
    for (const frame of frames) request.socket.write(frame);
  });
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const texts: string[] = [];
  await new Promise<void>((resolve, reject) => {
    client.on("error", reject);
    client.on("message", (data, isBinary) => {
      if (isBinary) reject(new Error("not a text"));
      texts.push(data.toString());
      if (texts.length === frames.length) resolve();
    });
  });
  client.terminate();
  return texts;
}

test("a frame of any length arrives as it was written, in any script", async () => {
  const texts = [0, 1, 125, 126, 127, 65_535, 65_536, 300_000].map((length) => "x".repeat(length));
  texts.push("Grüße, привет, 你好, 👋🏽", "ü".repeat(63), "👋".repeat(16_384));
  expect(await received(...texts.map(textFrame))).toEqual(texts);
});

describe("frames that differ in the envelope", () => {
  const text = JSON.stringify({
    chat_id: 1,
    message: { id: 2, envelopes: null, message: "ü", metadata: null },
  });

  test("give each recipient their own, and null to whoever has none", async () => {
    const frames = envelopeFrames(text);
    const bytes = [
      frames.for(7, { key: "für 7" }),
      frames.for(8, undefined),
      frames.for(9, { key: "for 9" }),
    ];
    const messages = (await received(...bytes)).map((each) => JSON.parse(each).message);
    expect(messages.map(({ envelopes }) => envelopes)).toEqual([
      { 7: { key: "für 7" } },
      null,
      { 9: { key: "for 9" } },
    ]);
    for (const message of messages) expect(message).toMatchObject({ id: 2, message: "ü", metadata: null });
  });

  test("are not fooled by a message that looks like the field", async () => {
    const message = '"envelopes":null';
    const frames = envelopeFrames(
      JSON.stringify({ message: { envelopes: null, message, metadata: [{ envelopes: null }] } }),
    );
    const [only = ""] = await received(frames.for(7, { key: "mine" }));
    expect(JSON.parse(only).message).toEqual({
      envelopes: { 7: { key: "mine" } },
      message,
      metadata: [{ envelopes: null }],
    });
  });

  test("are the same for all when there is nothing to put in", async () => {
    const frames = envelopeFrames('{"type":"chat_created"}');
    expect(frames.for(7, { key: "mine" })).toBe(frames.for(8, undefined));
  });
});
