import { CircleAlert, Info } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./note.module.css";

/** A sentence that stays where it is: an error, a warning, or something to know. */
export function Note({
  look = "info",
  children,
}: {
  readonly look?: "info" | "warn" | "alert";
  readonly children: ReactNode;
}) {
  const Icon = look === "info" ? Info : CircleAlert;
  return (
    <div className={styles.note} data-look={look} role={look === "alert" ? "alert" : undefined}>
      <Icon size={18} aria-hidden />
      <div>{children}</div>
    </div>
  );
}
