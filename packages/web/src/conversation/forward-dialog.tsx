import type { Chat, Message } from "@tacit/client";
import { X } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { titleOf } from "../chats/titles.ts";
import { Avatar } from "../design/avatar.tsx";
import { Button } from "../design/button.tsx";
import { Dialog, DialogActions } from "../design/dialog.tsx";
import { TextField } from "../design/field.tsx";
import { Note } from "../design/note.tsx";
import { useToast } from "../design/toasts.tsx";
import type { Texts } from "../language/en/index.ts";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useTacit, useVersion } from "../live/account.tsx";
import { useTask } from "../live/task.ts";
import { routes } from "../routes.ts";
import { mayWrite } from "./deeds.tsx";
import styles from "./dialogs.module.css";

interface Choice {
  readonly id: number;
  readonly title: string;
  readonly avatarUrl: string | undefined;
  readonly tint: number;
}

/** Asks for the chats that messages are to be sent on to, and sends them. */
export function ForwardDialog({
  messages,
  onDone,
  onClose,
}: {
  readonly messages: readonly Message[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const language = useLanguage();
  const { texts } = language;
  const { conversation } = texts;
  useVersion("chats", "profiles");
  const tacit = useTacit();
  const toast = useToast();
  const [, navigate] = useLocation();
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const choices = tacit.chats
    .list()
    .filter(mayWrite)
    .map((chat) => choiceOf(chat, texts));
  const fold = (title: string) => title.toLocaleLowerCase(language.locale);
  const found = choices.filter(({ title }) => fold(title).includes(fold(search.trim())));
  const toggle = (id: number) =>
    setChosen((ids) => (ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]));
  const sending = useTask(async () => {
    for (const message of messages) await message.forward(chosen);
    const [first] = chosen;
    const open = () => first !== undefined && navigate(routes.chat(first));
    toast({
      text: conversation.forwarded(chosen.length),
      ...(chosen.length === 1 && { action: { label: conversation.open, run: open } }),
    });
    onDone();
  });
  return (
    <Dialog title={conversation.forwardTitle} isOpen onClose={onClose}>
      {chosen.length > 0 ? (
        <ul className={styles.chips}>
          {choices
            .filter(({ id }) => chosen.includes(id))
            .map(({ id, title }) => (
              <li key={id}>
                <button
                  type="button"
                  className={styles.chip}
                  aria-label={conversation.forwardRemove(title)}
                  onClick={() => toggle(id)}
                >
                  {title}
                  <X size={14} aria-hidden />
                </button>
              </li>
            ))}
        </ul>
      ) : null}
      <TextField
        label={conversation.forwardSearch}
        type="search"
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
      {found.length === 0 ? <p className={styles.nobody}>{conversation.forwardNobody}</p> : null}
      <ul className={styles.choices}>
        {found.map(({ id, title, avatarUrl, tint }) => (
          <li key={id}>
            <label className={styles.choice}>
              <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
              <Avatar id={tint} name={title} url={avatarUrl} size={36} />
              <span dir="auto">{title}</span>
            </label>
          </li>
        ))}
      </ul>
      {sending.error ? <Note look="alert">{errorText(sending.error, language)}</Note> : null}
      <DialogActions>
        <Button
          look="main"
          isWide
          disabled={chosen.length === 0}
          isBusy={sending.isRunning}
          onClick={() => void sending.run()}
        >
          {chosen.length === 0 ? conversation.forward : conversation.forwardSend(chosen.length)}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function choiceOf(chat: Chat, texts: Texts): Choice {
  const { id, avatarUrl, peer } = chat;
  return { id, title: titleOf(chat, texts), avatarUrl, tint: peer?.id ?? id };
}
