import type { BenchOptions } from "../arguments.ts";
import { startGenerators } from "../load/generators.ts";
import type { Person } from "../load/people.ts";
import { type Share, summariseProfile } from "../machine/cpu-profile.ts";
import type { Figure } from "../scenario.ts";
import { SERVER_MAIN } from "../system/paths.ts";
import { startServer } from "../system/server-process.ts";

/** Where the server's own time goes in a closed loop, on the database that earlier runs have filled. */
export async function profileFigures(
  directory: string,
  people: readonly Person[],
  { seconds, outstanding, generators }: BenchOptions,
): Promise<Figure[]> {
  const profiles = `${directory}/profiles`;
  const begin = performance.now();
  const server = await startServer({
    dataDirectory: `${directory}/data`,
    command: [process.execPath, "--cpu-prof", `--cpu-prof-dir=${profiles}`, SERVER_MAIN],
  });
  const load = await startGenerators(server.url, people, generators);
  const from = (performance.now() - begin) * 1000;
  await load.closedLoop(seconds, outstanding);
  const to = (performance.now() - begin) * 1000;
  await load.end();
  await server.stop();
  const { idle, categories, functions } = await summariseProfile(profiles, from, to);
  return [
    { name: "Profile: the server's thread was idle", measured: percent(idle) },
    ...categories.map((category) => figure("Profile, of the rest: ", category)),
    ...functions.map((entry) => figure("Profile, function: ", { ...entry, name: shortened(entry.name) })),
  ];
}

function figure(prefix: string, { name, share }: Share): Figure {
  return { name: prefix + name, measured: percent(share) };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Keeps the last two parts of the path: the profile must not show where the repository is. */
function shortened(frame: string): string {
  const [name = "", url = ""] = frame.split(" ");
  return `${name} ${url.split("/").slice(-2).join("/")}`.trim();
}
