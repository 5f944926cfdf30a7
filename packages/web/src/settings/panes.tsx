import type { LucideIcon } from "lucide-react";
import { type ComponentType, type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import { PaneHeader } from "../design/pane.tsx";
import { routes } from "../routes.ts";
import styles from "./panes.module.css";

/** A section: what stands for it in the list, and what is in it. */
export interface PaneSection<Name extends string = string> {
  readonly name: Name;
  readonly Icon: LucideIcon;
  readonly Section: ComponentType;
}

/**
 * A list of sections, and the one that is chosen beside it; where there is no room for both, the list, and then the section
 * over it with a way back. The focus goes along.
 */
export function Panes<Name extends string>({
  title,
  sections,
  labels,
  section,
  hrefOf,
  after,
}: {
  readonly title: string;
  readonly sections: readonly [PaneSection<Name>, ...PaneSection<Name>[]];
  readonly labels: Readonly<Record<Name, string>>;
  /** The chosen one; without one, the first is shown if there is room. */
  readonly section: string | undefined;
  readonly hrefOf: (section?: string) => string;
  /** Stands below the list. */
  readonly after?: ReactNode;
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
          {sections.map(({ name, Icon }) => (
            <Link
              key={name}
              href={hrefOf(name)}
              className={styles.link ?? ""}
              data-section={name}
              data-in-sight={name === inSight.name || undefined}
              aria-current={name === shown?.name ? "page" : undefined}
            >
              <Icon size={20} strokeWidth={1.75} aria-hidden />
              {labels[name]}
            </Link>
          ))}
          {after}
        </nav>
      </div>
      <section className={styles.section} aria-labelledby="section-title">
        <PaneHeader
          title={
            <h2 id="section-title" className={styles.title} tabIndex={-1} ref={heading}>
              {labels[inSight.name]}
            </h2>
          }
          backOn="always"
          onBack={() => navigate(hrefOf())}
        />
        <div className={styles.content} key={inSight.name}>
          <div className={styles.column}>
            <inSight.Section />
          </div>
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
