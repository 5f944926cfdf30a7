import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type ReactNode, useId, useState } from "react";
import { useTexts } from "../language/language.tsx";
import { IconButton } from "./button.tsx";
import styles from "./field.module.css";

interface FieldParts {
  readonly label: string;
  /** A sentence below, for who needs it. */
  readonly hint?: ReactNode;
  /** Why what is in it cannot be taken; read aloud when it appears. */
  readonly error?: string | undefined;
  /** Stands at the end, inside. */
  readonly end?: ReactNode;
}

/** A line of text with its label, hint and error. */
export function TextField({ label, hint, error, end, ...rest }: FieldParts & ComponentProps<"input">) {
  const id = useId();
  const described = [hint ? `${id}-hint` : [], error ? `${id}-error` : []].flat().join(" ");
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <div className={styles.box} data-invalid={error ? true : undefined}>
        <input
          {...rest}
          id={id}
          className={styles.input}
          aria-invalid={error ? true : undefined}
          aria-describedby={described || undefined}
        />
        {end}
      </div>
      {hint ? (
        <div className={styles.hint} id={`${id}-hint`}>
          {hint}
        </div>
      ) : null}
      <div role="alert" className={styles.error} id={`${id}-error`}>
        {error}
      </div>
    </div>
  );
}

/** A password, hidden unless the person wants to see it. */
export function PasswordField(field: Omit<FieldParts, "end"> & ComponentProps<"input">) {
  const texts = useTexts();
  const [isShown, setShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <TextField
      autoCapitalize="none"
      spellCheck={false}
      {...field}
      type={isShown ? "text" : "password"}
      end={
        <IconButton
          label={isShown ? texts.common.hidePassword : texts.common.showPassword}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        >
          <Icon size={18} aria-hidden />
        </IconButton>
      }
    />
  );
}
