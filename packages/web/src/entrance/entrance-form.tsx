import { CryptoError, TacitError, type TacitErrorCode } from "@tacit/client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "../design/button.tsx";
import { Note } from "../design/note.tsx";
import { clockText } from "../language/dates.ts";
import { errorText } from "../language/errors.ts";
import { type Language, useLanguage } from "../language/language.tsx";
import { useTask } from "../live/task.ts";
import styles from "./entrance-form.module.css";
import { useWait } from "./wait.ts";

/** Why fields cannot be taken, by their names. */
export type Refused<F extends string> = { readonly [field in F]?: string | undefined };

/**
 * A form that lets somebody in: looks over what was typed, does its work, and tells what is wrong where it is wrong, with the
 * focus there.
 */
export function EntranceForm<F extends string>({
  action,
  about = "",
  fields,
  check,
  submit,
  onRefused,
  children,
}: {
  /** What the button says. */
  readonly action: string;
  /** What an error is about: when it changes, the error is forgotten, and with it the time to wait. */
  readonly about?: string;
  /** The field that an error is about. */
  readonly fields: Partial<Record<TacitErrorCode, NoInfer<F>>>;
  /** What is wrong before anything is tried. */
  readonly check: () => Record<F, string | undefined>;
  readonly submit: () => Promise<unknown>;
  /** Hears of what went wrong, before it is told. */
  readonly onRefused?: (code: TacitErrorCode) => void;
  readonly children: (refused: Refused<F>) => ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  const [missing, setMissing] = useState<Refused<F>>({});
  const task = useTask(async () => {
    try {
      await submit();
    } catch (error) {
      const code = codeOf(error);
      if (code) onRefused?.(code);
      throw error;
    }
  });
  const wait = useWait(task.error);
  const language = useLanguage();
  const code = codeOf(task.error);
  const field = code && fields[code];
  const refused = field ? { ...missing, [field]: errorText(task.error, language) } : missing;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves when something new is wrong, and only then.
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [task.error, missing]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it forgets when what it is about changes.
  useEffect(() => task.clear(), [about]);

  const send = () => {
    if (task.isRunning || wait > 0) return;
    task.clear();
    const found: Refused<F> = check();
    setMissing(found);
    if (Object.values(found).every((reason) => reason === undefined)) void task.run();
  };
  return (
    <form
      ref={form}
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {children(refused)}
      {task.error && !field ? <Note look="alert">{formError(task.error, language)}</Note> : null}
      <Button type="submit" look="main" isWide isBusy={task.isRunning} disabled={wait > 0}>
        {wait > 0 ? (
          <span className={styles.wait}>{language.texts.entrance.waitFor(clockText(wait))}</span>
        ) : (
          action
        )}
      </Button>
    </form>
  );
}

function codeOf(error: unknown): TacitErrorCode | undefined {
  return error instanceof TacitError || error instanceof CryptoError ? error.code : undefined;
}

/** The button counts the time down: an alert that changes every second would be read out every second. */
function formError(error: unknown, language: Language): string {
  return codeOf(error) === "too_many_attempts"
    ? language.texts.entrance.throttled
    : errorText(error, language);
}
