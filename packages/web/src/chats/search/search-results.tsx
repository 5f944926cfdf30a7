import { SearchX } from "lucide-react";
import { Note } from "../../design/note.tsx";
import { Empty } from "../../design/pane.tsx";
import { Spinner } from "../../design/spinner.tsx";
import { Spoken } from "../../design/spoken.tsx";
import { errorText } from "../../language/errors.ts";
import { useLanguage } from "../../language/language.tsx";
import type { ChatRow } from "../chat-rows.ts";
import { FoundChats } from "./found-chats.tsx";
import { FoundMessages } from "./found-messages.tsx";
import { FoundPeople } from "./found-people.tsx";
import { focusField, moveByKey } from "./move-by-key.ts";
import styles from "./search-results.module.css";
import { useChatSearch, useMessageSearch, usePeopleSearch } from "./use-search.ts";

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
