import { type ReactNode, useId } from "react";
import styles from "./checkbox.module.css";

/** Something that a person agrees to before going on, with why it matters if they have not. */
export function Checkbox({
  label,
  isChecked,
  error,
  onChange,
}: {
  readonly label: ReactNode;
  readonly isChecked: boolean;
  readonly error?: string | undefined;
  readonly onChange: (isChecked: boolean) => void;
}) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label className={styles.line}>
        <input
          type="checkbox"
          className={styles.box}
          checked={isChecked}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? id : undefined}
          onChange={({ target }) => onChange(target.checked)}
        />
        <span>{label}</span>
      </label>
      <div role="alert" id={id} className={styles.error}>
        {error}
      </div>
    </div>
  );
}
