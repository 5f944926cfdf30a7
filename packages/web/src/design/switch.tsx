import { Switch as Radix } from "radix-ui";
import { type ReactNode, useId } from "react";
import styles from "./switch.module.css";

/** Something that is on or off at once, with its label and a sentence about it. */
export function Switch({
  label,
  hint,
  isOn,
  isDisabled = false,
  onChange,
}: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly isOn: boolean;
  readonly isDisabled?: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  const id = useId();
  return (
    <div className={styles.line}>
      <label className={styles.label} htmlFor={id}>
        {label}
        {hint ? <span className={styles.hint}>{hint}</span> : null}
      </label>
      <Radix.Root
        id={id}
        className={styles.track}
        checked={isOn}
        disabled={isDisabled}
        onCheckedChange={onChange}
      >
        <Radix.Thumb className={styles.thumb} />
      </Radix.Root>
    </div>
  );
}
