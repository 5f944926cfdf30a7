import { setTimeout as delay } from "node:timers/promises";
import type { BenchOptions } from "../arguments.ts";
import { type Generators, startGenerators } from "../load/generators.ts";
import type { Person } from "../load/people.ts";
import type { TransfersRequest, TransfersResult } from "../load/transfers.ts";
import { WARM_UP_SECONDS } from "../load/warm-up.ts";
import type { Child } from "../system/child.ts";
import { readMetrics } from "../system/metrics.ts";
import type { ServerProcess } from "../system/server-process.ts";
import { type Beside, FILE_BYTES, type MediaRun, UPLOADS } from "./media-figures.ts";
import type { Measured } from "./profile.ts";

type Transfers = Pick<Child<TransfersRequest, TransfersResult>, "ask">;

/** Messages alone, and then with uploads beside them. */
export async function measureBeside(
  server: ServerProcess,
  people: readonly Person[],
  transfers: Transfers,
  options: BenchOptions,
): Promise<Pick<MediaRun, "alone" | "beside">> {
  const alone = await uploadBesideMessages(server, people, null, options);
  const beside = await uploadBesideMessages(server, people, transfers, options);
  return { alone, beside };
}

/** @param transfers null for messages alone. */
export async function uploadBesideMessages(
  server: ServerProcess,
  people: readonly Person[],
  transfers: Transfers | null,
  { seconds, rate }: BenchOptions,
  measured: Measured = (part) => part(),
): Promise<Beside> {
  const messages: Generators = await startGenerators(server.url, people, 1);
  const load = messages.openLoop(seconds, rate);
  await delay(WARM_UP_SECONDS * 1000);
  // Whoever asks begins the time that the next answer is about.
  await readMetrics(server);
  const uploads = await measured(async () =>
    transfers
      ? transfers.ask({
          kind: "upload",
          url: server.url,
          people: people.slice(0, UPLOADS),
          each: { seconds },
          size: FILE_BYTES,
        })
      : delay(seconds * 1000, null),
  );
  const metric = await readMetrics(server);
  const { latencies } = await load;
  await messages.end();
  return {
    latencies,
    delay: {
      p99: metric("nodejs_eventloop_lag_p99_seconds") * 1000,
      max: metric("nodejs_eventloop_lag_max_seconds") * 1000,
    },
    bytesPerSecond: uploads?.bytesPerSecond ?? 0,
  };
}
