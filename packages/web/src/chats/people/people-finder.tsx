import type { Person } from "@tacit/client";
import { Check } from "lucide-react";
import { type ComponentProps, type KeyboardEvent, type ReactNode, useDeferredValue, useState } from "react";
import { TextField } from "../../design/field.tsx";
import { Note } from "../../design/note.tsx";
import { Spinner } from "../../design/spinner.tsx";
import { errorText } from "../../language/errors.ts";
import { useLanguage } from "../../language/language.tsx";
import type { ChatRow } from "../chat-rows.ts";
import { FoundSection } from "../search/found-section.tsx";
import { moveByKey } from "../search/move-by-key.ts";
import result from "../search/search-results.module.css";
import { usePeopleSearch } from "../search/use-search.ts";
import { matches } from "../search/words.ts";
import { nameOf } from "../system-text.ts";
import { useChatRows } from "../use-chat-rows.ts";
import styles from "./people.module.css";
import { PersonWords } from "./person-words.tsx";

/** People shown before anything is typed; the others are a few letters away. */
const MOST = 50;

/** Finds people: first those whom I have a chat with, then everybody on the server. */
export function PeopleFinder({
  label,
  picked,
  excluded,
  onPick,
  children,
  ...field
}: {
  readonly label: string;
  /** Who is chosen already, where several can be; picking them again takes them out. */
  readonly picked?: ReadonlySet<number>;
  /** Who is not offered. */
  readonly excluded?: ReadonlySet<number>;
  readonly onPick: (person: Person) => void;
  /** Stands between the field and the people. */
  readonly children?: ReactNode;
} & Pick<ComponentProps<"input">, "autoFocus">) {
  const language = useLanguage();
  const { chats } = language.texts;
  const [typed, setTyped] = useState("");
  const query = useDeferredValue(typed.trim().replace(/^@/, ""));
  const found = usePeopleSearch(query);
  const known = ownPeople(useChatRows());
  const own = known.filter(
    (person) => !excluded?.has(person.id) && matches(query, nameOf(person, language.texts), person.username),
  );
  const ownIds = new Set(own.map(({ id }) => id));
  const others = found.people.filter(({ id }) => !ownIds.has(id) && !excluded?.has(id));
  const isNobody = query !== "" && own.length + others.length === 0 && !found.isLoading && !found.error;
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const first = event.currentTarget.closest("[data-search]")?.querySelector<HTMLElement>("[data-result]");
    if (event.nativeEvent.isComposing || !first) return;
    if (event.key === "ArrowDown") first.focus();
    else if (event.key === "Enter" && query !== "" && query === typed.trim().replace(/^@/, "")) first.click();
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the people inside take the focus; the keys move between them.
    <div className={styles.finder} data-search onKeyDown={moveByKey}>
      <TextField
        {...field}
        label={label}
        hint={chats.findPersonHint}
        type="text"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={onKeyDown}
      />
      {children}
      <div className={styles.people}>
        <People title={chats.yourPeople} people={own.slice(0, MOST)} picked={picked} onPick={onPick} />
        <People title={chats.foundOnServer} people={others} picked={picked} onPick={onPick} />
        <div role="status" className={styles.state}>
          {isNobody && !found.isOffline ? chats.nobodyFound(query) : null}
          {query === "" && known.length === 0 ? chats.nobodyYet : null}
          {found.isOffline ? chats.peopleOffline : null}
          {found.isLoading && query !== "" ? <Spinner label={chats.searching} /> : null}
        </div>
        {found.error && !found.isOffline ? (
          <Note look="alert">{errorText(found.error, language)}</Note>
        ) : null}
      </div>
    </div>
  );
}

/** Those whom I have a private chat with, latest first. */
function ownPeople(rows: readonly ChatRow[]): readonly Person[] {
  return rows.flatMap(({ peer }) => (peer && peer.username !== "" ? [peer] : []));
}

function People({
  title,
  people,
  picked,
  onPick,
}: {
  readonly title: string;
  readonly people: readonly Person[];
  readonly picked: ReadonlySet<number> | undefined;
  readonly onPick: (person: Person) => void;
}) {
  if (people.length === 0) return null;
  return (
    <FoundSection title={title}>
      {people.map((person) => (
        <li key={person.id}>
          <button
            type="button"
            className={result.result}
            aria-pressed={picked?.has(person.id)}
            onClick={() => onPick(person)}
            data-result
          >
            <PersonWords person={person} />
            {picked?.has(person.id) ? <Check size={20} className={styles.check} aria-hidden /> : null}
          </button>
        </li>
      ))}
    </FoundSection>
  );
}
