import { useEffect } from "react";
import { useTexts } from "../language/language.tsx";
import styles from "./words-sheet.module.css";

/** What comes out of the printer while recovery words are on the screen, and nothing else of the page. */
export function WordsSheet({ words, login }: { readonly words: readonly string[]; readonly login: string }) {
  const { entrance: t } = useTexts();
  useEffect(() => {
    const { printing = "" } = styles;
    document.body.classList.add(printing);
    return () => document.body.classList.remove(printing);
  }, []);
  return (
    <div className={styles.sheet} data-sheet aria-hidden="true">
      <p className={styles.title}>{t.sheetTitle}</p>
      <p>
        {t.login}: {login}
      </p>
      <p>
        {t.sheetServer}: {location.origin}
      </p>
      <ol className={styles.words}>
        {words.map((word, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same word may stand at two places, and they never move.
          <li key={at}>{word}</li>
        ))}
      </ol>
      <p>{t.sheetNote}</p>
    </div>
  );
}
