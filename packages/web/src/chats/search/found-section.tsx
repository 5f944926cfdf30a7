import { type ReactNode, useId } from "react";
import styles from "./search-results.module.css";

/** One kind of what was found, under its heading. */
export function FoundSection({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className={styles.heading}>
        {title}
      </h2>
      <ul>{children}</ul>
    </section>
  );
}
