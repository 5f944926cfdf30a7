import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { FRAMES_PER_SEED, FrameFuzzer, startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

/**
 * Frames made from the server's own document and then spoilt, by many sockets of several people at once.
 *
 * Frames follow from their seed, which is in the test's name: `FRAME_FUZZ_SEED=<seed>` sends those alone. The ids in them are
 * of what is there at the time, so what the seeds before have left behind may matter.
 */
const { FRAME_FUZZ_SEED } = process.env;
const FRAMES = 10_000;
const MIB = 1024 * 1024;
/** Far above what two runs differ by, far below what it takes to keep the frames. */
const MAX_GROWTH = 128 * MIB;

let server: TestServer;
let fuzzer: FrameFuzzer;
let heldBefore: number;

beforeAll(async () => {
  server = await startTestServer();
  fuzzer = await FrameFuzzer.start(server);
  heldBefore = heldBytes();
});

afterAll(async () => {
  await fuzzer.close();
  await server.close();
});

/** What is in use after all that is not was thrown away. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const first = FRAME_FUZZ_SEED === undefined ? Math.floor(Math.random() * 1e6) : Number(FRAME_FUZZ_SEED);
const count = FRAME_FUZZ_SEED === undefined ? Math.ceil(FRAMES / FRAMES_PER_SEED) : 1;
const seeds = Array.from({ length: count }, (_, index) => first + index);

test.each(seeds)(
  "every frame gets its answer, and nobody hears what is not for them (FRAME_FUZZ_SEED=%i)",
  async (seed) => {
    expect(await fuzzer.run(seed)).toEqual([]);
  },
  60_000,
);

test("after all that everybody still hears every message, and nothing was kept of what was refused", async () => {
  expect(await fuzzer.inspect()).toEqual([]);
  expect(heldBytes() - heldBefore).toBeLessThan(MAX_GROWTH);
}, 60_000);

test("much of it was carried out and much was refused, so the answers mean something", () => {
  const { frames, accepted, refused, closed } = fuzzer.tally;
  expect(frames).toBeGreaterThanOrEqual(seeds.length * FRAMES_PER_SEED);
  expect(accepted).toBeGreaterThan(frames / 10);
  expect(refused.get("invalid_input")).toBeGreaterThan(frames / 10);
  expect(closed.size).toBeGreaterThan(0);
});
