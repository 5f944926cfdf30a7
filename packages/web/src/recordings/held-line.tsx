import { ChevronLeft, LockKeyhole } from "lucide-react";
import { useTexts } from "../language/language.tsx";
import { Clock } from "./clock.tsx";
import styles from "./recording-panel.module.css";
import type { Take } from "./take.ts";

/** A finger is on the button: how long it is, and where to slide. */
export function HeldLine({ take }: { readonly take: Take }) {
  const { recordings } = useTexts();
  return (
    <div className={styles.line}>
      <Clock take={take} />
      <span className={styles.slide}>
        <ChevronLeft size={18} aria-hidden />
        {recordings.slideToCancel}
      </span>
      <span className={styles.lock}>
        <LockKeyhole size={18} aria-hidden />
        {recordings.slideToLock}
      </span>
    </div>
  );
}
