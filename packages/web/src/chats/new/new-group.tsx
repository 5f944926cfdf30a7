import type { Person } from "@tacit/client";
import { type FormEvent, useRef, useState } from "react";
import { useLocation } from "wouter";
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
import { ChosenPeople, toggled } from "../people/chosen-people.tsx";
import { PeopleFinder } from "../people/people-finder.tsx";
import { useBack } from "./back.ts";
import { useKeptForm } from "./kept-form.ts";
import styles from "./new.module.css";

/** Characters of a title. */
const LONGEST_TITLE = 128;

/** Makes a group or a channel: its name, whether it is encrypted, who is in it. */
export function NewGroup({ kind }: { readonly kind: "group" | "channel" }) {
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
  const toggle = (person: Person) => change({ members: toggled(members, person) });
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
        <PeopleFinder label={chats.addPeople} picked={new Set(members.map(({ id }) => id))} onPick={toggle}>
          <ChosenPeople
            title={isGroup ? chats.members : chats.subscribers}
            people={members}
            onTakeOut={toggle}
          />
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
