import { loadavg } from "node:os";
import { type BenchOptions, readArguments, usage } from "./arguments.ts";
import { describeMachine } from "./machine/describe.ts";
import { printReport } from "./report.ts";
import type { Figure, Scenario } from "./scenario.ts";
import { chatList } from "./scenarios/chat-list.ts";
import { connectStorm } from "./scenarios/connect-storm.ts";
import { fanOut } from "./scenarios/fan-out.ts";
import { idle } from "./scenarios/idle.ts";
import { idleSockets } from "./scenarios/idle-sockets.ts";
import { install } from "./scenarios/install.ts";
import { login } from "./scenarios/login.ts";
import { media } from "./scenarios/media.ts";
import { messages } from "./scenarios/messages.ts";
import { pointers } from "./scenarios/pointers.ts";
import { sdkBundle } from "./scenarios/sdk-bundle.ts";
import { sdkCrypto } from "./scenarios/sdk-crypto.ts";
import { sdkFiles } from "./scenarios/sdk-files.ts";
import { sdkStart } from "./scenarios/sdk-start.ts";
import { start } from "./scenarios/start.ts";
import { sync } from "./scenarios/sync.ts";

/** In the order in which they run. */
const SCENARIOS: readonly Scenario[] = [
  install,
  start,
  idle,
  messages,
  chatList,
  fanOut,
  pointers,
  sync,
  connectStorm,
  idleSockets,
  media,
  login,
  sdkCrypto,
  sdkFiles,
  sdkStart,
  sdkBundle,
];

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2));
  if (!options) {
    console.log(usage(SCENARIOS.map(({ name }) => name)));
    return;
  }
  const [loadBefore = 0] = loadavg();
  const scenarios = chosen(options);
  announce(scenarios, options);
  const figures: Figure[] = [];
  try {
    for (const scenario of scenarios) {
      const say = (progress: string) => process.stderr.write(`${scenario.name}: ${progress}\n`);
      figures.push(...(await scenario.run(options, say)));
    }
  } finally {
    // What was measured before a scenario failed took minutes, too.
    if (figures.length > 0) printReport(await describeMachine(loadBefore), figures);
  }
  if (figures.some(({ ok }) => ok === false)) process.exitCode = 1;
}

function announce(scenarios: readonly Scenario[], options: BenchOptions): void {
  const seconds = scenarios.reduce((sum, { expectedSeconds }) => sum + expectedSeconds(options), 0);
  const names = scenarios.map(({ name }) => name).join(", ");
  process.stderr.write(`${names}: about ${Math.ceil(seconds / 60)} min\n`);
}

function chosen({ only, ...options }: BenchOptions): readonly Scenario[] {
  const unknown = only.find((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown !== undefined) throw new RangeError(`there is no scenario ${unknown}`);
  if (only.length > 0) return SCENARIOS.filter(({ name }) => only.includes(name));
  return SCENARIOS.filter(({ byDefault }) => byDefault?.({ only, ...options }) ?? true);
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

main().catch((error: unknown) => {
  console.error(error);
  // Generators of a scenario that failed are still connected to this process, and would keep it.
  process.exit(1);
});
