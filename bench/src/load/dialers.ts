import { startChildren } from "../system/children.ts";
import type { Caller, DialerRequest, Dialled } from "./dialer.ts";

/** Processes that open very many sockets. */
export interface Dialers {
  /** Opens all of them as fast as they are accepted. */
  dial(): Promise<Storm>;
  hangUp(): Promise<void>;
  end(): Promise<void>;
}

/** A connect storm. */
export interface Storm extends Dialled {
  /** Until the last socket had its first answer. */
  readonly seconds: number;
}

/**
 * Handshakes under way over all processes: fewer than wait in the queue of a listening socket (511 in Node.js), because what
 * finds it full is only tried again after a second, by the system.
 */
const AT_ONCE = 256;

/** Starts the processes; nothing connects yet. @param sockets of all processes together. */
export async function startDialers(
  url: string,
  callers: readonly Caller[],
  sockets: number,
  processes: number,
): Promise<Dialers> {
  const children = startChildren<DialerRequest, Dialled>(new URL("./dialer.js", import.meta.url), processes);
  await children.ask(() => ({ kind: "prepare", url, callers }));
  const share = (index: number) =>
    Math.floor((sockets * (index + 1)) / processes) - Math.floor((sockets * index) / processes);
  return {
    dial: async () => {
      const begin = performance.now();
      const parts = await children.ask((index) => ({
        kind: "dial",
        sockets: share(index),
        atOnce: Math.ceil(AT_ONCE / processes),
      }));
      return {
        seconds: (performance.now() - begin) / 1000,
        latencies: Float64Array.from(parts.flatMap(({ latencies }) => [...latencies])),
        cpuSeconds: parts.reduce((sum, part) => sum + part.cpuSeconds, 0),
      };
    },
    hangUp: async () => {
      await children.ask(() => ({ kind: "hang-up" }));
    },
    end: () => children.end(),
  };
}
