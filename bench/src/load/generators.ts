import { startChildren } from "../system/children.ts";
import type { GeneratorRequest, LoadResult } from "./generator.ts";
import type { Person } from "./people.ts";

/** Sockets of many people, spread over processes. */
export interface Generators {
  closedLoop(seconds: number, outstanding: number): Promise<LoadResult>;
  openLoop(seconds: number, rate: number): Promise<LoadResult>;
  end(): Promise<void>;
}

/** Starts the processes and opens a socket for each person; both sides of a pair are in the same process. */
export async function startGenerators(
  url: string,
  people: readonly Person[],
  count: number,
): Promise<Generators> {
  const shares = split(people, count);
  const children = startChildren<GeneratorRequest, LoadResult>(
    new URL("./generator.js", import.meta.url),
    shares.length,
  );
  await children.ask((index) => ({ kind: "connect", url, people: shares[index] ?? [] }));
  return {
    closedLoop: async (seconds, outstanding) =>
      merge(await children.ask(() => ({ kind: "closed", seconds, outstanding }))),
    openLoop: async (seconds, rate) =>
      merge(await children.ask(() => ({ kind: "open", seconds, rate: rate / shares.length }))),
    end: async () => {
      await children.ask(() => ({ kind: "disconnect" }));
      await children.end();
    },
  };
}

function split(people: readonly Person[], count: number): Person[][] {
  const pairs = people.length / 2;
  const bounds = Array.from({ length: count + 1 }, (_, index) => 2 * Math.round((index * pairs) / count));
  return bounds
    .slice(1)
    .map((end, index) => people.slice(bounds[index], end))
    .filter((share) => share.length > 0);
}

function merge(results: readonly LoadResult[]): LoadResult {
  const sum = (pick: (result: LoadResult) => number) =>
    results.reduce((total, result) => total + pick(result), 0);
  return {
    complete: sum(({ complete }) => complete),
    seconds: results[0]?.seconds ?? 0,
    latencies: Float64Array.from(results.flatMap(({ latencies }) => [...latencies])),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
  };
}
