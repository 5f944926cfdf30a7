import type { BenchOptions } from "../arguments.ts";
import { grouped, mebibytes, milliseconds, ratioOf } from "../report.ts";
import type { Figure } from "../scenario.ts";
import { median, percentile, summary } from "../statistics.ts";

/** Octets of a file: under the 50 MiB that a server takes. */
export const FILE_BYTES = 50_000_000;
/** Connections that transfer at once. */
export const CONNECTIONS = 8;
/** Uploads at once, when the question is what they cost the server. */
export const UPLOADS = 20;

const SHARE_OF_RAW = 0.7;
const GROWTH_LIMIT = 128 * 2 ** 20;
const DELAY_LIMIT_MS = 50;
/** The event loop's delay is looked at once in this time, which is part of the figure: an idle server has just above it. */
const SAMPLING_MS = 10;

/** What one run of the media scenario came to. */
export interface MediaRun {
  /** Octets that the server grew by during the uploads alone. */
  readonly growth: number;
  readonly one: Speeds;
  readonly several: Speeds;
  readonly alone: Beside;
  readonly beside: Beside;
}

/** Octets a second, and what a plain server did just before. */
interface Speeds {
  readonly up: { readonly server: number; readonly raw: number };
  readonly down: { readonly server: number; readonly raw: number };
}

/** What the server and its messages went through in a time. */
export interface Beside {
  /** Milliseconds of each message from its intended moment of sending. */
  readonly latencies: Float64Array;
  /** Milliseconds that the event loop of the server was late. */
  readonly delay: { readonly p99: number; readonly max: number };
  /** Of the uploads. */
  readonly bytesPerSecond: number;
}

/** What the runs came to, as medians. */
export function mediaFigures(runs: readonly MediaRun[], { rate }: BenchOptions): Figure[] {
  const growths = runs.map(({ growth }) => growth);
  return [
    ...speedFigures(runs, "up", "one connection", ({ one }) => one),
    ...speedFigures(runs, "down", "one connection", ({ one }) => one),
    ...speedFigures(runs, "up", `${CONNECTIONS} at once`, ({ several }) => several),
    ...speedFigures(runs, "down", `${CONNECTIONS} at once`, ({ several }) => several),
    {
      name: `Growth of the server during ${UPLOADS} uploads of 50 MB at once, resident, at most`,
      target: `under ${mebibytes(GROWTH_LIMIT)}`,
      measured: summary(growths, mebibytes),
      ok: median(growths) < GROWTH_LIMIT,
    },
    ...besideFigures(runs, `${UPLOADS} uploads beside ${grouped(rate)} messages/s`),
  ];
}

function speedFigures(
  runs: readonly MediaRun[],
  direction: "up" | "down",
  how: string,
  pick: (run: MediaRun) => Speeds,
): Figure[] {
  const speeds = runs.map((run) => pick(run)[direction]);
  const share = median(speeds.map(({ server, raw }) => server / raw));
  return [
    {
      name: `50 MB ${direction}, ${how}`,
      target: `at least ${SHARE_OF_RAW} of raw HTTP`,
      measured: summary(
        speeds.map(({ server }) => server),
        inMegabytes,
        " MB/s",
      ),
      ratio: ratioOf(share, 1, "raw HTTP"),
      ok: share >= SHARE_OF_RAW,
    },
    {
      name: `Limit: the same requests to \`node:http\` and a file, ${direction}, ${how}`,
      measured: summary(
        speeds.map(({ raw }) => raw),
        inMegabytes,
        " MB/s",
      ),
    },
  ];
}

function besideFigures(runs: readonly MediaRun[], what: string): Figure[] {
  const p99s = runs.map(({ beside }) => beside.delay.p99);
  const latency = (pick: (run: MediaRun) => Beside, share: number) =>
    median(runs.map((run) => percentile(pick(run).latencies, share)));
  const latencies = (pick: (run: MediaRun) => Beside) =>
    `p50 ${milliseconds(latency(pick, 0.5))}, p99 ${milliseconds(latency(pick, 0.99))}`;
  return [
    {
      name: `Event loop delay of the server, p99, ${what} (${SAMPLING_MS} ms of it are the sampling)`,
      target: `under ${DELAY_LIMIT_MS} ms`,
      measured: summary(p99s, milliseconds),
      ratio: `${median(runs.map(({ alone, beside }) => beside.delay.p99 / alone.delay.p99)).toFixed(1)} × messages alone`,
      ok: median(p99s) < DELAY_LIMIT_MS,
    },
    {
      name: "… at most, and MB/s of the uploads in that time",
      measured: `${milliseconds(median(runs.map(({ beside }) => beside.delay.max)))}, ${inMegabytes(median(runs.map(({ beside }) => beside.bytesPerSecond)))} MB/s`,
    },
    { name: "… latency of the messages", measured: latencies(({ beside }) => beside) },
    {
      name: "… latency and p99 of the delay with messages alone",
      measured: `${latencies(({ alone }) => alone)}; ${milliseconds(median(runs.map(({ alone }) => alone.delay.p99)))}`,
    },
  ];
}

function inMegabytes(bytesPerSecond: number): string {
  return grouped(bytesPerSecond / 1e6);
}
