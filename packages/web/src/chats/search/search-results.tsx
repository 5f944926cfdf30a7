import type { Message, Person } from "@tacit/client";
import { Archive, SearchX } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { Link, useLocation } from "wouter";
import { Avatar } from "../../design/avatar.tsx";
import { Button } from "../../design/button.tsx";
import { Note } from "../../design/note.tsx";
import { Empty } from "../../design/pane.tsx";
import { Spinner } from "../../design/spinner.tsx";
import { Spoken } from "../../design/spoken.tsx";
import { fullDateText, shortDateText } from "../../language/dates.ts";
import { errorText } from "../../language/errors.ts";
import { useLanguage } from "../../language/language.tsx";
import { useTacit } from "../../live/account.tsx";
import { useTask } from "../../live/task.ts";
import { routes } from "../../routes.ts";
import type { ChatRow } from "../chat-rows.ts";
import { previewOf } from "../preview.ts";
import { nameOf, namesOf } from "../system-text.ts";
import { titleOf } from "../titles.ts";
import styles from "./search-results.module.css";
import { useChatSearch, useMessageSearch, usePeopleSearch } from "./use-search.ts";
import { excerptOf } from "./words.ts";

/** Chats shown before somebody asks for more. */
const FEW = 6;

/** What was found: chats, people, messages. Arrow keys move through all of it. */
export function SearchResults({
  query,
  rows,
  onDone,
}: {
  readonly query: string;
  readonly rows: readonly ChatRow[];
  /** Something was chosen that ends the search. */
  readonly onDone: () => void;
}) {
  const language = useLanguage();
  const { chats } = language.texts;
  const found = useChatSearch(query, rows);
  const known = new Set(rows.map(({ peer }) => peer?.id));
  const people = usePeopleSearch(query);
  const strangers = people.people.filter(({ id }) => !known.has(id));
  const messages = useMessageSearch(query);
  const isSearching = people.isLoading || messages.isLoading;
  const count = found.length + strangers.length + messages.messages.length;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the results inside take the focus; the keys move between them.
    <div
      className={styles.results}
      onKeyDown={(event) => (event.key === "Escape" ? focusField(event) : moveByKey(event))}
    >
      <p role="status">
        <Spoken>
          {isSearching ? chats.searching : count > 0 ? chats.foundSome(count) : chats.nothingFound(query)}
        </Spoken>
      </p>
      <FoundChats rows={found} onDone={onDone} />
      <FoundPeople people={strangers} onDone={onDone} />
      {people.isOffline ? <p className={styles.aside}>{chats.peopleOffline}</p> : null}
      {people.error && !people.isOffline ? (
        <Note look="alert">{errorText(people.error, language)}</Note>
      ) : null}
      <FoundMessages query={query} rows={rows} found={messages.messages} more={messages.more} />
      {messages.error ? <Note look="alert">{errorText(messages.error, language)}</Note> : null}
      {isSearching ? (
        <div className={styles.searching}>
          <Spinner />
        </div>
      ) : null}
      {count === 0 && !isSearching ? (
        <div className={styles.nothing}>
          <Empty icon={<SearchX size={36} strokeWidth={1.5} aria-hidden />} title={chats.nothingFound(query)}>
            <p>{chats.nothingFoundHint}</p>
          </Empty>
        </div>
      ) : null}
      <p className={styles.aside}>{chats.onThisDevice}</p>
    </div>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className={styles.heading}>
        {title}
      </h2>
      <ul>{children}</ul>
    </section>
  );
}

function FoundChats({ rows, onDone }: { readonly rows: readonly ChatRow[]; readonly onDone: () => void }) {
  const { texts } = useLanguage();
  const [all, setAll] = useState(false);
  if (rows.length === 0) return null;
  return (
    <>
      <Section title={texts.chats.foundChats}>
        {rows.slice(0, all ? rows.length : FEW).map((row) => {
          const title = titleOf(row, texts);
          const icon = row.isArchived ? (
            <span className={styles.time} title={texts.chats.archived}>
              <Archive size={15} aria-hidden />
              <Spoken>, {texts.chats.archived}</Spoken>
            </span>
          ) : null;
          return (
            <li key={row.id}>
              <Link href={routes.chat(row.id)} className={styles.result} onClick={onDone} data-result>
                <Avatar
                  id={row.peer?.id ?? row.id}
                  name={title}
                  url={row.avatarUrl}
                  size={40}
                  isOnline={row.isOnline}
                />
                <span className={styles.words}>
                  <span className={styles.line}>
                    <span className={styles.name}>{title}</span>
                    {icon}
                  </span>
                  <span className={styles.below}>
                    {row.peer
                      ? handleOf(row.peer)
                      : texts.chats[row.kind === "channel" ? "channel" : "group"]}
                  </span>
                </span>
              </Link>
            </li>
          );
        })}
      </Section>
      {!all && rows.length > FEW ? (
        <Button look="plain" isWide onClick={() => setAll(true)}>
          {texts.chats.moreChats}
        </Button>
      ) : null}
    </>
  );
}

function FoundPeople({
  people,
  onDone,
}: {
  readonly people: readonly Person[];
  readonly onDone: () => void;
}) {
  const tacit = useTacit();
  const language = useLanguage();
  const { texts } = language;
  const [, navigate] = useLocation();
  const open = useTask(async (person: Person) => {
    const chat = await tacit.chats.withUser(person);
    onDone();
    navigate(routes.chat(chat.id));
  });
  if (people.length === 0) return null;
  return (
    <>
      <Section title={texts.chats.foundPeople}>
        {people.map((person) => (
          <li key={person.id}>
            <button type="button" className={styles.result} onClick={() => void open.run(person)} data-result>
              <PersonWords person={person} />
            </button>
          </li>
        ))}
      </Section>
      {open.error ? <Note look="alert">{errorText(open.error, language)}</Note> : null}
    </>
  );
}

/** Somebody in a list: picture, name, username. */
export function PersonWords({ person }: { readonly person: Person }) {
  const { texts } = useLanguage();
  const name = nameOf(person, texts);
  return (
    <>
      <Avatar id={person.id} name={name} url={person.avatarUrl} size={40} />
      <span className={styles.words}>
        <span className={styles.name}>{name}</span>
        <span className={styles.below}>{handleOf(person)}</span>
      </span>
    </>
  );
}

const handleOf = ({ username }: Person) => (username === "" ? "" : `@${username}`);

function FoundMessages({
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
      <Section title={chats.foundMessages}>
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
      </Section>
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

/** Up and down through all results; up from the first, back to the field. */
export function moveByKey(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const results = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-result]")];
  const at = results.findIndex((result) => result.matches(":focus"));
  if (at < 0) return;
  event.preventDefault();
  if (at + step < 0) focusField(event);
  else results[at + step]?.focus();
}

function focusField({ currentTarget }: KeyboardEvent<HTMLElement>): void {
  currentTarget.closest("[data-search]")?.querySelector("input")?.focus();
}
