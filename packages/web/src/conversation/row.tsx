import type { Message, NoticeRecord } from "@tacit/client";
import { memo, type ReactNode } from "react";
import { nameOf, namesOf, systemText } from "../chats/system-text.ts";
import { Avatar } from "../design/avatar.tsx";
import { dayText } from "../language/dates.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { Bubble } from "./bubble.tsx";
import { useSetting } from "./deeds.tsx";
import styles from "./row.module.css";
import type { MessageRow, Row } from "./rows.ts";
import { Toolbar } from "./toolbar.tsx";

/** What a line needs beside what it says. */
interface Standing {
  /** Its place among all lines, from 1, and how many there are; -1 if nobody knows. */
  readonly place: number;
  readonly count: number;
  readonly isCurrent: boolean;
  readonly isMarked: boolean;
  readonly isSelecting: boolean;
  readonly isSelected: boolean;
}

/** A line of the list: an article of the feed, with the day or the divider above it. */
export const RowView = memo(function RowView({ row, ...standing }: { readonly row: Row } & Standing) {
  const { texts, locale } = useLanguage();
  if (row.kind === "notice")
    return (
      <div className={styles.row}>
        <Quiet id={row.key} {...standing}>
          <NoticeText notice={row.notice} />
        </Quiet>
      </div>
    );
  return (
    <div className={styles.row} data-first={row.isFirst || undefined}>
      {row.day ? <div className={styles.day}>{dayText(row.day, locale)}</div> : null}
      {row.isFirstUnread ? <div className={styles.unread}>{texts.conversation.unreadFromHere}</div> : null}
      {row.message.system ? (
        <Quiet id={row.key} {...standing}>
          <SystemText message={row.message} />
        </Quiet>
      ) : (
        <Article row={row} {...standing} />
      )}
    </div>
  );
});

function Article({
  row,
  place,
  count,
  isCurrent,
  isMarked,
  isSelecting,
  isSelected,
}: { readonly row: MessageRow } & Standing) {
  const { message, key, isFirst, isLast } = row;
  const texts = useTexts();
  const { kind, deeds } = useSetting();
  const id = `message-${key}`;
  const showsAvatar = kind !== "private" && !message.isMine;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has the checkbox.
    <article
      className={styles.article}
      data-key={key}
      data-mine={message.isMine || undefined}
      data-marked={isMarked || undefined}
      data-selecting={isSelecting || undefined}
      data-selected={isSelected || undefined}
      aria-labelledby={`${id}-from ${id}-said ${id}-at`}
      aria-posinset={place}
      aria-setsize={count}
      tabIndex={isCurrent ? 0 : -1}
      onClick={isSelecting ? () => deeds.toggle(message) : undefined}
    >
      {isSelecting ? (
        <input
          type="checkbox"
          className={styles.check}
          checked={isSelected}
          aria-label={texts.conversation.selectMessage}
          onChange={() => deeds.toggle(message)}
          onClick={(event) => event.stopPropagation()}
        />
      ) : null}
      {showsAvatar ? (
        <span className={styles.avatar}>
          {isLast ? (
            <Avatar
              id={message.sender.id}
              name={nameOf(message.sender, texts)}
              url={message.sender.avatarUrl}
              size={34}
            />
          ) : null}
        </span>
      ) : null}
      <div className={styles.slip} inert={isSelecting}>
        <Bubble message={message} isFirst={isFirst} isLast={isLast} id={id} />
        {isSelecting ? null : <Toolbar message={message} isCurrent={isCurrent} />}
      </div>
    </article>
  );
}

function Quiet({
  id,
  place,
  count,
  isCurrent,
  isMarked,
  children,
}: Standing & { readonly id: string; readonly children: ReactNode }) {
  return (
    <article
      className={styles.quiet}
      data-key={id}
      data-marked={isMarked || undefined}
      aria-labelledby={`message-${id}-said`}
      aria-posinset={place}
      aria-setsize={count}
      tabIndex={isCurrent ? 0 : -1}
    >
      <span id={`message-${id}-said`}>{children}</span>
    </article>
  );
}

function SystemText({ message }: { readonly message: Message }) {
  const texts = useTexts();
  const tacit = useTacit();
  return message.system ? systemText(message.system, namesOf(tacit, texts), texts) : null;
}

function NoticeText({ notice }: { readonly notice: NoticeRecord }) {
  const texts = useTexts();
  const name = nameOf(useTacit().people.get(notice.userId), texts);
  const { noticeAccepted, noticeChanged } = texts.conversation;
  return notice.kind === "identity_changed" ? noticeChanged(name) : noticeAccepted(name);
}
