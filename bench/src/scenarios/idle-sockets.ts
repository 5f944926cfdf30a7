import type { BenchOptions } from "../arguments.ts";
import type { Caller } from "../load/dialer.ts";
import { startDialers } from "../load/dialers.ts";
import { allowSockets } from "../machine/open-files.ts";
import { settledResidentBytes } from "../machine/resident-memory.ts";
import { grouped, mebibytes } from "../report.ts";
import { type Figure, repeated, type Scenario } from "../scenario.ts";
import { median, summary } from "../statistics.ts";
import { startChild } from "../system/child.ts";
import { withTemporaryDirectory } from "../system/paths.ts";
import { withServer } from "../system/server-process.ts";
import { createCallers } from "./callers.ts";

const SOCKETS = 10_000;
const LIMIT = 120 * 2 ** 20;
const NAME = `Growth of the server with ${grouped(SOCKETS)} idle authenticated sockets, resident`;
const TARGET = `under ${mebibytes(LIMIT)}`;

/** Memory of a server to which very many are connected who say nothing. */
export const idleSockets: Scenario = {
  name: "idle-sockets",
  expectedSeconds: ({ runs }) => 15 + runs * 50,
  run: async (options, say) => {
    const refusal = await allowSockets(SOCKETS);
    if (refusal !== null)
      return [{ name: NAME, target: TARGET, measured: `not measured: ${refusal}`, ok: false }];
    return await withTemporaryDirectory(async (directory) => {
      const dataDirectory = `${directory}/data`;
      say("accounts");
      const callers = await withServer({ dataDirectory }, ({ url }) => createCallers(url));
      const runs = await repeated(options, say, async () => {
        // A process that has held sockets before has room for them already.
        const server = await withServer({ dataDirectory }, ({ url, pid }) =>
          growth(url, pid, callers, options),
        );
        return { server, raw: await growthOfRaw(callers, options) };
      });
      return figures(runs);
    });
  },
};

/** Bytes. */
interface Run {
  readonly server: number;
  readonly raw: number;
}

async function growthOfRaw(callers: readonly Caller[], options: BenchOptions): Promise<number> {
  const raw = startChild<object, { url: string }>(new URL("../load/raw-sockets.js", import.meta.url));
  const { url } = await raw.ask({});
  const bytes = await growth(url, raw.pid, callers, options);
  await raw.end();
  return bytes;
}

async function growth(
  url: string,
  pid: number,
  callers: readonly Caller[],
  { generators }: BenchOptions,
): Promise<number> {
  const before = await settledResidentBytes(pid);
  const dialers = await startDialers(url, callers, SOCKETS, generators);
  await dialers.dial();
  const after = await settledResidentBytes(pid);
  await dialers.hangUp();
  await dialers.end();
  return after - before;
}

function figures(runs: readonly Run[]): Figure[] {
  const server = runs.map((run) => run.server);
  const raw = runs.map((run) => run.raw);
  return [
    {
      name: NAME,
      target: TARGET,
      measured: summary(server, mebibytes),
      ratio: `${median(runs.map((run) => run.server / run.raw)).toFixed(2)} × raw ws`,
      ok: median(server) < LIMIT,
    },
    { name: "… for one socket", measured: `${(median(server) / SOCKETS / 1024).toFixed(1)} KiB` },
    {
      name: "Limit: growth of `ws` in one process with as many",
      measured: summary(raw, mebibytes),
    },
  ];
}
