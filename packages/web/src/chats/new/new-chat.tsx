import type { Person } from "@tacit/client";
import { Megaphone, Users } from "lucide-react";
import { Link, useLocation } from "wouter";
import { Note } from "../../design/note.tsx";
import { PaneHeader } from "../../design/pane.tsx";
import { errorText } from "../../language/errors.ts";
import { useLanguage } from "../../language/language.tsx";
import { useTacit } from "../../live/account.tsx";
import { useTask } from "../../live/task.ts";
import { routes } from "../../routes.ts";
import { PeopleFinder } from "../people/people-finder.tsx";
import { useBack } from "./back.ts";
import styles from "./new.module.css";

/** Finds somebody and opens the chat with them. */
export function NewChat() {
  const tacit = useTacit();
  const language = useLanguage();
  const { chats } = language.texts;
  const [, navigate] = useLocation();
  const { onBack, onKeyDown } = useBack();
  const open = useTask(async (person: Person) => {
    const chat = await tacit.chats.withUser(person);
    navigate(routes.chat(chat.id), { replace: true });
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape leaves from wherever the focus is inside.
    <div className={styles.pane} onKeyDown={onKeyDown}>
      <PaneHeader title={chats.newPrivate} onBack={onBack} backOn="always" />
      <div className={styles.scroller}>
        {open.error ? <Note look="alert">{errorText(open.error, language)}</Note> : null}
        <PeopleFinder label={chats.findPerson} onPick={(person) => void open.run(person)} autoFocus>
          <div>
            <Link href={routes.newGroup} replace className={styles.other}>
              <Users size={20} aria-hidden />
              {chats.newGroup}
            </Link>
            <Link href={routes.newChannel} replace className={styles.other}>
              <Megaphone size={20} aria-hidden />
              {chats.newChannel}
            </Link>
          </div>
        </PeopleFinder>
      </div>
    </div>
  );
}
