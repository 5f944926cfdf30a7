import type { BenchOptions } from "../arguments.ts";
import type { Caller } from "../load/dialer.ts";
import { type Storm, startDialers } from "../load/dialers.ts";
import { serverCpu } from "../machine/processes.ts";
import { grouped, ratioOf } from "../report.ts";
import { type Figure, repeated, type Scenario } from "../scenario.ts";
import { median, percentile, summary } from "../statistics.ts";
import { startChild } from "../system/child.ts";
import { withTemporaryDirectory } from "../system/paths.ts";
import { type ServerProcess, withServer } from "../system/server-process.ts";
import { callersWithoutContacts, caughtUp, createCallers } from "./callers.ts";
import { profileFigures } from "./profile.ts";

const SOCKETS = 5_000;
const TARGET_SECONDS = 5;
const RECONNECTING = 2_000;

/** Everybody connects at once: to a server that runs, and to one that was just restarted. */
export const connectStorm: Scenario = {
  name: "connect-storm",
  expectedSeconds: ({ runs, profile }) => 20 + runs * 25 + (profile ? 40 : 0),
  run: (options, say) =>
    withTemporaryDirectory(async (directory) => {
      const dataDirectory = `${directory}/data`;
      say("accounts");
      const callers = await withServer({ dataDirectory }, async ({ url }) =>
        caughtUp(url, await createCallers(url)),
      );
      const runs = await repeated(options, say, () => measure(dataDirectory, callers, options));
      if (!options.profile) return figures(runs);
      return [...figures(runs), ...(await profile(directory, callers, options, say))];
    }),
};

interface Run {
  readonly connects: Connects;
  readonly raw: Storm;
  readonly reconnects: Connects;
}

interface Connects extends Storm {
  /** Seconds of CPU. */
  readonly cpu: { readonly server: number; readonly postgres: number };
}

/** Each storm meets a server that was started just before. */
async function measure(
  dataDirectory: string,
  callers: readonly Caller[],
  options: BenchOptions,
): Promise<Run> {
  const first = callersWithoutContacts(callers);
  const against = (who: readonly Caller[], sockets: number) =>
    withServer({ dataDirectory }, (server) => stormServer(server, who, sockets, options));
  return {
    connects: await against(first, SOCKETS),
    raw: await stormRaw(first, options),
    reconnects: await against(callers, RECONNECTING),
  };
}

async function stormServer(
  server: ServerProcess,
  callers: readonly Caller[],
  sockets: number,
  options: BenchOptions,
): Promise<Connects> {
  const before = serverCpu(server);
  const result = await storm(server.url, callers, sockets, options);
  const after = serverCpu(server);
  const cpu = { server: after.server - before.server, postgres: after.postgres - before.postgres };
  return { ...result, cpu };
}

async function stormRaw(callers: readonly Caller[], options: BenchOptions): Promise<Storm> {
  const raw = startChild<object, { url: string }>(new URL("../load/raw-sockets.js", import.meta.url));
  const { url } = await raw.ask({});
  const result = await storm(url, callers, SOCKETS, options);
  await raw.end();
  return result;
}

async function storm(
  url: string,
  callers: readonly Caller[],
  sockets: number,
  { generators }: BenchOptions,
  measured: (dial: () => Promise<Storm>) => Promise<Storm> = (dial) => dial(),
): Promise<Storm> {
  const dialers = await startDialers(url, callers, sockets, generators);
  const result = await measured(() => dialers.dial());
  await dialers.hangUp();
  await dialers.end();
  return result;
}

async function profile(
  directory: string,
  callers: readonly Caller[],
  options: BenchOptions,
  say: (progress: string) => void,
): Promise<Figure[]> {
  const under = (what: string, who: readonly Caller[], sockets: number) => {
    say(`${what} under the profiler`);
    return profileFigures(directory, what, async ({ url }, measured) => {
      await storm(url, who, sockets, options, measured);
    });
  };
  return [
    ...(await under("connects", callersWithoutContacts(callers), SOCKETS)),
    ...(await under("reconnects", callers, RECONNECTING)),
  ];
}

function figures(runs: readonly Run[]): Figure[] {
  const secondsOf = (pick: (run: Run) => Storm) => runs.map((run) => pick(run).seconds);
  const connects = secondsOf((run) => run.connects);
  const waited = (pick: (run: Run) => Storm, share: number) =>
    `${inSeconds(median(runs.map((run) => percentile(pick(run).latencies, share))) / 1000)} s`;
  const perConnect = (sockets: number, pick: (run: Run) => number) =>
    `${Math.round((median(runs.map(pick)) * 1e6) / sockets)} µs`;
  return [
    {
      name: `${grouped(SOCKETS)} authenticated connects at once, until the last has its first answer`,
      target: `under ${TARGET_SECONDS} s`,
      measured: summary(connects, inSeconds, " s"),
      ratio: ratioOf(1, median(runs.map((run) => run.connects.seconds / run.raw.seconds)), "raw ws"),
      ok: median(connects) < TARGET_SECONDS,
    },
    {
      name: "… CPU for one connect",
      measured: `server ${perConnect(SOCKETS, (run) => run.connects.cpu.server)}, PostgreSQL ${perConnect(SOCKETS, (run) => run.connects.cpu.postgres)}, generators ${perConnect(SOCKETS, (run) => run.connects.cpuSeconds)}`,
    },
    {
      name: "Limit: the same connects to `ws` in one process, which asks nobody who they are",
      measured: summary(
        secondsOf((run) => run.raw),
        inSeconds,
        " s",
      ),
    },
    {
      name: `${grouped(RECONNECTING)} clients after a restart, each with \`init\` and \`POST /sync\`, until the last has caught up`,
      measured: summary(
        secondsOf((run) => run.reconnects),
        inSeconds,
        " s",
      ),
    },
    {
      name: "… half of them, and 99 % of them, after",
      measured: `${waited((run) => run.reconnects, 0.5)}, ${waited((run) => run.reconnects, 0.99)}`,
    },
    {
      name: "… CPU for one of them",
      measured: `server ${perConnect(RECONNECTING, (run) => run.reconnects.cpu.server)}, PostgreSQL ${perConnect(RECONNECTING, (run) => run.reconnects.cpu.postgres)}`,
    },
  ];
}

function inSeconds(seconds: number): string {
  return seconds.toFixed(2);
}
