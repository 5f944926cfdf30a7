import { setTimeout as delay } from "node:timers/promises";
import type { BenchOptions } from "../arguments.ts";
import { type Crowd, framesIn, startCrowd } from "../load/crowd.ts";
import type { Account } from "../load/people.ts";
import type { RawFanOutRequest } from "../load/raw-fan-out.ts";
import { serverCpu } from "../machine/processes.ts";
import { grouped, ratioOf } from "../report.ts";
import { type Figure, repeated, type Scenario } from "../scenario.ts";
import { median, summary } from "../statistics.ts";
import { startChild } from "../system/child.ts";
import { withLargeGroup } from "./large-group.ts";

const MEMBERS = 500;
const TARGET = 60_000;
/** In each process, each with one message under way: so that what is written to a socket in one go is several messages. */
const WRITERS = 8;
const WARM_UP_MS = 3_000;
const REST_MS = 1_000;

/** Messages to a large encrypted group, whose members are all online and have an envelope each. */
export const fanOut: Scenario = {
  name: "fan-out",
  expectedSeconds: ({ runs, seconds }) => 25 + runs * 2 * (seconds + 6),
  run: (options, say) =>
    withLargeGroup(MEMBERS, options, say, async ({ server, chatId, people, crowd }) => {
      const runs = await repeated(options, say, async () => {
        const measured = await measure(crowd, chatId, options, () => serverCpu(server));
        await delay(REST_MS);
        return { ...measured, rawPerSecond: await broadcastRaw(people, options) };
      });
      return figures(runs);
    }),
};

interface Run extends Measured {
  /** Deliveries a second through sockets alone. */
  readonly rawPerSecond: number;
}

interface Measured {
  readonly perSecond: number;
  /** Microseconds of CPU for one delivery. */
  readonly cpu: { readonly server: number; readonly postgres: number; readonly generators: number };
}

/** Seconds of CPU so far. */
type Cpu = ReturnType<typeof serverCpu>;

async function measure(
  crowd: Crowd,
  chatId: number,
  { seconds }: BenchOptions,
  cpu: () => Cpu,
): Promise<Measured> {
  await crowd.startWriting(chatId, WRITERS);
  await delay(WARM_UP_MS);
  const before = await sample(crowd, cpu());
  await delay(seconds * 1000);
  const after = await sample(crowd, cpu());
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

/** The same load against a process that only passes frames on. @returns deliveries a second. */
async function broadcastRaw(people: readonly Account[], options: BenchOptions): Promise<number> {
  const raw = startChild<RawFanOutRequest, { url: string }>(
    new URL("../load/raw-fan-out.js", import.meta.url),
  );
  const { url } = await raw.ask({ people });
  const crowd = await startCrowd(url, people, options.generators);
  const { perSecond } = await measure(crowd, 1, options, () => ({ server: 0, postgres: 0 }));
  await crowd.end();
  await raw.end();
  return perSecond;
}

async function sample(crowd: Crowd, cpu: Cpu) {
  const count = await crowd.count();
  return {
    time: performance.now(),
    frames: framesIn(count, "message_new"),
    cpu: { ...cpu, generators: count.cpuSeconds },
  };
}

function figures(runs: readonly Run[]): Figure[] {
  const rates = runs.map(({ perSecond }) => perSecond);
  const micro = (pick: (run: Run) => number) => `${median(runs.map(pick)).toFixed(1)} µs`;
  return [
    {
      name: `Deliveries to a group of ${MEMBERS} online, each with their own envelope`,
      target: `at least ${grouped(TARGET)}/s`,
      measured: summary(rates, grouped, "/s"),
      ratio: ratioOf(1, median(runs.map((run) => run.rawPerSecond / run.perSecond)), "raw ws"),
      ok: median(rates) >= TARGET,
    },
    {
      name: "… CPU for one delivery",
      measured: `server ${micro(({ cpu }) => cpu.server)}, PostgreSQL ${micro(({ cpu }) => cpu.postgres)}, generators ${micro(({ cpu }) => cpu.generators)}`,
    },
    {
      name: "Limit: frames of the same size through `ws` in one process, without parsing or database",
      measured: summary(
        runs.map((run) => run.rawPerSecond),
        grouped,
        "/s",
      ),
    },
  ];
}
