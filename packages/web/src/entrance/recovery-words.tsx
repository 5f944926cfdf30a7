import { Copy, Download, Printer } from "lucide-react";
import { useState } from "react";
import { createPortal } from "react-dom";
import { Button } from "../design/button.tsx";
import { Note } from "../design/note.tsx";
import { useTexts } from "../language/language.tsx";
import styles from "./recovery-words.module.css";
import { saveText } from "./save-text.ts";
import { WordsSheet } from "./words-sheet.tsx";

/** Recovery words to be kept: read, copied, printed or saved. */
export function RecoveryWords({
  words,
  login,
}: {
  readonly words: readonly string[];
  readonly login: string;
}) {
  const { entrance: t } = useTexts();
  const [copied, setCopied] = useState<boolean>();
  const copy = () =>
    navigator.clipboard.writeText(words.join(" ")).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  const numbered = words.map((word, at) => `${at + 1}. ${word}`);
  const file = [
    t.sheetTitle,
    `${t.login}: ${login}`,
    `${t.sheetServer}: ${location.origin}`,
    "",
    ...numbered,
  ];
  return (
    <>
      <ol className={styles.words} aria-label={t.wordsList}>
        {words.map((word, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same word may stand at two places, and they never move.
          <li key={at} className={styles.word}>
            {word}
          </li>
        ))}
      </ol>
      <div className={styles.actions}>
        <Button icon={<Copy size={18} aria-hidden />} onClick={copy}>
          {t.copyWords}
        </Button>
        <Button icon={<Printer size={18} aria-hidden />} onClick={() => print()}>
          {t.printWords}
        </Button>
        <Button
          icon={<Download size={18} aria-hidden />}
          onClick={() => saveText(t.wordsFile, `${file.join("\n")}\n\n${t.sheetNote}\n`)}
        >
          {t.saveWords}
        </Button>
      </div>
      <div role="status">
        {copied === undefined ? null : (
          <Note look={copied ? "info" : "warn"}>{copied ? t.wordsCopied : t.copyFailed}</Note>
        )}
      </div>
      {createPortal(<WordsSheet words={words} login={login} />, document.body)}
    </>
  );
}
