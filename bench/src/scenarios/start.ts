import type { Figure, Scenario } from "../scenario.ts";
import { median, spread } from "../statistics.ts";
import { REPOSITORY, withTemporaryDirectory } from "../system/paths.ts";
import { type ServerStart, startServer } from "../system/server-process.ts";

const LIMIT_MS = 2_000;
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;

/** From the start of a process to the first answer of `/health`. */
export const start: Scenario = {
  name: "start",
  expectedSeconds: ({ runs }) => 5 + runs * 6,
  run: ({ runs }, say) =>
    withTemporaryDirectory(async (directory) => {
      const plain: ServerStart = { dataDirectory: `${directory}/data` };
      const throughNpm: ServerStart = { ...plain, command: ["npm", "start"], directory: REPOSITORY };
      say("the first start, which creates the database");
      const first = await timeOneStart(plain);
      say("later starts");
      return [
        { name: "First start, which creates the database", measured: seconds(first) },
        later("Later starts, `npm start`", await timeStarts(throughNpm, runs)),
        later("Later starts, `node packages/server/dist/main.js`", await timeStarts(plain, runs)),
      ];
    }),
};

function later(name: string, times: readonly number[]): Figure {
  return {
    name,
    target: "under 2 s",
    measured: `${seconds(median(times))} (${spread(times, seconds)})`,
    ok: median(times) < LIMIT_MS,
  };
}

async function timeStarts(options: ServerStart, runs: number): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) times.push(await timeOneStart(options));
  return times;
}

async function timeOneStart(options: ServerStart): Promise<number> {
  const server = await startServer(options);
  await server.stop();
  return server.startMilliseconds;
}
