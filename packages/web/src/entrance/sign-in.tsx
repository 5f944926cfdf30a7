import { useState } from "react";
import { PasswordField } from "../design/field.tsx";
import { Note } from "../design/note.tsx";
import { useTexts } from "../language/language.tsx";
import { routes } from "../routes.ts";
import type { WayIn } from "./entrance.tsx";
import { EntranceForm } from "./entrance-form.tsx";
import { LoginField } from "./login-field.tsx";
import { RememberMe } from "./remember-me.tsx";
import { Screen } from "./screen.tsx";
import { Ways } from "./ways.tsx";

/** Lets in who has an account. */
export function SignIn({ device, login, onLogin, isFirst }: WayIn) {
  const { entrance: t } = useTexts();
  const [password, setPassword] = useState("");
  const [rememberMe, setRememberMe] = useState(false);
  const { state } = device;
  return (
    <Screen title={t.signIn} isFirst={isFirst}>
      {state.name === "nobody" && state.removed ? (
        <div role="status">
          <Note>{t.signedOutHere}</Note>
        </div>
      ) : null}
      <EntranceForm
        action={t.signIn}
        about={login}
        fields={{ invalid_credentials: "password" }}
        check={() => ({
          login: login.trim() ? undefined : t.enterLogin,
          password: password ? undefined : t.enterPassword,
        })}
        submit={() => device.signIn({ login: login.trim(), password, rememberMe })}
      >
        {(refused) => (
          <>
            <LoginField value={login} onChange={onLogin} error={refused.login} />
            <PasswordField
              label={t.password}
              name="password"
              autoComplete="current-password"
              value={password}
              onChange={({ target }) => setPassword(target.value)}
              error={refused.password}
            />
            <RememberMe isOn={rememberMe} onChange={setRememberMe} />
          </>
        )}
      </EntranceForm>
      <Ways
        to={[
          [routes.signUp, t.toSignUp],
          [routes.recover, t.toRecover],
          [routes.oldAccount, t.toOldAccount],
        ]}
      />
    </Screen>
  );
}
