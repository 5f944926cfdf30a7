import { useState } from "react";
import { useLocation } from "wouter";
import { useTexts } from "../language/language.tsx";
import { routes } from "../routes.ts";
import type { WayIn } from "./entrance.tsx";
import { EntranceForm } from "./entrance-form.tsx";
import { LoginField } from "./login-field.tsx";
import { NewPassword, NO_PASSWORD } from "./new-password.tsx";
import { RememberMe } from "./remember-me.tsx";
import { Lead, Screen } from "./screen.tsx";
import { Ways } from "./ways.tsx";
import { WordsField } from "./words-field.tsx";

/** Lets in who has forgotten the password, with the recovery words. */
export function Recover({ device, login, onLogin, isFirst }: WayIn) {
  const { entrance: t } = useTexts();
  const [, navigate] = useLocation();
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState(NO_PASSWORD);
  const [rememberMe, setRememberMe] = useState(false);
  const submit = async () => {
    const { password: newPassword, acceptWeakPassword } = chosen;
    await device.recover({ login: login.trim(), words, newPassword, acceptWeakPassword, rememberMe });
    navigate(routes.home, { replace: true });
  };
  return (
    <Screen title={t.recoverTitle} isFirst={isFirst}>
      <Lead>{t.recoverWhy}</Lead>
      <EntranceForm
        action={t.recoverAction}
        about={login}
        fields={{
          recovery_word_count: "words",
          recovery_word_unknown: "words",
          recovery_checksum: "words",
          invalid_recovery: "words",
          weak_password: "password",
        }}
        check={() => ({
          login: login.trim() ? undefined : t.enterLogin,
          words: words.trim() ? undefined : t.enterWords,
          password: chosen.password ? undefined : t.chooseNewPassword,
        })}
        submit={submit}
      >
        {(refused) => (
          <>
            <LoginField value={login} onChange={onLogin} error={refused.login} />
            <WordsField value={words} onChange={setWords} error={refused.words} />
            <NewPassword
              label={t.newPassword}
              hint={t.passwordHint}
              chosen={chosen}
              onChange={setChosen}
              login={login}
              error={refused.password}
            />
            <RememberMe isOn={rememberMe} onChange={setRememberMe} />
          </>
        )}
      </EntranceForm>
      <Ways to={[[routes.signIn, t.toSignIn]]} />
    </Screen>
  );
}
