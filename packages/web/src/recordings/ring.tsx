import styles from "./ring.module.css";

/** A ring, filled by a part from 0 to 1, clockwise from the top. */
export function Ring({
  part,
  glides = false,
  className,
}: {
  readonly part: number;
  /** It moves on by itself between two parts. */
  readonly glides?: boolean;
  readonly className?: string | undefined;
}) {
  const filled = Math.min(1, Math.max(0, part));
  return (
    <svg className={[styles.ring, className].filter(Boolean).join(" ")} viewBox="0 0 100 100" aria-hidden>
      <circle cx="50" cy="50" r="49" pathLength="1" className={styles.track} />
      {filled > 0 ? (
        <circle
          cx="50"
          cy="50"
          r="49"
          pathLength="1"
          className={styles.filled}
          data-glides={glides || undefined}
          style={{ strokeDashoffset: 1 - filled }}
        />
      ) : null}
    </svg>
  );
}
