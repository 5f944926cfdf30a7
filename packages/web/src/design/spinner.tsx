import styles from "./spinner.module.css";

/** Something is under way. @param label read aloud; without one it is decoration */
export function Spinner({ label }: { readonly label?: string }) {
  return label ? (
    <span className={styles.spinner} role="status" aria-label={label} />
  ) : (
    <span className={styles.spinner} />
  );
}
