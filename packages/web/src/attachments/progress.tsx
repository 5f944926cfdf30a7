import { X } from "lucide-react";
import { useLanguage } from "../language/language.tsx";
import styles from "./attachments.module.css";

const RADIUS = 18;
const LENGTH = 2 * Math.PI * RADIUS;

/** How far a transfer is, as a ring around what ends it. */
export function Progress({
  done,
  total,
  label,
  cancelLabel,
  onCancel,
}: {
  readonly done: number;
  readonly total: number;
  /** What is transferred, read aloud. */
  readonly label: string;
  readonly cancelLabel: string;
  readonly onCancel: () => void;
}) {
  const { locale } = useLanguage();
  const part = total > 0 ? Math.min(1, done / total) : 0;
  const percent = new Intl.NumberFormat(locale, { style: "percent" }).format(part);
  return (
    <span className={styles.progress}>
      <span
        role="progressbar"
        aria-label={label}
        aria-valuenow={Math.round(part * 100)}
        aria-valuetext={percent}
        className={styles.ring}
      >
        <svg viewBox="0 0 44 44" aria-hidden>
          <circle className={styles.track} cx="22" cy="22" r={RADIUS} />
          <circle
            className={styles.done}
            cx="22"
            cy="22"
            r={RADIUS}
            strokeDasharray={LENGTH}
            strokeDashoffset={LENGTH * (1 - Math.max(part, 0.03))}
          />
        </svg>
      </span>
      <button
        type="button"
        className={styles.stop}
        aria-label={cancelLabel}
        title={cancelLabel}
        onClick={onCancel}
      >
        <X size={18} aria-hidden />
      </button>
    </span>
  );
}
