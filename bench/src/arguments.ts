import { parseArgs } from "node:util";

/** What is measured, and for how long. */
export interface BenchOptions {
  /** Names of scenarios; empty means all that need no flag of their own. */
  readonly only: readonly string[];
  /** Of each run of a load. */
  readonly seconds: number;
  /** Runs of each load; the median counts. */
  readonly runs: number;
  /** Messages that each socket has under way in the closed loop. */
  readonly outstanding: number;
  /** Messages a second in the open loop. */
  readonly rate: number;
  /** Processes that the sockets are spread over. */
  readonly generators: number;
  readonly withInstall: boolean;
  /** Adds a run under the CPU profiler to the scenarios that load the server's CPU. */
  readonly profile: boolean;
}

/** What `--help` prints. @param scenarios names for `--only`. */
export function usage(scenarios: readonly string[]): string {
  return `npm run bench -- [options]
  --only a,b        scenarios to run: ${scenarios.join(", ")}
  --seconds 8       length of each run of a load
  --runs 3          runs of each load; the median counts
  --outstanding 4   messages under way for each socket in the closed loop
  --rate 1000       messages a second in the open loop
  --generators 2    processes that the sockets are spread over
  --with-install    also clone, install and start afresh: takes minutes and downloads every package
  --profile         also say where the server's time goes: messages, connect-storm, media, login`;
}

/**
 * Reads the command line.
 *
 * @returns null if help is wanted.
 * @throws {TypeError | RangeError} naming the option that cannot be used.
 */
export function readArguments(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", default: "" },
      seconds: { type: "string", default: "8" },
      runs: { type: "string", default: "3" },
      outstanding: { type: "string", default: "4" },
      rate: { type: "string", default: "1000" },
      generators: { type: "string", default: "2" },
      "with-install": { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  return {
    only: values.only.split(",").filter((name) => name !== ""),
    seconds: positive("--seconds", values.seconds),
    runs: positive("--runs", values.runs),
    outstanding: positive("--outstanding", values.outstanding),
    rate: positive("--rate", values.rate),
    generators: positive("--generators", values.generators),
    withInstall: values["with-install"],
    profile: values.profile,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`${name} must be a whole number above 0, not ${text}`);
}
