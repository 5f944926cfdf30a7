import { startChildren } from "../system/children.ts";
import type { ListenersCount, ListenersRequest } from "./listeners.ts";
import type { Account } from "./people.ts";

/** The sockets of the members of a group, spread over processes. */
export interface Crowd {
  /** Some people of each process write, as fast as their messages are stored. */
  startWriting(chatId: number, writers: number): Promise<void>;
  stopWriting(): Promise<void>;
  /** One person writes one message. */
  writeOnce(chatId: number): Promise<void>;
  /** What all sockets have received so far. */
  count(): Promise<ListenersCount>;
  /** Resolves when nothing has arrived for a while. */
  quiet(): Promise<ListenersCount>;
  end(): Promise<void>;
}

const QUIET_MS = 600;

/** Starts the processes and opens a socket for each person. */
export async function startCrowd(url: string, people: readonly Account[], processes: number): Promise<Crowd> {
  const children = startChildren<ListenersRequest, ListenersCount>(
    new URL("./listeners.js", import.meta.url),
    processes,
  );
  const ask = (request: ListenersRequest) => children.ask(() => request);
  const recipients = people.map(({ userId }) => userId);
  const shareOf = (index: number) => people.filter((_, position) => position % processes === index);
  await children.ask((index) => ({ kind: "connect", url, people: shareOf(index) }));

  const count = async () => (await ask({ kind: "count" })).reduce(sum);
  return {
    startWriting: async (chatId, writers) => {
      await ask({ kind: "write", chatId, writers, recipients });
    },
    stopWriting: async () => {
      await ask({ kind: "stop" });
    },
    writeOnce: async (chatId) => {
      await children.askFirst({ kind: "write", chatId, writers: 1, recipients });
      await children.askFirst({ kind: "stop" });
    },
    count,
    quiet: async () => {
      for (let before = await count(); ; ) {
        await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
        const after = await count();
        if (framesIn(after) === framesIn(before)) return after;
        before = after;
      }
    },
    end: async () => {
      await ask({ kind: "disconnect" });
      await children.end();
    },
  };
}

/** Frames of all types, or of these. */
export function framesIn({ counts }: ListenersCount, ...types: readonly string[]): number {
  return Object.entries(counts)
    .filter(([type]) => types.length === 0 || types.includes(type))
    .reduce((total, [, frames]) => total + frames, 0);
}

function sum(one: ListenersCount, other: ListenersCount): ListenersCount {
  const types = new Set([...Object.keys(one.counts), ...Object.keys(other.counts)]);
  const both = (type: string) => (one.counts[type] ?? 0) + (other.counts[type] ?? 0);
  return {
    counts: Object.fromEntries([...types].map((type) => [type, both(type)])),
    cpuSeconds: one.cpuSeconds + other.cpuSeconds,
  };
}
