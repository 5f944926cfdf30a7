import { setTimeout as delay } from "node:timers/promises";
import type { BenchOptions } from "../arguments.ts";
import { type Crowd, framesIn, startCrowd } from "../load/crowd.ts";
import { createAccounts, createGroup } from "../load/people.ts";
import { cpuSeconds } from "../machine/processes.ts";
import { grouped } from "../report.ts";
import type { Figure, Scenario } from "../scenario.ts";
import { median, spread } from "../statistics.ts";
import { withTemporaryDirectory } from "../system/paths.ts";
import { type ServerProcess, startServer } from "../system/server-process.ts";

const MEMBERS = 500;
const TARGET = 60_000;
/** In each process, each with one message under way: so that what is written to a socket in one go is several messages. */
const WRITERS = 8;
const WARM_UP_MS = 3_000;
const REST_MS = 1_000;

/** Messages to a large encrypted group, whose members are all online and have an envelope each. */
export const fanOut: Scenario = {
  name: "fan-out",
  run: (options, say) =>
    withTemporaryDirectory(async (directory) => {
      const server = await startServer({ dataDirectory: `${directory}/data` });
      try {
        say(`${MEMBERS} accounts`);
        const people = await createAccounts(server.url, MEMBERS);
        const [owner, ...others] = people;
        if (!owner) throw new RangeError("a group needs an owner");
        const chatId = await createGroup(server.url, owner, others);
        const crowd = await startCrowd(server.url, people, options.generators);
        const runs: Run[] = [];
        for (let run = 1; run <= options.runs; run += 1) {
          say(`run ${run} of ${options.runs}`);
          runs.push(await measure(server, crowd, chatId, options));
          await delay(REST_MS);
        }
        await crowd.end();
        return figures(runs);
      } finally {
        await server.stop();
      }
    }),
};

interface Run {
  readonly perSecond: number;
  /** Microseconds of CPU for one delivery. */
  readonly cpu: { readonly server: number; readonly postgres: number; readonly generators: number };
}

async function measure(
  server: ServerProcess,
  crowd: Crowd,
  chatId: number,
  { seconds }: BenchOptions,
): Promise<Run> {
  await crowd.startWriting(chatId, WRITERS);
  await delay(WARM_UP_MS);
  const before = await sample(server, crowd);
  await delay(seconds * 1000);
  const after = await sample(server, crowd);
  await crowd.stopWriting();
  await crowd.quiet();
  const frames = after.frames - before.frames;
  const micro = (pick: (from: typeof before) => number) => ((pick(after) - pick(before)) * 1e6) / frames;
  return {
    perSecond: frames / ((after.time - before.time) / 1000),
    cpu: {
      server: micro(({ cpu }) => cpu.server),
      postgres: micro(({ cpu }) => cpu.postgres),
      generators: micro(({ cpu }) => cpu.generators),
    },
  };
}

async function sample({ pid, postgresPid }: ServerProcess, crowd: Crowd) {
  const count = await crowd.count();
  const [all, postgres] = [cpuSeconds(pid), cpuSeconds(postgresPid)];
  return {
    time: performance.now(),
    frames: framesIn(count, "message_new"),
    cpu: { server: all - postgres, postgres, generators: count.cpuSeconds },
  };
}

function figures(runs: readonly Run[]): Figure[] {
  const rates = runs.map(({ perSecond }) => perSecond);
  const micro = (pick: (run: Run) => number) => `${median(runs.map(pick)).toFixed(1)} µs`;
  return [
    {
      name: `Deliveries to a group of ${MEMBERS} online, each with their own envelope`,
      target: `at least ${grouped(TARGET)}/s`,
      measured: `${grouped(median(rates))}/s (${spread(rates, grouped)})`,
      ok: median(rates) >= TARGET,
    },
    {
      name: "… CPU for one delivery",
      measured: `server ${micro(({ cpu }) => cpu.server)}, PostgreSQL ${micro(({ cpu }) => cpu.postgres)}, generators ${micro(({ cpu }) => cpu.generators)}`,
    },
  ];
}
