import { type ReactNode, useEffect, useRef } from "react";
import { Mark } from "../design/mark.tsx";
import { useTexts } from "../language/language.tsx";
import { LanguageChooser } from "./language-chooser.tsx";
import styles from "./screen.module.css";
import { Slips } from "./slips.tsx";

/** A screen of the entrance: what Tacit is at one side, what there is to do at the other. */
export function Screen({
  title,
  children,
  isFirst = false,
}: {
  readonly title: string;
  readonly children: ReactNode;
  /** Nobody came here from another screen, whose place in the page would be lost. */
  readonly isFirst?: boolean;
}) {
  const { common, entrance: t } = useTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${common.appName}`;
    return () => {
      document.title = common.appName;
    };
  }, [title, common.appName]);
  useEffect(() => {
    if (!isFirst) heading.current?.focus();
  }, [isFirst]);
  return (
    <div className={styles.screen}>
      <header className={styles.face}>
        <div className={styles.name}>
          <Mark size={44} />
          <span>{common.appName}</span>
        </div>
        <Slips />
        <p className={styles.what}>{t.whatItIs}</p>
      </header>
      <div className={styles.side}>
        <main className={styles.main}>
          <h1 className={styles.title} tabIndex={-1} ref={heading}>
            {title}
          </h1>
          {children}
        </main>
        <footer className={styles.foot}>
          <LanguageChooser />
        </footer>
      </div>
    </div>
  );
}

/** A sentence or two that say what a screen is about. */
export function Lead({ children }: { readonly children: ReactNode }) {
  return <p className={styles.lead}>{children}</p>;
}
