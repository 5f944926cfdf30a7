import { useState } from "react";
import { useLocation } from "wouter";
import { TextField } from "../design/field.tsx";
import { useTexts } from "../language/language.tsx";
import { routes } from "../routes.ts";
import type { WayIn } from "./entrance.tsx";
import { EntranceForm } from "./entrance-form.tsx";
import { InviteField } from "./invite-field.tsx";
import { LoginField } from "./login-field.tsx";
import { type NewAccount, wrongInAccount } from "./new-account.ts";
import { NewPassword, NO_PASSWORD } from "./new-password.tsx";
import { RememberMe } from "./remember-me.tsx";
import { Screen } from "./screen.tsx";
import { suggestedUsername } from "./suggested-username.ts";
import { Ways } from "./ways.tsx";

/** Makes an account. @param code of an invitation that somebody opened by its link */
export function SignUp({ device, login, onLogin, isFirst, code = "" }: WayIn & { readonly code?: string }) {
  const { entrance: t } = useTexts();
  const [, navigate] = useLocation();
  const [nickname, setNickname] = useState("");
  const [ownUsername, setOwnUsername] = useState<string>();
  const [chosen, setChosen] = useState(NO_PASSWORD);
  const [invite, setInvite] = useState(code);
  const [isInvited, setInvited] = useState(code !== "");
  const [needsInvite, setNeedsInvite] = useState(false);
  const [rememberMe, setRememberMe] = useState(false);
  const username = ownUsername ?? suggestedUsername(nickname);
  const account: NewAccount = {
    nickname: nickname.trim(),
    username: username.trim(),
    login: login.trim(),
    ...chosen,
    invite: isInvited ? invite.trim() : "",
  };
  const submit = async () => {
    await device.signUp({ ...account, rememberMe, invite: account.invite || undefined });
    navigate(routes.home, { replace: true });
  };
  return (
    <Screen title={t.signUp} isFirst={isFirst}>
      <EntranceForm
        action={t.signUpAction}
        fields={{
          login_taken: "login",
          username_taken: "username",
          weak_password: "password",
          invite_required: "invite",
          invalid_invite: "invite",
        }}
        check={() => wrongInAccount(account, needsInvite, t)}
        onRefused={(code) => {
          if (code !== "invite_required" && code !== "invalid_invite") return;
          setInvited(true);
          setNeedsInvite(true);
        }}
        submit={submit}
      >
        {(refused) => (
          <>
            <TextField
              label={t.nickname}
              hint={t.nicknameHint}
              name="nickname"
              autoComplete="nickname"
              value={nickname}
              onChange={({ target }) => setNickname(target.value)}
              error={refused.nickname}
            />
            <TextField
              label={t.username}
              hint={t.usernameHint}
              name="public-name"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              value={username}
              onChange={({ target }) => setOwnUsername(target.value)}
              error={refused.username}
            />
            <LoginField hint={t.loginHint} value={login} onChange={onLogin} error={refused.login} />
            <NewPassword
              label={t.password}
              hint={t.passwordHint}
              chosen={chosen}
              onChange={setChosen}
              login={login}
              username={username}
              nickname={nickname}
              error={refused.password}
            />
            <InviteField
              isOpen={isInvited}
              onOpen={() => setInvited(true)}
              isRequired={needsInvite}
              value={invite}
              onChange={setInvite}
              error={refused.invite}
            />
            <RememberMe isOn={rememberMe} onChange={setRememberMe} />
          </>
        )}
      </EntranceForm>
      <Ways to={[[routes.signIn, t.toSignIn]]} />
    </Screen>
  );
}
