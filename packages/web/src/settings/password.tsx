import { useState } from "react";
import { PasswordField } from "../design/field.tsx";
import { useToast } from "../design/toasts.tsx";
import { EntranceForm } from "../entrance/entrance-form.tsx";
import { NewPassword, NO_PASSWORD } from "../entrance/new-password.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { Intro } from "./part.tsx";

/** Changes the password. */
export function PasswordSection() {
  const tacit = useTacit();
  const toast = useToast();
  const { settings: t, entrance } = useTexts();
  const [currentPassword, setCurrent] = useState("");
  const [chosen, setChosen] = useState(NO_PASSWORD);
  const { username, nickname } = tacit.me;
  return (
    <>
      <Intro>{t.passwordHint}</Intro>
      <EntranceForm
        action={t.changePassword}
        fields={{ wrong_password: "current", weak_password: "next" }}
        check={() => ({
          current: currentPassword === "" ? entrance.enterPassword : undefined,
          next: chosen.password === "" ? entrance.choosePassword : undefined,
        })}
        submit={async () => {
          const { password: newPassword, acceptWeakPassword } = chosen;
          await tacit.account.changePassword({ currentPassword, newPassword, acceptWeakPassword });
          setCurrent("");
          setChosen(NO_PASSWORD);
          toast({ text: t.passwordChanged });
        }}
      >
        {(refused) => (
          <>
            {/* Password managers look for whose password it is. */}
            <input type="text" autoComplete="username" value={tacit.login} readOnly hidden />
            <PasswordField
              label={t.currentPassword}
              autoComplete="current-password"
              value={currentPassword}
              onChange={({ target }) => setCurrent(target.value)}
              error={refused.current}
            />
            <NewPassword
              label={t.newPassword}
              chosen={chosen}
              onChange={setChosen}
              login={tacit.login}
              username={username}
              nickname={nickname}
              error={refused.next}
            />
          </>
        )}
      </EntranceForm>
    </>
  );
}
