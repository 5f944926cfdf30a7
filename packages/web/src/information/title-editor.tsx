import { Pencil } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { ChatFacts } from "../chats/facts.ts";
import { Button, IconButton } from "../design/button.tsx";
import { TextField } from "../design/field.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useTask } from "../live/task.ts";
import styles from "./title-editor.module.css";

const LONGEST = 128;

/** The title of a group or channel of mine, which can be changed in its place. */
export function TitleEditor({ facts }: { readonly facts: ChatFacts }) {
  const { group } = useLanguage().texts.information;
  const [isEditing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useEffect(() => {
    if (wasEditing.current && !isEditing) button.current?.focus();
    wasEditing.current = isEditing;
  }, [isEditing]);
  if (isEditing) return <TitleForm facts={facts} onDone={() => setEditing(false)} />;
  return (
    <div className={styles.shown}>
      <h2 className={styles.title}>{facts.title}</h2>
      <IconButton ref={button} label={group.editTitle} onClick={() => setEditing(true)}>
        <Pencil size={18} aria-hidden />
      </IconButton>
    </div>
  );
}

function TitleForm({ facts, onDone }: { readonly facts: ChatFacts; readonly onDone: () => void }) {
  const language = useLanguage();
  const { information, common } = language.texts;
  const [title, setTitle] = useState(facts.title);
  const [isMissing, setMissing] = useState(false);
  const task = useTask((wanted: string) => facts.chat.setTitle(wanted));
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = title.trim();
    setMissing(wanted === "");
    if (wanted === "") return;
    if (wanted === facts.title || (await task.run(wanted))) onDone();
  };
  const failure = task.error === undefined ? undefined : errorText(task.error, language);
  return (
    <form className={styles.form} onSubmit={(event) => void save(event)}>
      <TextField
        label={information.group.title}
        hint={information.group.seenByServer}
        error={isMissing ? information.group.titleEmpty : failure}
        value={title}
        maxLength={LONGEST}
        autoFocus
        onFocus={({ target }) => target.select()}
        onChange={({ target }) => setTitle(target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          // It ends the editing, not what is around it.
          event.preventDefault();
          onDone();
        }}
      />
      <div className={styles.actions}>
        <Button onClick={onDone}>{common.cancel}</Button>
        <Button type="submit" look="main" isBusy={task.isRunning}>
          {common.save}
        </Button>
      </div>
    </form>
  );
}
