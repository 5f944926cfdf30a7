import { loadavg } from "node:os";
import { type BenchOptions, readArguments, USAGE } from "./arguments.ts";
import { describeMachine } from "./machine/describe.ts";
import { printReport } from "./report.ts";
import type { Figure, Scenario } from "./scenario.ts";
import { chatList } from "./scenarios/chat-list.ts";
import { fanOut } from "./scenarios/fan-out.ts";
import { idle } from "./scenarios/idle.ts";
import { install } from "./scenarios/install.ts";
import { messages } from "./scenarios/messages.ts";
import { pointers } from "./scenarios/pointers.ts";
import { start } from "./scenarios/start.ts";
import { sync } from "./scenarios/sync.ts";

/** In the order in which they run. */
const SCENARIOS: readonly Scenario[] = [install, start, idle, messages, chatList, fanOut, pointers, sync];

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2));
  if (!options) {
    console.log(USAGE);
    return;
  }
  const [loadBefore = 0] = loadavg();
  const figures: Figure[] = [];
  for (const scenario of chosen(options)) {
    const say = (progress: string) => process.stderr.write(`${scenario.name}: ${progress}\n`);
    figures.push(...(await scenario.run(options, say)));
  }
  printReport(await describeMachine(loadBefore), figures);
  if (figures.some(({ ok }) => ok === false)) process.exitCode = 1;
}

function chosen({ only, ...options }: BenchOptions): readonly Scenario[] {
  const unknown = only.find((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown !== undefined) throw new RangeError(`there is no scenario ${unknown}`);
  if (only.length > 0) return SCENARIOS.filter(({ name }) => only.includes(name));
  return SCENARIOS.filter(({ byDefault }) => byDefault?.({ only, ...options }) ?? true);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
