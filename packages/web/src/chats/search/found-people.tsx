import type { Person } from "@tacit/client";
import { useLocation } from "wouter";
import { Note } from "../../design/note.tsx";
import { errorText } from "../../language/errors.ts";
import { useLanguage } from "../../language/language.tsx";
import { useTacit } from "../../live/account.tsx";
import { useTask } from "../../live/task.ts";
import { routes } from "../../routes.ts";
import { PersonWords } from "../people/person-words.tsx";
import { FoundSection } from "./found-section.tsx";
import styles from "./search-results.module.css";

/** People whom I have no chat with yet; choosing one begins it. */
export function FoundPeople({
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
      <FoundSection title={texts.chats.foundPeople}>
        {people.map((person) => (
          <li key={person.id}>
            <button type="button" className={styles.result} onClick={() => void open.run(person)} data-result>
              <PersonWords person={person} />
            </button>
          </li>
        ))}
      </FoundSection>
      {open.error ? <Note look="alert">{errorText(open.error, language)}</Note> : null}
    </>
  );
}
