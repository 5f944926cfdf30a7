import { setTimeout as delay } from "node:timers/promises";
import { proportionalBytes, residentBytes } from "../machine/processes.ts";
import { mebibytes } from "../report.ts";
import type { Figure, Scenario } from "../scenario.ts";
import { withTemporaryDirectory } from "../system/paths.ts";
import { type ServerProcess, startServer } from "../system/server-process.ts";

const SERVER_LIMIT = 130 * 2 ** 20;
const POSTGRES_LIMIT = 120 * 2 ** 20;
/** Long enough for what is only needed at the start to be over. */
const SETTLING_SECONDS = 10;

/** Memory of a server that nobody uses. */
export const idle: Scenario = {
  name: "idle",
  expectedSeconds: () => 15,
  run: (_, say) =>
    withTemporaryDirectory(async (directory) => {
      const server = await startServer({ dataDirectory: `${directory}/data` });
      say(`${SETTLING_SECONDS} s of rest`);
      await delay(SETTLING_SECONDS * 1000);
      const figures = memoryFigures(server, "idle");
      await server.stop();
      return figures;
    }),
};

/** @param when "idle" is what the targets are about. */
export function memoryFigures(server: ServerProcess, when: string): Figure[] {
  const resident = residentBytes(server.pid);
  const shared = proportionalBytes(server.postgresPid);
  const judged = (limit: number, bytes: number) =>
    when === "idle" ? { target: `under ${mebibytes(limit)}`, ok: bytes < limit } : {};
  return [
    {
      name: `Server process, ${when}, resident`,
      measured: mebibytes(resident),
      ...judged(SERVER_LIMIT, resident),
    },
    {
      name: `PostgreSQL, ${when}, PSS over its processes`,
      measured: mebibytes(shared),
      ...judged(POSTGRES_LIMIT, shared),
    },
  ];
}
