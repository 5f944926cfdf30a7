import type { Chat, Message, Person } from "@tacit/client";
import { useId, useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog, DialogActions } from "../design/dialog.tsx";
import { Note } from "../design/note.tsx";
import { useToast } from "../design/toasts.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useAnswer, useTacit } from "../live/account.tsx";
import { useTask } from "../live/task.ts";
import styles from "./report-dialog.module.css";
import { lastMessagesOf, revealedOf } from "./revealed.ts";

const LONGEST_REASON = 2000;
/** How many messages can be revealed. */
const CHOICES = [0, 5, 20] as const;

/** Reports somebody to the administrators, who read no message unless the person reveals it, knowing which. */
export function ReportDialog({
  person,
  chat,
  onClose,
}: {
  readonly person: Person;
  readonly chat: Chat;
  readonly onClose: () => void;
}) {
  const language = useLanguage();
  const { information, common } = language.texts;
  const { report } = information;
  const tacit = useTacit();
  const toast = useToast();
  const [reason, setReason] = useState("");
  const [isMissing, setMissing] = useState(false);
  const [count, setCount] = useState(0);
  const { value: last, error } = useAnswer(
    () => lastMessagesOf(chat, person, Math.max(...CHOICES)),
    [chat, person.id],
  );
  const revealed = revealedOf(last ?? [], count);
  const task = useTask(() =>
    tacit.people.report(person, { reason: reason.trim(), chatId: chat.id, ...revealed.report }),
  );
  const send = async () => {
    setMissing(reason.trim() === "");
    if (reason.trim() === "" || !(await task.run())) return;
    toast({ text: report.sent });
    onClose();
  };
  return (
    <Dialog title={report.title(person.nickname)} description={report.description} isOpen onClose={onClose}>
      <Reason value={reason} isMissing={isMissing} onChange={setReason} />
      <fieldset className={styles.choices}>
        <legend className={styles.label}>{report.reveal}</legend>
        <p className={styles.hint}>{report.revealHint(person.nickname)}</p>
        {CHOICES.map((choice) => (
          <label key={choice} className={styles.choice}>
            <input
              type="radio"
              name="revealed"
              checked={choice === count}
              onChange={() => setCount(choice)}
            />
            {choice === 0 ? report.revealNone : report.revealLast(choice)}
          </label>
        ))}
      </fieldset>
      {count === 0 ? null : error === undefined ? (
        <Preview messages={revealed.messages} isLoading={last === undefined} />
      ) : (
        <Note look="warn">{errorText(error, language)}</Note>
      )}
      {task.error === undefined ? null : <Note look="alert">{errorText(task.error, language)}</Note>}
      <DialogActions>
        <Button onClick={onClose}>{common.cancel}</Button>
        <Button look="danger" isBusy={task.isRunning} onClick={() => void send()}>
          {report.action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Reason({
  value,
  isMissing,
  onChange,
}: {
  readonly value: string;
  readonly isMissing: boolean;
  readonly onChange: (value: string) => void;
}) {
  const { report } = useTexts().information;
  const id = useId();
  return (
    <div>
      <label className={styles.label} htmlFor={id}>
        {report.reason}
      </label>
      <textarea
        id={id}
        className={styles.reason}
        rows={4}
        maxLength={LONGEST_REASON}
        value={value}
        aria-invalid={isMissing || undefined}
        aria-describedby={`${id}-error`}
        onChange={({ target }) => onChange(target.value)}
      />
      <p id={`${id}-error`} role="alert" className={styles.error}>
        {isMissing && value.trim() === "" ? report.reasonNeeded : undefined}
      </p>
    </div>
  );
}

function Preview({
  messages,
  isLoading,
}: {
  readonly messages: readonly Message[];
  readonly isLoading: boolean;
}) {
  const { information, common } = useTexts();
  const { report } = information;
  if (isLoading) return <p className={styles.hint}>{common.loading}</p>;
  if (messages.length === 0) return <Note>{report.nothingToReveal}</Note>;
  return (
    <div>
      <p className={styles.label}>{report.revealed}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <ul className={styles.preview} tabIndex={0} aria-label={report.revealed}>
        {messages.map(({ key, text }) => (
          <li key={key}>{text}</li>
        ))}
      </ul>
    </div>
  );
}
