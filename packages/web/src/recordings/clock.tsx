import { useEffect, useState } from "react";
import { clockText } from "../language/dates.ts";
import styles from "./recording-panel.module.css";
import type { Take } from "./take.ts";

/** Milliseconds. */
const TICK = 200;

/** How long a recording is by now. */
export function Clock({ take, isPaused = false }: { readonly take: Take; readonly isPaused?: boolean }) {
  const elapsed = useElapsed(take);
  return (
    <span className={styles.clock} role="timer">
      <span className={styles.dot} data-paused={isPaused || undefined} />
      {clockText(Math.floor(elapsed / 1000) * 1000)}
    </span>
  );
}

/** How long a recording is by now, in milliseconds. */
export function useElapsed(take: Take): number {
  const [elapsed, setElapsed] = useState(take.elapsed);
  useEffect(() => {
    const timer = setInterval(() => setElapsed(take.elapsed), TICK);
    return () => clearInterval(timer);
  }, [take]);
  return elapsed;
}
