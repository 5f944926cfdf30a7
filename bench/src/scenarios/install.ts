import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Scenario } from "../scenario.ts";
import { REPOSITORY, withTemporaryDirectory } from "../system/paths.ts";
import { startServer } from "../system/server-process.ts";

const LIMIT_SECONDS = 60;

/** What a newcomer waits for: a fresh clone, every package downloaded, compiled, the database created, healthy. */
export const install: Scenario = {
  name: "install",
  expectedSeconds: () => 120,
  byDefault: ({ withInstall }) => withInstall,
  run: (_, say) =>
    withTemporaryDirectory(async (directory) => {
      const clone = `${directory}/clone`;
      await promisify(execFile)("git", ["clone", "--quiet", REPOSITORY, clone]);
      say("npm ci with an empty cache, then npm start");
      const begin = performance.now();
      await promisify(execFile)("npm", ["ci", "--cache", `${directory}/cache`], { cwd: clone });
      const installed = performance.now();
      const server = await startServer({
        dataDirectory: `${directory}/data`,
        command: ["npm", "start"],
        directory: clone,
      });
      const total = (performance.now() - begin) / 1000;
      await server.stop();
      const installing = (installed - begin) / 1000;
      return [
        {
          name: "Fresh clone: `npm ci && npm start` to healthy, npm's cache empty",
          target: `under ${LIMIT_SECONDS} s`,
          measured: `${total.toFixed(1)} s (npm ci ${installing.toFixed(1)} s)`,
          ok: total < LIMIT_SECONDS,
        },
      ];
    }),
};
