import { useCallback, useEffect, useRef, useState } from "react";

/** Something that a person set off. */
export interface Task<A extends readonly unknown[]> {
  /** Does it, unless it is under way. It never throws: see `error`. @returns whether it went well */
  readonly run: (...args: A) => Promise<boolean>;
  /** Whether it is under way. */
  readonly isRunning: boolean;
  /** Why the last run failed; gone when it is run again. */
  readonly error: unknown;
  /** Forgets the error. */
  readonly clear: () => void;
}

/** Runs something that a person sets off: once at a time, with its error kept for them to see. */
export function useTask<A extends readonly unknown[]>(work: (...args: A) => Promise<unknown>): Task<A> {
  const [state, setState] = useState<{ isRunning: boolean; error: unknown }>({
    isRunning: false,
    error: undefined,
  });
  const latest = useRef(work);
  const running = useRef(false);
  useEffect(() => {
    latest.current = work;
  });
  const run = useCallback(async (...args: A) => {
    if (running.current) return false;
    running.current = true;
    setState({ isRunning: true, error: undefined });
    try {
      await latest.current(...args);
      setState({ isRunning: false, error: undefined });
      return true;
    } catch (error) {
      setState({ isRunning: false, error });
      return false;
    } finally {
      running.current = false;
    }
  }, []);
  const clear = useCallback(() => setState((state) => ({ ...state, error: undefined })), []);
  return { run, ...state, clear };
}
