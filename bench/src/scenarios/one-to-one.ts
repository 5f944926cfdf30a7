import type { BenchOptions } from "../arguments.ts";
import type { Generators } from "../load/generators.ts";
import { serverCpu } from "../machine/processes.ts";
import { grouped, milliseconds, ratioOf } from "../report.ts";
import type { Figure } from "../scenario.ts";
import { median, percentile, spread } from "../statistics.ts";
import { readMetrics } from "../system/metrics.ts";
import type { ServerProcess } from "../system/server-process.ts";

const TARGET = 6_000;

/** One closed loop, and what the machine could do at best beside it. */
export interface OneToOneRun extends ClosedLoop {
  /** Rows a second of the same batches, without the server. */
  readonly insertsPerSecond: number;
  /** Messages a second through sockets alone. */
  readonly broadcastsPerSecond: number;
}

interface ClosedLoop {
  readonly perSecond: number;
  readonly p50: number;
  /** Messages in one transaction, on average. */
  readonly batchRows: number;
  /** Microseconds of CPU for one message. */
  readonly cpu: { readonly server: number; readonly postgres: number; readonly generators: number };
}

/** Keeps every socket busy and counts the messages of which everything arrived. */
export async function runOneToOne(
  server: ServerProcess,
  generators: Generators,
  { seconds, outstanding }: BenchOptions,
): Promise<ClosedLoop> {
  const before = await readCounters(server);
  const result = await generators.closedLoop(seconds, outstanding);
  const after = await readCounters(server);
  // CPU and batches count over the warm-up, too, so they are divided by all rows that were written.
  const rows = after.rows - before.rows;
  const microseconds = (used: number) => (used * 1e6) / rows;
  return {
    perSecond: result.complete / result.seconds,
    p50: percentile(result.latencies, 0.5),
    batchRows: Math.max(1, Math.round(rows / (after.batches - before.batches))),
    cpu: {
      server: microseconds(after.server - before.server),
      postgres: microseconds(after.postgres - before.postgres),
      generators: (result.cpuSeconds * 1e6) / result.complete,
    },
  };
}

async function readCounters(server: ServerProcess) {
  const metric = await readMetrics(server);
  return {
    rows: metric("tacit_write_batch_rows_sum"),
    batches: metric("tacit_write_batch_rows_count"),
    ...serverCpu(server),
  };
}

/** What the runs came to, as medians. */
export function oneToOneFigures(
  runs: readonly OneToOneRun[],
  sockets: number,
  { outstanding }: BenchOptions,
): Figure[] {
  const of = (pick: (run: OneToOneRun) => number) => median(runs.map(pick));
  const perSecond = of((run) => run.perSecond);
  const micro = (value: number) => `${Math.round(value)} µs`;
  return [
    {
      name: `One-to-one durable messages, ${sockets} sockets, ${outstanding} under way each`,
      target: `at least ${grouped(TARGET)}/s`,
      measured: `${grouped(perSecond)}/s (${spread(
        runs.map((run) => run.perSecond),
        grouped,
      )})`,
      ratio: `${ratioOf(
        1,
        of((run) => run.insertsPerSecond / run.perSecond),
        "inserts",
      )}, ${ratioOf(
        1,
        of((run) => run.broadcastsPerSecond / run.perSecond),
        "raw ws",
      )}`,
      ok: perSecond >= TARGET,
    },
    { name: "… latency when saturated, p50", measured: milliseconds(of((run) => run.p50)) },
    { name: "… messages in a transaction", measured: String(of((run) => run.batchRows)) },
    {
      name: "… CPU for one message",
      measured: `server ${micro(of(({ cpu }) => cpu.server))}, PostgreSQL ${micro(of(({ cpu }) => cpu.postgres))}, generators ${micro(of(({ cpu }) => cpu.generators))}`,
    },
    {
      name: "Limit: the same rows inserted in the same batches, without the server",
      measured: `${grouped(of((run) => run.insertsPerSecond))}/s`,
    },
    {
      name: "Limit: the same frames through `ws` in one process, without parsing or database",
      measured: `${grouped(of((run) => run.broadcastsPerSecond))}/s`,
    },
  ];
}
