import type { BaseLogger } from "pino";

/** What is done bit by bit behind the requests, and goes on after a restart. */
export interface BackgroundWork {
  /** Looks for something to do, unless that is under way. */
  resume(): void;
  /** Stops after the step that is under way. */
  close(): Promise<void>;
}

/** What the work is. */
export interface BackgroundWorkOptions {
  /** @returns whether there may be more to do. */
  readonly step: (signal: AbortSignal) => Promise<boolean>;
  readonly log: Pick<BaseLogger, "warn">;
  /** Logged when a step fails. What it would have done is found by the next call, the next round or the next start. */
  readonly failure: string;
  /** Milliseconds between two rounds that begin by themselves; without it, only `resume` begins one. */
  readonly interval?: number;
}

/** Begins with what an earlier process has not finished. */
export function startBackgroundWork({ step, log, failure, interval }: BackgroundWorkOptions): BackgroundWork {
  const closing = new AbortController();
  let isWanted = false;
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    try {
      while (isWanted && !closing.signal.aborted) {
        isWanted = false;
        if (await step(closing.signal)) isWanted = true;
      }
    } catch (error) {
      log.warn({ err: error }, failure);
    }
    working = null;
  }

  const resume = () => {
    isWanted = true;
    working ??= work();
  };
  const timer = interval === undefined ? undefined : setInterval(resume, interval).unref();
  resume();
  return {
    resume,
    close: async () => {
      clearInterval(timer);
      closing.abort();
      await working;
    },
  };
}
