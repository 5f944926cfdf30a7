import type { BenchOptions } from "../arguments.ts";
import { type Crowd, startCrowd } from "../load/crowd.ts";
import { type Account, createAccounts, createGroup } from "../load/people.ts";
import { withTemporaryDirectory } from "../system/paths.ts";
import { type ServerProcess, withServer } from "../system/server-process.ts";

/** A group whose members are all online. */
export interface LargeGroup {
  readonly server: ServerProcess;
  readonly chatId: number;
  readonly people: readonly Account[];
  readonly crowd: Crowd;
}

/** Starts a server with one group of so many members, works with it and leaves nothing. */
export function withLargeGroup<T>(
  members: number,
  { generators }: BenchOptions,
  say: (progress: string) => void,
  work: (group: LargeGroup) => Promise<T>,
): Promise<T> {
  return withTemporaryDirectory((directory) =>
    withServer({ dataDirectory: `${directory}/data` }, async (server) => {
      say(`${members} accounts`);
      const people = await createAccounts(server.url, members);
      const [owner, ...others] = people;
      if (!owner) throw new RangeError("a group needs an owner");
      const chatId = await createGroup(server.url, owner, others);
      const crowd = await startCrowd(server.url, people, generators);
      const result = await work({ server, chatId, people, crowd });
      await crowd.end();
      return result;
    }),
  );
}
