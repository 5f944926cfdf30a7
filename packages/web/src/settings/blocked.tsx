import type { Person } from "@tacit/client";
import { ShieldCheck } from "lucide-react";
import { Avatar } from "../design/avatar.tsx";
import { Button } from "../design/button.tsx";
import { Empty } from "../design/pane.tsx";
import { useToast } from "../design/toasts.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useAnswer, useTacit } from "../live/account.tsx";
import { useTask } from "../live/task.ts";
import { Asked } from "./asked.tsx";
import styles from "./blocked.module.css";
import { Intro } from "./part.tsx";

/** The people whom I have blocked. */
export function BlockedSection() {
  const tacit = useTacit();
  const { settings: t } = useTexts();
  const answer = useAnswer(() => tacit.people.blocked(), [tacit]);
  return (
    <Asked answer={answer}>
      {(people) =>
        people.length === 0 ? (
          <Empty icon={<ShieldCheck size={40} strokeWidth={1.5} aria-hidden />} title={t.nobodyBlocked}>
            <p>{t.nobodyBlockedHint}</p>
          </Empty>
        ) : (
          <>
            <Intro>{t.blockedHint}</Intro>
            <ul>
              {people.map((person) => (
                <Blocked key={person.id} person={person} onUnblocked={answer.retry} />
              ))}
            </ul>
          </>
        )
      }
    </Asked>
  );
}

function Blocked({ person, onUnblocked }: { readonly person: Person; readonly onUnblocked: () => void }) {
  const tacit = useTacit();
  const toast = useToast();
  const language = useLanguage();
  const { settings: t } = language.texts;
  const { id, nickname, username, avatarUrl } = person;
  const unblock = useTask(async () => {
    await tacit.people.unblock(person);
    toast({ text: t.unblocked(nickname) });
    onUnblocked();
  });
  return (
    <li className={styles.person}>
      <Avatar id={id} name={nickname} url={avatarUrl} />
      <div className={styles.names}>
        <p className={styles.nickname}>{nickname}</p>
        <p className={styles.username}>@{username}</p>
        <p className={styles.error} role="alert">
          {unblock.error ? errorText(unblock.error, language) : null}
        </p>
      </div>
      <Button
        aria-label={t.unblockNamed(nickname)}
        isBusy={unblock.isRunning}
        onClick={() => void unblock.run()}
      >
        {t.unblock}
      </Button>
    </li>
  );
}
