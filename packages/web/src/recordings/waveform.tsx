import { useMemo } from "react";
import { barsOf, pathOf } from "./bars.ts";
import styles from "./waveform.module.css";

const BARS = 42;

/** Draws how loud a recording is over time, and how much of it has been played, from 0 to 1. */
export function Waveform({
  waveform,
  played,
  isPlaying,
}: {
  readonly waveform: readonly number[] | undefined;
  readonly played: number;
  readonly isPlaying: boolean;
}) {
  const path = useMemo(() => pathOf(barsOf(waveform, BARS)), [waveform]);
  const bars = (
    <svg viewBox={`0 0 ${BARS} 1`} preserveAspectRatio="none" aria-hidden>
      <path d={path} vectorEffect="non-scaling-stroke" />
    </svg>
  );
  return (
    <span className={styles.waveform}>
      <span className={styles.all}>{bars}</span>
      <span
        className={styles.played}
        data-playing={isPlaying || undefined}
        style={{ clipPath: `inset(-4px ${(1 - played) * 100}% -4px 0)` }}
      >
        {bars}
      </span>
    </span>
  );
}
