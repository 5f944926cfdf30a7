import type { ChatMember, Message } from "@tacit/client";
import { nameOf } from "../chats/system-text.ts";
import { Avatar } from "../design/avatar.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Spinner } from "../design/spinner.tsx";
import { fullDateText } from "../language/dates.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useAnswer, useTacit, useVersion } from "../live/account.tsx";
import { useSetting } from "./deeds.tsx";
import styles from "./dialogs.module.css";

/** When a message was sent, who has read it, and whom it has reached. */
export function MessageInformation({
  message,
  onClose,
}: {
  readonly message: Message;
  readonly onClose: () => void;
}) {
  const { texts, locale } = useLanguage();
  const { conversation } = texts;
  const { chatId } = useSetting();
  const tacit = useTacit();
  const version = useVersion(`members:${chatId}`, "chats");
  const { value: members } = useAnswer(
    async () => (await tacit.chats.get(chatId)?.members()) ?? [],
    [tacit, chatId, version],
  );
  const id = message.id ?? 0;
  const others = members?.filter(({ person }) => person.id !== message.sender.id && person.id !== tacit.id);
  return (
    <Dialog title={conversation.messageInformation} isOpen onClose={onClose} size="s">
      <dl className={styles.times}>
        <dt>{conversation.sentAt}</dt>
        <dd>{fullDateText(message.sentAt, locale)}</dd>
        {message.editedAt ? (
          <>
            <dt>{conversation.editedAt}</dt>
            <dd>{fullDateText(message.editedAt, locale)}</dd>
          </>
        ) : null}
      </dl>
      {others ? (
        <>
          <People
            title={conversation.readBy}
            members={others.filter(({ readId }) => readId >= id)}
            isAlways
          />
          <People
            title={conversation.deliveredTo}
            members={others.filter(({ readId, deliveredId }) => readId < id && deliveredId >= id)}
          />
          <People
            title={conversation.notYet}
            members={others.filter(({ readId, deliveredId }) => readId < id && deliveredId < id)}
          />
        </>
      ) : (
        <Spinner label={texts.common.loading} />
      )}
    </Dialog>
  );
}

function People({
  title,
  members,
  isAlways = false,
}: {
  readonly title: string;
  readonly members: readonly ChatMember[];
  readonly isAlways?: boolean;
}) {
  const texts = useTexts();
  if (members.length === 0 && !isAlways) return null;
  return (
    <section>
      <h3 className={styles.heading}>{title}</h3>
      {members.length === 0 ? <p className={styles.nobody}>{texts.conversation.nobodyYet}</p> : null}
      <ul aria-label={title}>
        {members.map(({ person }) => (
          <li key={person.id} className={styles.person}>
            <Avatar id={person.id} name={nameOf(person, texts)} url={person.avatarUrl} size={32} />
            <span dir="auto">{nameOf(person, texts)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
