import { type Share, summariseProfile } from "../machine/cpu-profile.ts";
import type { Figure } from "../scenario.ts";
import { SERVER_MAIN } from "../system/paths.ts";
import { type ServerProcess, withServer } from "../system/server-process.ts";

/** Runs the part of a load that the profile is about. */
export type Measured = <T>(part: () => Promise<T>) => Promise<T>;

/**
 * Where the server's own time goes under a load.
 *
 * @param directory the scenario's, whose `data` earlier runs have filled.
 * @param what names the load in the report.
 * @param load prepares it, has `measured` run what matters, and tidies up.
 */
export async function profileFigures(
  directory: string,
  what: string,
  load: (server: ServerProcess, measured: Measured) => Promise<void>,
): Promise<Figure[]> {
  const profiles = `${directory}/profile-${what.replaceAll(/\W+/g, "-")}`;
  const begin = performance.now();
  const sinceBegin = () => (performance.now() - begin) * 1000;
  const command = [process.execPath, "--cpu-prof", `--cpu-prof-dir=${profiles}`, SERVER_MAIN] as const;
  let [from, to] = [0, 0];
  await withServer({ dataDirectory: `${directory}/data`, command }, (server) =>
    load(server, async (part) => {
      from = sinceBegin();
      const result = await part();
      to = sinceBegin();
      return result;
    }),
  );
  const { idle, categories, functions } = await summariseProfile(profiles, from, to);
  const prefix = `Profile, ${what}`;
  return [
    { name: `${prefix}: the server's thread was idle`, measured: percent(idle) },
    ...categories.map((category) => figure(`${prefix}, of the rest: `, category)),
    ...functions.map((entry) => figure(`${prefix}, function: `, { ...entry, name: shortened(entry.name) })),
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
