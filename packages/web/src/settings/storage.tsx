import { HardDrive } from "lucide-react";
import { useState } from "react";
import { Button } from "../design/button.tsx";
import { Note } from "../design/note.tsx";
import { Question } from "../design/question.tsx";
import { useToast } from "../design/toasts.tsx";
import { sizeText } from "../language/dates.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useAnswer, useTacit } from "../live/account.tsx";
import { Buttons, Part } from "./part.tsx";
import styles from "./storage.module.css";

/** What this device keeps, how much that is, and how to have less of it. */
export function StorageSection() {
  const { settings: t } = useLanguage().texts;
  const usage = useAnswer(() => navigator.storage.estimate(), []);
  return (
    <>
      <Part title={t.used} hint={t.whatIsKept}>
        {usage.value ? <Usage {...usage.value} /> : null}
        <Keeping />
      </Part>
      <Clearing onCleared={usage.retry} />
    </>
  );
}

function Usage({ usage, quota }: StorageEstimate) {
  const { texts, locale } = useLanguage();
  const { settings: t } = texts;
  if (usage === undefined || !quota) return <p>{t.unknownUsage}</p>;
  return (
    <div className={styles.usage}>
      <HardDrive size={20} strokeWidth={1.5} aria-hidden />
      <span>{t.usedOf(sizeText(usage, locale), sizeText(quota, locale))}</span>
      <meter className={styles.meter} min={0} max={quota} value={usage} aria-hidden />
    </div>
  );
}

/** Whether the browser has promised to keep it. */
function Keeping() {
  const { settings: t } = useLanguage().texts;
  const kept = useAnswer(() => navigator.storage.persisted(), []);
  const [isRefused, setRefused] = useState(false);
  if (kept.value === undefined) return null;
  const ask = async () => {
    setRefused(!(await navigator.storage.persist()));
    kept.retry();
  };
  return (
    <>
      <div role="status">
        <Note look={kept.value ? "info" : "warn"}>
          {kept.value ? t.keptSafely : isRefused ? t.keptRefused : t.notKeptSafely}
        </Note>
      </div>
      {kept.value ? null : (
        <Buttons>
          <Button onClick={() => void ask()}>{t.askToKeep}</Button>
        </Buttons>
      )}
    </>
  );
}

function Clearing({ onCleared }: { readonly onCleared: () => void }) {
  const tacit = useTacit();
  const toast = useToast();
  const { settings: t } = useTexts();
  const [isAsking, setAsking] = useState(false);
  const [progress, setProgress] = useState<{ readonly done: number; readonly total: number }>();
  const clear = async () => {
    try {
      await tacit.clearHistory({ onProgress: (done, total) => setProgress({ done, total }) });
    } finally {
      setProgress(undefined);
    }
    toast({ text: t.cleared });
    onCleared();
  };
  return (
    <Part title={t.clear} hint={t.clearHint}>
      <Buttons>
        <Button onClick={() => setAsking(true)}>{t.clearAction}</Button>
      </Buttons>
      {isAsking ? (
        <Question
          title={t.clearTitle}
          description={t.clearDescription}
          action={t.clearAction}
          work={clear}
          onClose={() => setAsking(false)}
        >
          {progress ? (
            <div className={styles.progress}>
              <progress
                className={styles.bar}
                max={progress.total}
                value={progress.done}
                aria-label={t.clearing(progress.done, progress.total)}
              />
              <span aria-hidden>{t.clearing(progress.done, progress.total)}</span>
            </div>
          ) : null}
        </Question>
      ) : null}
    </Part>
  );
}
