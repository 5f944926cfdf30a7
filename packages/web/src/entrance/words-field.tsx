import { unknownRecoveryWords } from "@tacit/client";
import { useId } from "react";
import field from "../design/field.module.css";
import { useTexts } from "../language/language.tsx";
import { useAnswer } from "../live/account.tsx";
import styles from "./words-field.module.css";

/** Takes the twelve recovery words, typed or pasted, and shows which of them cannot be right. */
export function WordsField({
  value,
  onChange,
  error,
}: {
  readonly value: string;
  readonly onChange: (words: string) => void;
  readonly error: string | undefined;
}) {
  const { entrance: t } = useTexts();
  const id = useId();
  const words = value.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
  const isTyping = /[\p{L}\p{M}]$/u.test(value);
  const { value: unknown = [] } = useAnswer(() => unknownRecoveryWords(value), [value]);
  const wrong = unknown
    .filter((at) => !(isTyping && at === words.length - 1 && words.length <= 12))
    .flatMap((at) => words[at] ?? []);
  return (
    <div className={field.field}>
      <label className={field.label} htmlFor={id}>
        {t.words}
      </label>
      <div className={field.box} data-invalid={error ? true : undefined}>
        <textarea
          id={id}
          name="recovery-words"
          className={`${field.input} ${styles.words}`}
          rows={4}
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          value={value}
          onChange={({ target }) => onChange(target.value)}
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-hint ${id}-unknown ${id}-error`}
        />
      </div>
      <div className={`${field.hint} ${styles.below}`}>
        <span id={`${id}-hint`}>{t.wordsHint}</span>
        <span className={styles.count}>{t.wordCount(words.length)}</span>
      </div>
      <div id={`${id}-unknown`} className={field.error} aria-live="polite">
        {wrong.length > 0 ? t.unknownWords(wrong.join(", ")) : ""}
      </div>
      <div id={`${id}-error`} className={field.error} role="alert">
        {error}
      </div>
    </div>
  );
}
