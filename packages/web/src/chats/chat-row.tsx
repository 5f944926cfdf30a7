import { BellOff, Ellipsis, LockOpen, Megaphone, Star, Users } from "lucide-react";
import { memo, useEffect } from "react";
import { Link } from "wouter";
import { Avatar } from "../design/avatar.tsx";
import { IconButton } from "../design/button.tsx";
import { ContextualMenu, Menu } from "../design/menu.tsx";
import { Spoken } from "../design/spoken.tsx";
import { fullDateText, shortDateText } from "../language/dates.ts";
import { useLanguage } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { routes } from "../routes.ts";
import styles from "./chat-row.module.css";
import type { ChatRow } from "./chat-rows.ts";
import { LastLine } from "./last-line.tsx";
import { useRowMenu } from "./row-menu.tsx";
import { titleOf } from "./titles.ts";

/** Milliseconds that a row is on the screen before its typing is followed: what only scrolls by is not worth asking. */
const FOLLOW_AFTER = 400;

/** A chat in the list: who, when, what was said last, and what can be done with it. */
export const ChatRowItem = memo(function ChatRowItem({
  row,
  isOpen,
  isTabStop,
}: {
  readonly row: ChatRow;
  /** It is open beside the list. */
  readonly isOpen: boolean;
  /** Whether Tab comes to it; arrow keys come to the others. */
  readonly isTabStop: boolean;
}) {
  const { texts } = useLanguage();
  const entriesOf = useRowMenu();
  useTypingOf(row.id);
  const title = titleOf(row, texts);
  const entries = entriesOf(row);
  const tabIndex = isTabStop ? 0 : -1;
  return (
    <ContextualMenu entries={entries}>
      <div className={styles.row} data-open={isOpen || undefined}>
        <Link
          href={routes.chat(row.id)}
          className={styles.link}
          aria-current={isOpen ? "page" : undefined}
          tabIndex={tabIndex}
          data-row={row.id}
          draggable={false}
        >
          <Avatar
            id={row.peer?.id ?? row.id}
            name={title}
            url={row.avatarUrl}
            size={48}
            isOnline={row.isOnline}
          />
          <span className={styles.words}>
            <span className={styles.line}>
              <Name row={row} title={title} />
              <Time row={row} />
            </span>
            <span className={styles.line}>
              <LastLine row={row} />
              <Badges row={row} />
            </span>
          </span>
        </Link>
        <span className={styles.more}>
          <Menu entries={entries}>
            <IconButton label={texts.chats.actionsOf(title)} tabIndex={tabIndex}>
              <Ellipsis size={18} aria-hidden />
            </IconButton>
          </Menu>
        </span>
      </div>
    </ContextualMenu>
  );
});

/** Typing is told only to who follows a chat: the rows on the screen do. */
function useTypingOf(chatId: number): void {
  const tacit = useTacit();
  useEffect(() => {
    let stop: (() => void) | undefined;
    const timer = setTimeout(() => {
      stop = tacit.chats.get(chatId)?.follow();
    }, FOLLOW_AFTER);
    return () => {
      clearTimeout(timer);
      stop?.();
    };
  }, [tacit, chatId]);
}

function Name({ row, title }: { readonly row: ChatRow; readonly title: string }) {
  const { chats } = useLanguage().texts;
  return (
    <span className={styles.name}>
      {row.kind === "private" ? null : <KindIcon kind={row.kind} />}
      <span className={styles.title} data-title>
        {title}
      </span>
      {row.isOnline ? <Spoken>, {chats.online}</Spoken> : null}
      {row.encrypted || row.kind === "private" ? null : (
        <span className={styles.sign} title={chats.encryptedNot}>
          <LockOpen size={14} aria-hidden />
          <Spoken>, {chats.encryptedNot}</Spoken>
        </span>
      )}
      {row.mutedUntil ? (
        <span className={styles.sign} title={chats.muted}>
          <BellOff size={14} aria-hidden />
          <Spoken>, {chats.muted}</Spoken>
        </span>
      ) : null}
      <Spoken>, </Spoken>
    </span>
  );
}

function KindIcon({ kind }: { readonly kind: "group" | "channel" }) {
  const { chats } = useLanguage().texts;
  const Icon = kind === "group" ? Users : Megaphone;
  return (
    <span className={styles.sign} title={chats[kind]}>
      <Icon size={14} strokeWidth={2.4} aria-hidden />
      <Spoken>{chats[kind]} </Spoken>
    </span>
  );
}

function Time({ row }: { readonly row: ChatRow }) {
  const { locale } = useLanguage();
  const at = row.last?.sentAt ?? row.activeAt;
  return (
    <time className={styles.time} dateTime={at.toISOString()} title={fullDateText(at, locale)}>
      {shortDateText(at, locale)}
    </time>
  );
}

function Badges({ row }: { readonly row: ChatRow }) {
  const { chats } = useLanguage().texts;
  return (
    <span className={styles.badges}>
      {row.unread > 0 ? (
        <span className={styles.badge} data-muted={row.mutedUntil ? true : undefined}>
          <span aria-hidden>{row.unread >= 1000 ? "999+" : row.unread}</span>
          <Spoken>, {chats.unread(row.unread, row.unread >= 1000)}</Spoken>
        </span>
      ) : null}
      {row.isFavorite ? (
        <span className={styles.sign}>
          <Star size={14} fill="currentColor" aria-hidden />
          <Spoken>, {chats.favorite}</Spoken>
        </span>
      ) : null}
    </span>
  );
}
