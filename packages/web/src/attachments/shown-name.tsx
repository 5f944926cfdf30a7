import styles from "./attachments.module.css";
import { honestName, nameParts } from "./file-name.ts";

/** The name of a file, cut in the middle if it is too long: what kind of file it is stays to be seen. */
export function ShownName({ name }: { readonly name: string }) {
  const { start, end } = nameParts(name);
  return (
    <bdi className={styles.name} title={honestName(name)}>
      <span className={styles.nameStart}>{start}</span>
      {end ? <span className={styles.nameEnd}>{end}</span> : null}
    </bdi>
  );
}
