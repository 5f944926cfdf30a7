import type { ReactNode } from "react";
import styles from "./spoken.module.css";

/** Words for a screen reader alone: what the eye sees as an icon, a colour or a place. */
export function Spoken({ children }: { readonly children: ReactNode }) {
  return <span className={styles.spoken}>{children}</span>;
}
