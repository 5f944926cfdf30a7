import type { ComponentProps } from "react";
import { TextField } from "../design/field.tsx";
import { useTexts } from "../language/language.tsx";

/** What somebody signs in with. */
export function LoginField({
  value,
  onChange,
  ...rest
}: Omit<ComponentProps<typeof TextField>, "label" | "value" | "onChange"> & {
  readonly value: string;
  readonly onChange: (login: string) => void;
}) {
  const { entrance: t } = useTexts();
  return (
    <TextField
      label={t.login}
      name="login"
      autoComplete="username"
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      {...rest}
    />
  );
}
