import { type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import { PaneHeader } from "../design/pane.tsx";
import { routes } from "../routes.ts";
import styles from "./panes.module.css";

/** A section, as the list shows it. */
export interface SectionLink {
  readonly name: string;
  readonly label: string;
  readonly icon: ReactNode;
}

/**
 * A list of sections, and the one that is chosen beside it; where there is no room for both, the list, and then the section
 * over it with a way back. The focus goes along.
 */
export function Panes({
  title,
  sections,
  section,
  hrefOf,
  after,
  children,
}: {
  readonly title: string;
  readonly sections: readonly SectionLink[];
  /** The chosen one; without one, the first is shown if there is room. */
  readonly section: string | undefined;
  readonly hrefOf: (section?: string) => string;
  /** Stands below the list. */
  readonly after?: ReactNode;
  /** What is in the section. */
  readonly children: ReactNode;
}) {
  const [, navigate] = useLocation();
  const shown = sections.find(({ name }) => name === section);
  const { heading, list } = useFocusThatFollows(shown?.name);
  const inSight = shown ?? sections[0];
  return (
    <div className={styles.panes} data-open={shown ? true : undefined}>
      <div className={styles.list}>
        <PaneHeader title={title} onBack={() => navigate(routes.home)} />
        <nav className={styles.links} aria-label={title} ref={list}>
          {sections.map(({ name, label, icon }) => (
            <Link
              key={name}
              href={hrefOf(name)}
              className={styles.link ?? ""}
              data-section={name}
              data-in-sight={name === inSight?.name || undefined}
              aria-current={name === shown?.name ? "page" : undefined}
            >
              {icon}
              {label}
            </Link>
          ))}
          {after}
        </nav>
      </div>
      <section className={styles.section} aria-labelledby="section-title">
        <PaneHeader
          title={
            <h2 id="section-title" className={styles.title} tabIndex={-1} ref={heading}>
              {inSight?.label}
            </h2>
          }
          backOn="always"
          onBack={() => navigate(hrefOf())}
        />
        <div className={styles.content} key={inSight?.name}>
          <div className={styles.column}>{children}</div>
        </div>
      </section>
    </div>
  );
}

/** To the heading of a section that opens, and back to its link when it closes. */
function useFocusThatFollows(section: string | undefined) {
  const heading = useRef<HTMLHeadingElement>(null);
  const list = useRef<HTMLElement>(null);
  const before = useRef(section);
  useEffect(() => {
    if (before.current === section) return;
    if (section) heading.current?.focus();
    else list.current?.querySelector<HTMLElement>(`[data-section="${before.current}"]`)?.focus();
    before.current = section;
  }, [section]);
  return { heading, list };
}
