import type { Person } from "@tacit/client";
import { Avatar } from "../../design/avatar.tsx";
import { useLanguage } from "../../language/language.tsx";
import styles from "../search/search-results.module.css";
import { nameOf } from "../system-text.ts";

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

/** A username as it is shown; nothing once the account is deleted. */
export const handleOf = ({ username }: Person) => (username === "" ? "" : `@${username}`);
