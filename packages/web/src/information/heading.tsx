import type { ReactNode } from "react";
import styles from "./heading.module.css";

/** The top of the pane: a picture, a name, and what goes below it. */
export function Heading({
  picture,
  name,
  children,
}: {
  readonly picture: ReactNode;
  readonly name: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles.heading}>
      {picture}
      {typeof name === "string" ? <h2 className={styles.name}>{name}</h2> : name}
      <div className={styles.below}>{children}</div>
    </div>
  );
}
