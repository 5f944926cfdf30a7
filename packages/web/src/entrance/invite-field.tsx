import { Ticket } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button } from "../design/button.tsx";
import { TextField } from "../design/field.tsx";
import { useTexts } from "../language/language.tsx";
import styles from "./invite-field.module.css";

/** The code of an invitation: out of the way of who has none, until the server wants one. */
export function InviteField({
  isOpen,
  onOpen,
  isRequired,
  value,
  onChange,
  error,
}: {
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly isRequired: boolean;
  readonly value: string;
  readonly onChange: (code: string) => void;
  readonly error: string | undefined;
}) {
  const { entrance: t } = useTexts();
  const input = useRef<HTMLInputElement>(null);
  const wasPressed = useRef(false);
  useEffect(() => {
    // The button that had the focus is gone.
    if (isOpen && wasPressed.current) input.current?.focus();
  }, [isOpen]);
  if (!isOpen)
    return (
      <div>
        <Button
          look="plain"
          className={styles.open}
          icon={<Ticket size={18} aria-hidden />}
          aria-expanded={false}
          onClick={() => {
            wasPressed.current = true;
            onOpen();
          }}
        >
          {t.haveInvite}
        </Button>
      </div>
    );
  return (
    <TextField
      label={t.invite}
      name="invite"
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      aria-required={isRequired}
      ref={input}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      error={error}
    />
  );
}
