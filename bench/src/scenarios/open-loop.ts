import type { BenchOptions } from "../arguments.ts";
import type { Generators } from "../load/generators.ts";
import type { FsyncLatency } from "../machine/fsync.ts";
import { grouped, milliseconds } from "../report.ts";
import type { Figure } from "../scenario.ts";
import { median, percentile, spread } from "../statistics.ts";

const P50_LIMIT_MS = 5;
const P99_LIMIT_MS = 50;

/** Messages at a given rate, whatever the server does. @returns their latencies in milliseconds. */
export async function runOpenLoop(
  generators: Generators,
  { seconds, rate }: BenchOptions,
): Promise<Float64Array> {
  const { latencies } = await generators.openLoop(seconds, rate);
  return latencies;
}

/** Latencies from the intended moment of sending until the answer and both deliveries had arrived. */
export function openLoopFigures(
  runs: readonly Float64Array[],
  { rate }: BenchOptions,
  fsync: readonly FsyncLatency[],
): Figure[] {
  const figure = (percent: 50 | 99, limit: number, floor: number): Figure => {
    const values = runs.map((latencies) => percentile(latencies, percent / 100));
    return {
      name: `One-to-one at ${grouped(rate)}/s, open loop, p${percent}`,
      target: `under ${limit} ms`,
      measured: `${milliseconds(median(values))} (${spread(values, milliseconds)})`,
      ratio: `${(median(values) / floor).toFixed(1)} × fdatasync`,
      ok: median(values) < limit,
    };
  };
  return [
    figure(50, P50_LIMIT_MS, median(fsync.map(({ p50 }) => p50))),
    figure(99, P99_LIMIT_MS, median(fsync.map(({ p99 }) => p99))),
  ];
}
