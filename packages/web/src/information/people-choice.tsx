import type { Person } from "@tacit/client";
import { Check, X } from "lucide-react";
import { useState } from "react";
import { Avatar } from "../design/avatar.tsx";
import { TextField } from "../design/field.tsx";
import { Note } from "../design/note.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useAnswer, useTacit } from "../live/account.tsx";
import { isDeleted } from "./facts.ts";
import styles from "./people-choice.module.css";

/** Milliseconds without another letter until the server is asked. */
const PAUSE = 250;

/** Lets a person choose people: those they write with, and whoever a search finds. */
export function PeopleChoice({
  chosen,
  excluded,
  onChange,
}: {
  readonly chosen: readonly Person[];
  /** Ids of people who cannot be chosen. */
  readonly excluded: ReadonlySet<number>;
  readonly onChange: (chosen: readonly Person[]) => void;
}) {
  const language = useLanguage();
  const { people } = language.texts.information;
  const [query, setQuery] = useState("");
  const { value, error, isLoading } = useFound(query.trim());
  const isOffered = ({ id }: Person) => !excluded.has(id);
  const offered = (value ?? []).filter(isOffered);
  const toggle = (person: Person) => {
    const others = chosen.filter(({ id }) => id !== person.id);
    onChange(others.length < chosen.length ? others : [...chosen, person]);
  };
  return (
    <>
      <Chips chosen={chosen} onTakeOut={toggle} />
      <TextField
        type="search"
        label={people.search}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={query}
        onChange={({ target }) => setQuery(target.value)}
      />
      {error === undefined ? null : <Note look="warn">{errorText(error, language)}</Note>}
      <ul className={styles.list} aria-label={query.trim() ? people.found : people.known}>
        {offered.map((person) => (
          <li key={person.id}>
            <Offer
              person={person}
              isChosen={chosen.some(({ id }) => id === person.id)}
              onToggle={() => toggle(person)}
            />
          </li>
        ))}
      </ul>
      <p role="status" className={styles.none}>
        {isLoading
          ? people.searching
          : query.trim() && error === undefined && offered.length === 0
            ? people.none
            : undefined}
      </p>
    </>
  );
}

/** Whom a search finds; without one, those whom I write with. */
function useFound(query: string) {
  const tacit = useTacit();
  return useAnswer(
    async (signal) => {
      if (!query) return tacit.chats.list().flatMap(({ peer }) => (peer && !isDeleted(peer) ? [peer] : []));
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      signal.throwIfAborted();
      const found = await tacit.people.search(query.replace(/^@/, ""), { limit: 30, signal });
      return found.filter(({ id }) => id !== tacit.id);
    },
    [tacit, query],
  );
}

function Chips({
  chosen,
  onTakeOut,
}: {
  readonly chosen: readonly Person[];
  readonly onTakeOut: (person: Person) => void;
}) {
  const { people } = useTexts().information;
  if (chosen.length === 0) return null;
  return (
    <ul className={styles.chips} aria-label={people.chosen}>
      {chosen.map((person) => (
        <li key={person.id}>
          <button
            type="button"
            className={styles.chip}
            aria-label={people.takeOut(person.nickname)}
            onClick={() => onTakeOut(person)}
          >
            <Avatar id={person.id} name={person.nickname} url={person.avatarUrl} size={24} />
            <span>{person.nickname}</span>
            <X size={16} aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Offer({
  person,
  isChosen,
  onToggle,
}: {
  readonly person: Person;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
}) {
  return (
    <button type="button" className={styles.offer} aria-pressed={isChosen} onClick={onToggle}>
      <Avatar id={person.id} name={person.nickname} url={person.avatarUrl} size={40} />
      <span className={styles.who}>
        <span className={styles.name}>{person.nickname}</span>
        <span className={styles.username}>@{person.username}</span>
      </span>
      <span className={styles.mark}>{isChosen ? <Check size={16} aria-hidden /> : null}</span>
    </button>
  );
}
