import type { BenchOptions } from "../arguments.ts";
import { startGenerators } from "../load/generators.ts";
import type { Person } from "../load/people.ts";
import type { RawBroadcastRequest } from "../load/raw-broadcast.ts";
import { startChild } from "../system/child.ts";

/** The same load against a process that only passes frames on. @returns messages a second. */
export async function broadcastRaw(
  people: readonly Person[],
  { seconds, outstanding, generators }: BenchOptions,
): Promise<number> {
  const server = startChild<RawBroadcastRequest, { url: string }>(
    new URL("../load/raw-broadcast.js", import.meta.url),
  );
  const { url } = await server.ask({ people });
  const load = await startGenerators(url, people, generators);
  const { complete } = await load.closedLoop(seconds, outstanding);
  await load.end();
  await server.end();
  return complete / seconds;
}
