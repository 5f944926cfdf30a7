import type { ServerProcess } from "./server-process.ts";

/** What a server says about itself, at one moment: reads a number by its name; NaN if there is none. */
export type Metrics = (name: string) => number;

/** Asks a server for its metrics. Those of the event loop count from the previous time that they were asked for. */
export async function readMetrics({ metricsUrl }: Pick<ServerProcess, "metricsUrl">): Promise<Metrics> {
  const text = await (await fetch(metricsUrl)).text();
  return (name) => Number(new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1] ?? Number.NaN);
}
