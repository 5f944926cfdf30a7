import type { HTMLAttributes } from "react";
import styles from "./spoken.module.css";

/** Words for a screen reader alone: what the eye sees as an icon, a colour or a place. */
export function Spoken({
  as: Tag = "span",
  ...words
}: {
  /** What they are, if more than a few words. */
  readonly as?: "span" | "legend" | "h2";
} & Omit<HTMLAttributes<HTMLElement>, "className" | "style">) {
  return <Tag {...words} className={styles.spoken} />;
}
