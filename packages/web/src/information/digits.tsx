import { Spoken } from "../design/spoken.tsx";
import { useTexts } from "../language/language.tsx";
import styles from "./digits.module.css";

/** A safety number in twelve groups of five: for the eye in columns, for the ear digit by digit. */
export function Digits({ number }: { readonly number: string }) {
  const { information } = useTexts();
  const groups = number.match(/\d{1,5}/g) ?? [];
  return (
    <ol className={styles.digits} aria-label={information.safety.digits}>
      {groups.map((group, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a group is nothing but its place, and two can be alike.
        <li key={at}>
          <span aria-hidden>{group}</span>
          <Spoken>{[...group].join(" ")}</Spoken>
        </li>
      ))}
    </ol>
  );
}
