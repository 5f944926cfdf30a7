import type { Person } from "@tacit/client";
import { X } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { useLocation } from "wouter";
import { Avatar } from "../../design/avatar.tsx";
import { Button } from "../../design/button.tsx";
import { TextField } from "../../design/field.tsx";
import { Note } from "../../design/note.tsx";
import { PaneHeader } from "../../design/pane.tsx";
import { Switch } from "../../design/switch.tsx";
import { errorText } from "../../language/errors.ts";
import { useLanguage } from "../../language/language.tsx";
import { useTacit } from "../../live/account.tsx";
import { useTask } from "../../live/task.ts";
import { routes } from "../../routes.ts";
import type { ChatRow } from "../chat-rows.ts";
import { useBack } from "./back.ts";
import { useKeptForm } from "./kept-form.ts";
import styles from "./new.module.css";
import { PeopleFinder } from "./people-finder.tsx";

/** Characters of a title. */
const LONGEST_TITLE = 128;

/** Makes a group or a channel: its name, whether it is encrypted, who is in it. */
export function NewGroup({
  kind,
  rows,
}: {
  readonly kind: "group" | "channel";
  readonly rows: readonly ChatRow[];
}) {
  const tacit = useTacit();
  const language = useLanguage();
  const { chats } = language.texts;
  const [, navigate] = useLocation();
  const { onBack, onKeyDown } = useBack();
  const titleField = useRef<HTMLInputElement>(null);
  const { form, isBegun, change, clear } = useKeptForm(kind);
  const { title, encrypted, members } = form;
  const [isMissing, setMissing] = useState(false);
  const create = useTask(async () => {
    const asked = { title: title.trim(), members, encrypted };
    const chat = await (kind === "group" ? tacit.chats.createGroup(asked) : tacit.chats.createChannel(asked));
    clear();
    navigate(routes.chat(chat.id), { replace: true });
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(title.trim() === "");
    if (title.trim() === "") titleField.current?.focus();
    else void create.run();
  };
  const toggle = (person: Person) =>
    change({
      members: members.some(({ id }) => id === person.id)
        ? members.filter(({ id }) => id !== person.id)
        : [...members, person],
    });
  const onClear = () => {
    clear();
    create.clear();
    setMissing(false);
    titleField.current?.focus();
  };
  const isGroup = kind === "group";
  return (
    <form className={styles.pane} onSubmit={onSubmit} onKeyDown={onKeyDown}>
      <PaneHeader title={isGroup ? chats.newGroup : chats.newChannel} onBack={onBack} backOn="always" />
      <div className={styles.scroller}>
        <TextField
          ref={titleField}
          label={isGroup ? chats.groupTitle : chats.channelTitle}
          hint={chats.titleHint}
          error={isMissing && title.trim() === "" ? chats.titleMissing : undefined}
          value={title}
          maxLength={LONGEST_TITLE}
          autoComplete="off"
          autoFocus
          onChange={({ target }) => change({ title: target.value })}
        />
        <Switch
          label={chats.encryptedSwitch}
          hint={encrypted ? chats.encryptedOn : chats.encryptedOff}
          isOn={encrypted}
          onChange={(encrypted) => change({ encrypted })}
        />
        <PeopleFinder
          label={chats.addPeople}
          rows={rows}
          picked={new Set(members.map(({ id }) => id))}
          onPick={toggle}
        >
          <Chosen title={isGroup ? chats.members : chats.subscribers} people={members} onTakeOut={toggle} />
        </PeopleFinder>
      </div>
      <footer className={styles.footer}>
        {create.error ? <Note look="alert">{errorText(create.error, language)}</Note> : null}
        <div className={styles.ends}>
          {isBegun ? (
            <Button look="quiet" disabled={create.isRunning} onClick={onClear}>
              {chats.clearForm}
            </Button>
          ) : null}
          <Button type="submit" look="main" className={styles.create} isBusy={create.isRunning}>
            {isGroup ? chats.createGroup : chats.createChannel}
          </Button>
        </div>
      </footer>
    </form>
  );
}

function Chosen({
  title,
  people,
  onTakeOut,
}: {
  readonly title: string;
  readonly people: readonly Person[];
  readonly onTakeOut: (person: Person) => void;
}) {
  const { chats } = useLanguage().texts;
  return (
    <div className={styles.chosen}>
      <span role="status" className={styles.count}>
        {people.length > 0 ? `${title}: ${chats.chosen(people.length)}` : null}
      </span>
      {people.length > 0 ? (
        <ul className={styles.chips} aria-label={title}>
          {people.map((person) => (
            <li key={person.id}>
              <button
                type="button"
                className={styles.chip}
                aria-label={chats.takeAway(person.nickname)}
                onClick={() => onTakeOut(person)}
              >
                <Avatar id={person.id} name={person.nickname} url={person.avatarUrl} size={26} />
                <span className={styles.chipName}>{person.nickname}</span>
                <X size={16} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
