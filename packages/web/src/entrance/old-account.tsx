import { useState } from "react";
import { useLocation } from "wouter";
import { Checkbox } from "../design/checkbox.tsx";
import { PasswordField } from "../design/field.tsx";
import { Note } from "../design/note.tsx";
import { useTexts } from "../language/language.tsx";
import { routes } from "../routes.ts";
import type { WayIn } from "./entrance.tsx";
import { EntranceForm } from "./entrance-form.tsx";
import { LoginField } from "./login-field.tsx";
import { NewPassword, NO_PASSWORD } from "./new-password.tsx";
import { RememberMe } from "./remember-me.tsx";
import { Screen } from "./screen.tsx";
import { Ways } from "./ways.tsx";

/** Lets in who has an account that an old client made, and says what that costs before asking for anything. */
export function OldAccount({ device, login, onLogin, isFirst }: WayIn) {
  const { entrance: t } = useTexts();
  const [, navigate] = useLocation();
  const [password, setPassword] = useState("");
  const [chosen, setChosen] = useState(NO_PASSWORD);
  const [consents, setConsents] = useState(false);
  const [rememberMe, setRememberMe] = useState(false);
  const submit = async () => {
    const { password: newPassword, acceptWeakPassword } = chosen;
    await device.upgrade({
      login: login.trim(),
      password,
      newPassword: newPassword || undefined,
      acceptWeakPassword,
      rememberMe,
      serverMayLearnPassword: true,
    });
    navigate(routes.home, { replace: true });
  };
  return (
    <Screen title={t.oldTitle} isFirst={isFirst}>
      <Note look="warn">{t.oldWhy}</Note>
      <EntranceForm
        action={t.oldAction}
        about={login}
        fields={{ invalid_credentials: "password", weak_password: "newPassword" }}
        check={() => ({
          login: login.trim() ? undefined : t.enterLogin,
          password: password ? undefined : t.enterPassword,
          newPassword: undefined,
          consent: consents ? undefined : t.oldConsentNeeded,
        })}
        submit={submit}
      >
        {(refused) => (
          <>
            <LoginField value={login} onChange={onLogin} error={refused.login} />
            <PasswordField
              label={t.oldPassword}
              name="password"
              autoComplete="current-password"
              value={password}
              onChange={({ target }) => setPassword(target.value)}
              error={refused.password}
            />
            <NewPassword
              label={t.oldNewPassword}
              hint={t.oldNewPasswordHint}
              chosen={chosen}
              onChange={setChosen}
              login={login}
              error={refused.newPassword}
            />
            <RememberMe isOn={rememberMe} onChange={setRememberMe} />
            <Checkbox
              label={t.oldConsent}
              isChecked={consents}
              onChange={setConsents}
              error={refused.consent}
            />
          </>
        )}
      </EntranceForm>
      <Ways to={[[routes.signIn, t.toSignIn]]} />
    </Screen>
  );
}
