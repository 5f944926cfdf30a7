import { setTimeout as delay } from "node:timers/promises";
import type { BenchOptions } from "../arguments.ts";
import { type Generators, startGenerators } from "../load/generators.ts";
import { createPairs, type Person } from "../load/people.ts";
import { measureFsync } from "../machine/fsync.ts";
import { milliseconds } from "../report.ts";
import { type Figure, repeated, type Scenario } from "../scenario.ts";
import { median } from "../statistics.ts";
import { withTemporaryDirectory } from "../system/paths.ts";
import { type ServerProcess, startServer } from "../system/server-process.ts";
import { memoryFigures } from "./idle.ts";
import { type OneToOneRun, oneToOneFigures, runOneToOne } from "./one-to-one.ts";
import { openLoopFigures, runOpenLoop } from "./open-loop.ts";
import { profileFigures } from "./profile.ts";
import { insertBatches } from "./raw-inserts.ts";
import { broadcastRaw } from "./raw-limit.ts";

const PAIRS = 100;
/** What a run leaves behind, such as a checkpoint, should not weigh on the next. */
const REST_MS = 1_000;

/** Messages between pairs of people. What limits them is measured in between, because the machine is not always equally fast. */
export const messages: Scenario = {
  name: "messages",
  expectedSeconds: ({ runs, seconds, profile }) =>
    15 + runs * (4 * seconds + 15) + (profile ? seconds + 10 : 0),
  run: (options, say) =>
    withTemporaryDirectory(async (directory) => {
      const server = await startServer({ dataDirectory: `${directory}/data` });
      try {
        say(`${2 * PAIRS} accounts`);
        const people = await createPairs(server.url, PAIRS);
        const figures = await measure(server, people, options, say);
        await server.stop();
        if (!options.profile) return figures;
        say("one more run under the profiler");
        return [...figures, ...(await profileMessages(directory, people, options))];
      } finally {
        await server.stop();
      }
    }),
};

function profileMessages(directory: string, people: readonly Person[], options: BenchOptions) {
  return profileFigures(directory, "messages", async ({ url }, measured) => {
    const load = await startGenerators(url, people, options.generators);
    await measured(() => load.closedLoop(options.seconds, options.outstanding));
    await load.end();
  });
}

async function measure(
  server: ServerProcess,
  people: readonly Person[],
  options: BenchOptions,
  say: (progress: string) => void,
): Promise<Figure[]> {
  const generators = await startGenerators(server.url, people, options.generators);
  const runs = await repeated(options, say, async () => {
    const fsync = await measureFsync(server.dataDirectory);
    const closed = await measureClosed(server, generators, people, options);
    const open = await runOpenLoop(generators, options);
    await delay(REST_MS);
    return { fsync, closed, open };
  });
  await generators.end();
  const fsync = runs.map((run) => run.fsync);
  return [
    ...oneToOneFigures(
      runs.map(({ closed }) => closed),
      people.length,
      options,
    ),
    ...openLoopFigures(
      runs.map(({ open }) => open),
      options,
      fsync,
    ),
    {
      name: "8 KiB append and fdatasync on the same disk",
      measured: `p50 ${milliseconds(median(fsync.map(({ p50 }) => p50)))}, p99 ${milliseconds(median(fsync.map(({ p99 }) => p99)))}`,
    },
    ...memoryFigures(server, "after the load"),
  ];
}

async function measureClosed(
  server: ServerProcess,
  generators: Generators,
  people: readonly Person[],
  options: BenchOptions,
): Promise<OneToOneRun> {
  const run = await runOneToOne(server, generators, options);
  await delay(REST_MS);
  const insertsPerSecond = await insertBatches(server.dataDirectory, people, run.batchRows, options.seconds);
  const broadcastsPerSecond = await broadcastRaw(people, options);
  return { ...run, insertsPerSecond, broadcastsPerSecond };
}
