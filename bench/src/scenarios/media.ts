import { mkdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { BenchOptions } from "../arguments.ts";
import { createPairs, type Person } from "../load/people.ts";
import type { RawFilesRequest } from "../load/raw-files.ts";
import type { TransfersRequest, TransfersResult } from "../load/transfers.ts";
import { peakResidentBytes, settledResidentBytes } from "../machine/resident-memory.ts";
import { type Figure, repeated, type Scenario } from "../scenario.ts";
import { median } from "../statistics.ts";
import { type Child, startChild } from "../system/child.ts";
import { withTemporaryDirectory } from "../system/paths.ts";
import { type ServerProcess, withServer } from "../system/server-process.ts";
import { measureBeside, uploadBesideMessages } from "./media-beside-messages.ts";
import { CONNECTIONS, FILE_BYTES, type MediaRun, mediaFigures, UPLOADS } from "./media-figures.ts";
import { type Measured, profileFigures } from "./profile.ts";

const PAIRS = 20;
/** Of the server and of its limit, in each case. */
const TURNS = 3;
const REST_MS = 1_000;

/** Files up and down, and what they cost the server and the messages beside them. */
export const media: Scenario = {
  name: "media",
  expectedSeconds: ({ runs, seconds, profile }) =>
    runs * (60 + 2 * seconds) + (profile ? 3 * (seconds + 20) : 0),
  run: async (options, say) => {
    // Each in a directory of its own, which bounds what is on the disk at a time.
    const runs = await repeated(options, say, () =>
      withTemporaryDirectory((directory) => measure(directory, options)),
    );
    const figures = mediaFigures(runs, options);
    return options.profile ? [...figures, ...(await profile(options, say))] : figures;
  },
};

type Transfers = Child<TransfersRequest, TransfersResult>;

function startTransfers(): Transfers {
  return startChild(new URL("../load/transfers.js", import.meta.url));
}

async function measure(directory: string, options: BenchOptions): Promise<MediaRun> {
  const transfers = startTransfers();
  const run = await withServer({ dataDirectory: `${directory}/data` }, async (server) => {
    const people = await createPairs(server.url, PAIRS);
    // First, because a process that has grown before has room already.
    const growth = await growthDuringUploads(server, transfers, people);
    const speeds = await compareSpeeds(`${directory}/raw`, server, transfers, people);
    const beside = await measureBeside(server, people, transfers, options);
    return { growth, ...speeds, ...beside };
  });
  await transfers.end();
  return run;
}

async function growthDuringUploads(
  { url, pid }: ServerProcess,
  transfers: Transfers,
  people: readonly Person[],
): Promise<number> {
  const before = await settledResidentBytes(pid);
  const peak = await peakResidentBytes(pid, () =>
    transfers.ask({
      kind: "upload",
      url,
      people: people.slice(0, UPLOADS),
      each: { files: 1 },
      size: FILE_BYTES,
    }),
  );
  return peak - before;
}

/** The server and its limit take turns, because neither the disk nor the machine is always equally fast. */
async function compareSpeeds(
  rawDirectory: string,
  { url }: ServerProcess,
  transfers: Transfers,
  people: readonly Person[],
): Promise<Pick<MediaRun, "one" | "several">> {
  await mkdir(rawDirectory);
  const raw = startChild<RawFilesRequest, { url: string }>(new URL("../load/raw-files.js", import.meta.url));
  const { url: rawUrl } = await raw.ask({ directory: rawDirectory });
  const speed = async (kind: TransfersRequest["kind"], at: string, connections: number) => {
    const request = { kind, url: at, people: people.slice(0, connections), size: FILE_BYTES };
    const { bytesPerSecond } = await transfers.ask({ ...request, each: { files: 1 } });
    return bytesPerSecond;
  };
  const compare = async (kind: TransfersRequest["kind"], connections: number) => {
    await delay(REST_MS);
    const speeds: { raw: number[]; server: number[] } = { raw: [], server: [] };
    for (let turn = 0; turn < TURNS; turn += 1) {
      speeds.raw.push(await speed(kind, rawUrl, connections));
      speeds.server.push(await speed(kind, url, connections));
    }
    return { raw: median(speeds.raw), server: median(speeds.server) };
  };
  // Also the plain server should have compiled its code.
  await speed("upload", rawUrl, CONNECTIONS);
  const speeds = async (connections: number) => ({
    up: await compare("upload", connections),
    down: await compare("download", connections),
  });
  const result = { one: await speeds(1), several: await speeds(CONNECTIONS) };
  await raw.end();
  return result;
}

async function profile(options: BenchOptions, say: (progress: string) => void): Promise<Figure[]> {
  const { seconds } = options;
  const transfers = startTransfers();
  const alone =
    (kind: TransfersRequest["kind"]) =>
    async ({ url }: ServerProcess, measured: Measured): Promise<void> => {
      const people = (await createPairs(url, PAIRS)).slice(0, CONNECTIONS);
      const request = { url, people, size: FILE_BYTES };
      await transfers.ask({ ...request, kind: "upload", each: { files: 1 } });
      await measured(() => transfers.ask({ ...request, kind, each: { seconds } }));
    };
  const loads: [string, Parameters<typeof profileFigures>[2]][] = [
    ["uploads", alone("upload")],
    ["downloads", alone("download")],
    [
      "uploads beside messages",
      async (server, measured) => {
        const people = await createPairs(server.url, PAIRS);
        await uploadBesideMessages(server, people, transfers, options, measured);
      },
    ],
  ];
  const figures: Figure[] = [];
  for (const [what, load] of loads) {
    say(`${what} under the profiler`);
    figures.push(...(await withTemporaryDirectory((directory) => profileFigures(directory, what, load))));
  }
  await transfers.end();
  return figures;
}
