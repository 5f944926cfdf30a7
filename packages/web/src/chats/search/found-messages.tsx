import type { Message } from "@tacit/client";
import { Link } from "wouter";
import { Avatar } from "../../design/avatar.tsx";
import { Button } from "../../design/button.tsx";
import { fullDateText, shortDateText } from "../../language/dates.ts";
import { useLanguage } from "../../language/language.tsx";
import { useTacit } from "../../live/account.tsx";
import { routes } from "../../routes.ts";
import type { ChatRow } from "../chat-rows.ts";
import { previewOf } from "../preview.ts";
import { namesOf } from "../system-text.ts";
import { titleOf } from "../titles.ts";
import { FoundSection } from "./found-section.tsx";
import styles from "./search-results.module.css";
import { excerptOf } from "./words.ts";

/** Messages that hold the words, and the way to more of them. */
export function FoundMessages({
  query,
  rows,
  found,
  more,
}: {
  readonly query: string;
  readonly rows: readonly ChatRow[];
  readonly found: readonly Message[];
  readonly more: (() => void) | undefined;
}) {
  const { chats } = useLanguage().texts;
  if (found.length === 0) return null;
  return (
    <>
      <FoundSection title={chats.foundMessages}>
        {found.map((message) => {
          const row = rows.find(({ id }) => id === message.chatId);
          if (!row || message.id === undefined) return null;
          return (
            <li key={message.key}>
              <FoundMessage
                query={query}
                row={row}
                message={message}
                href={routes.message(row.id, message.id)}
              />
            </li>
          );
        })}
      </FoundSection>
      {more ? (
        <Button look="plain" isWide onClick={more}>
          {chats.moreMessages}
        </Button>
      ) : null}
    </>
  );
}

function FoundMessage({
  query,
  row,
  message,
  href,
}: {
  readonly query: string;
  readonly row: ChatRow;
  readonly message: Message;
  readonly href: string;
}) {
  const tacit = useTacit();
  const { texts, locale } = useLanguage();
  const title = titleOf(row, texts);
  const { sender, text } = previewOf(message, {
    names: namesOf(tacit, texts),
    texts,
    isMany: row.kind !== "private",
  });
  const pieces = excerptOf(message.text || text, query);
  return (
    <Link href={href} className={styles.result} data-result>
      <Avatar id={row.peer?.id ?? row.id} name={title} url={row.avatarUrl} size={40} />
      <span className={styles.words}>
        <span className={styles.line}>
          <span className={styles.name}>{title}</span>
          <time
            className={styles.time}
            dateTime={message.sentAt.toISOString()}
            title={fullDateText(message.sentAt, locale)}
          >
            {shortDateText(message.sentAt, locale)}
          </time>
        </span>
        <span className={styles.excerpt}>
          {sender ? <span className={styles.sender}>{sender}: </span> : null}
          {pieces.map(({ text, isFound }, at) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: a piece is nothing but its place.
            isFound ? <mark key={at}>{text}</mark> : text,
          )}
        </span>
      </span>
    </Link>
  );
}
