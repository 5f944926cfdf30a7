import { readFile } from "node:fs/promises";
import { createTestDatabase, FrameFuzzer, spawnTestServer } from "@tacit/testkit";
import { expect, test } from "vitest";

const FRAMES = 1_000_000;
const MIB = 1024 * 1024;
/** Milliseconds that a million frames may take. */
const PATIENCE = 120 * 60_000;
/** Seeds after which the process has what it needs for its work. */
const WARM_UP = 50;
const MAX_GROWTH = 256 * MIB;

/** `FRAME_FUZZ_SEED` is the first seed; a single one is repeated with frames.test.ts. */
const first = Number(process.env.FRAME_FUZZ_SEED ?? Math.floor(Math.random() * 1e6));

/** Bytes of memory that a process holds. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

test(
  "after a million frames, most of them spoilt, the server is as it was",
  async () => {
    const database = await createTestDatabase();
    const server = await spawnTestServer({ database: database.config });
    const fuzzer = await FrameFuzzer.start({ url: server.url, sql: database.sql, logs: server.output });
    const began = performance.now();
    let warm = 0;
    for (let index = 0; fuzzer.tally.frames < FRAMES; index += 1) {
      expect(await fuzzer.run(first + index), `FRAME_FUZZ_SEED=${first + index}`).toEqual([]);
      if (index === WARM_UP) warm = await residentBytes(server.pid);
      if (index % 50 === 49) await report(server.pid);
    }
    expect(await fuzzer.inspect()).toEqual([]);
    expect((await residentBytes(server.pid)) - warm).toBeLessThan(MAX_GROWTH);
    await fuzzer.close();
    await server.kill();
    await database.drop();

    async function report(pid: number): Promise<void> {
      const { frames, accepted } = fuzzer.tally;
      const rate = Math.round((frames / (performance.now() - began)) * 1000);
      const held = Math.round((await residentBytes(pid)) / MIB);
      console.log(
        `${frames} frames, ${accepted} accepted, ${rate} a second, ${held} MiB, from seed ${first}`,
      );
    }
  },
  PATIENCE,
);
