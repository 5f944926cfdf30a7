import type { Person } from "@tacit/client";
import { X } from "lucide-react";
import { Avatar } from "../../design/avatar.tsx";
import { useLanguage } from "../../language/language.tsx";
import styles from "./people.module.css";

/** Who is chosen once somebody is chosen, or taken out if they were. */
export function toggled(people: readonly Person[], person: Person): readonly Person[] {
  const others = people.filter(({ id }) => id !== person.id);
  return others.length < people.length ? others : [...people, person];
}

/** How many and who is chosen; each can be taken out again. */
export function ChosenPeople({
  title,
  people,
  onTakeOut,
}: {
  readonly title: string;
  readonly people: readonly Person[];
  readonly onTakeOut: (person: Person) => void;
}) {
  const { chats } = useLanguage().texts;
  return (
    <div className={styles.chosen}>
      <span role="status" className={styles.count}>
        {people.length > 0 ? `${title}: ${chats.chosen(people.length)}` : null}
      </span>
      {people.length > 0 ? (
        <ul className={styles.chips} aria-label={title}>
          {people.map((person) => (
            <li key={person.id}>
              <button
                type="button"
                className={styles.chip}
                aria-label={chats.takeAway(person.nickname)}
                onClick={() => onTakeOut(person)}
              >
                <Avatar id={person.id} name={person.nickname} url={person.avatarUrl} size={26} />
                <span className={styles.chipName}>{person.nickname}</span>
                <X size={16} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
