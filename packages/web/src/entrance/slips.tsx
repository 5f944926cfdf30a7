import styles from "./slips.module.css";

const SLIPS = [
  { isMine: false, lines: [150, 96] },
  { isMine: true, lines: [120] },
  { isMine: false, lines: [64] },
  { isMine: true, lines: [168, 132, 84] },
] as const;

/** A conversation as everybody else sees it: slips of paper without a word on them. Decoration. */
export function Slips() {
  return (
    <div className={styles.slips} aria-hidden="true">
      {SLIPS.map(({ isMine, lines }) => (
        <div key={lines.join()} className={styles.slip} data-mine={isMine || undefined}>
          {lines.map((width) => (
            <span key={width} className={styles.line} style={{ width }} />
          ))}
        </div>
      ))}
    </div>
  );
}
