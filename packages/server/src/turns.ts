import { TacitError } from "./errors.ts";

/** Runs work when its turn comes. @throws {TacitError} `busy` when too many are waiting; whatever the work throws. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets a few run at once and a limited number wait, first come, first served. */
export function turns(atOnce: number, waiting: number): TakeTurn {
  const queue: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < atOnce) running += 1;
    else if (queue.length >= waiting) throw new TacitError("busy", { retryAfter: 5 });
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      return await work();
    } finally {
      // A turn is handed on, not given back, so that nobody slips in between.
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
