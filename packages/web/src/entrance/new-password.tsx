import { passwordStrength } from "@tacit/client";
import { Checkbox } from "../design/checkbox.tsx";
import { PasswordField } from "../design/field.tsx";
import { useTexts } from "../language/language.tsx";
import { useAnswer } from "../live/account.tsx";
import { StrengthMeter } from "./strength-meter.tsx";

/** Fewer are always refused, in characters. */
const LEAST = 8;
/** From here on a password needs no further word. */
const GOOD = 3;

/** A password as it is chosen: what was typed, and whether it is meant even if it is weak. */
export interface ChosenPassword {
  readonly password: string;
  readonly acceptWeakPassword: boolean;
}

/** Nothing chosen yet. */
export const NO_PASSWORD: ChosenPassword = { password: "", acceptWeakPassword: false };

/** Asks for a new password, tells while it is typed how hard it is to guess, and lets somebody insist on a weak one. */
export function NewPassword({
  label,
  hint,
  chosen,
  onChange,
  login,
  username,
  nickname,
  error,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly chosen: ChosenPassword;
  readonly onChange: (chosen: ChosenPassword) => void;
  /** What it should not be made of. */
  readonly login?: string;
  readonly username?: string;
  readonly nickname?: string;
  readonly error?: string | undefined;
}) {
  const { entrance: t } = useTexts();
  const { password, acceptWeakPassword } = chosen;
  const { value } = useAnswer(
    async () => ({ of: password, strength: await passwordStrength(password, { login, username, nickname }) }),
    [password, login, username, nickname],
  );
  const isShort = [...password.normalize("NFKC")].length < LEAST;
  const strength = password === "" ? undefined : value?.strength;
  const isWeak = strength !== undefined && value?.of === password && strength.score < GOOD && !isShort;
  return (
    <div>
      <PasswordField
        label={label}
        hint={hint}
        name="new-password"
        autoComplete="new-password"
        value={password}
        onChange={({ target }) => onChange({ password: target.value, acceptWeakPassword })}
        error={error}
      />
      <StrengthMeter strength={strength} isShort={isShort} />
      {isWeak || acceptWeakPassword ? (
        <Checkbox
          label={t.acceptWeak}
          isChecked={acceptWeakPassword}
          onChange={(accept) => onChange({ password, acceptWeakPassword: accept })}
        />
      ) : null}
    </div>
  );
}
