import type { ComponentProps, ReactNode } from "react";
import styles from "./section.module.css";

/** A part of the pane, under a heading if it has one. */
export function Section({
  title,
  end,
  children,
}: {
  readonly title?: string;
  readonly end?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className={styles.section} aria-label={title}>
      {title ? (
        <div className={styles.head}>
          <h2 className={styles.title}>{title}</h2>
          {end}
        </div>
      ) : null}
      {children}
    </section>
  );
}

/** Something to do, as a line as wide as the pane. */
export function LineButton({
  icon,
  isDangerous = false,
  children,
  ...rest
}: { readonly icon: ReactNode; readonly isDangerous?: boolean } & ComponentProps<"button">) {
  return (
    <button type="button" {...rest} className={styles.line} data-dangerous={isDangerous || undefined}>
      {icon}
      <span>{children}</span>
    </button>
  );
}
