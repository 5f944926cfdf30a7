import { TacitError } from "../errors.ts";

/** Ends what no longer moves, and what the caller no longer wants. */
export interface Patience {
  /** Aborts with `timeout`, or with the reason of the caller's signal. */
  readonly signal: AbortSignal;
  /** Waits, from now on, for a sign of life. */
  wait(): void;
  /** It is not the other side that is waited for. */
  rest(): void;
  /** Forgets it all. */
  end(): void;
}

/** @param milliseconds without a sign of life after which it ends */
export function newPatience(milliseconds: number, caller: AbortSignal | undefined): Patience {
  const ending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rest = () => clearTimeout(timer);
  const giveUp = () => ending.abort(new TacitError("timeout", "The file did not get any further in time."));
  const abort = () => ending.abort(caller?.reason);
  if (caller?.aborted) abort();
  else caller?.addEventListener("abort", abort);
  return {
    signal: ending.signal,
    wait: () => {
      rest();
      timer = setTimeout(giveUp, milliseconds);
    },
    rest,
    end: () => {
      rest();
      caller?.removeEventListener("abort", abort);
    },
  };
}
