import { Spoken } from "../design/spoken.tsx";
import { useTexts } from "../language/language.tsx";
import styles from "./filter-bar.module.css";
import { FILTERS, type Filter } from "./filters.ts";

/** Chooses which chats are shown; the numbers are chats with unread messages. */
export function FilterBar({
  chosen,
  counts,
  onChoose,
}: {
  readonly chosen: Filter;
  readonly counts: Readonly<Record<Filter, number>>;
  readonly onChoose: (filter: Filter) => void;
}) {
  const { chats } = useTexts();
  return (
    <fieldset className={styles.bar}>
      <legend>
        <Spoken>{chats.show}</Spoken>
      </legend>
      {FILTERS.map((filter) => (
        <label key={filter} className={styles.filter}>
          <input
            type="radio"
            name="chat-filter"
            className={styles.input}
            checked={filter === chosen}
            onChange={() => onChoose(filter)}
          />
          {chats.filters[filter]}
          {counts[filter] > 0 ? (
            <span className={styles.count}>
              <span aria-hidden>{counts[filter]}</span>
              <Spoken>, {chats.withUnread(counts[filter])}</Spoken>
            </span>
          ) : null}
        </label>
      ))}
    </fieldset>
  );
}
