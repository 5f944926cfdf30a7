import { Switch } from "../design/switch.tsx";
import { useTexts } from "../language/language.tsx";

/** Asks how long this device stays signed in. */
export function RememberMe({
  isOn,
  onChange,
}: {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  const { entrance: t } = useTexts();
  return <Switch label={t.rememberMe} hint={t.rememberMeHint} isOn={isOn} onChange={onChange} />;
}
