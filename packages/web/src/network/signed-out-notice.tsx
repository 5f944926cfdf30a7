import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "../design/button.tsx";
import { PasswordField } from "../design/field.tsx";
import { RememberMe } from "../entrance/remember-me.tsx";
import { RemoveHere } from "../entrance/remove-here.tsx";
import { useWait } from "../entrance/wait.ts";
import { clockText } from "../language/dates.ts";
import { errorText } from "../language/errors.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useDevice, useTacit, useVersion } from "../live/account.tsx";
import { type Task, useTask } from "../live/task.ts";
import styles from "./signed-out-notice.module.css";

/** The server has ended the session: says so, and lets somebody in again without losing what is here. */
export function SignedOutNotice() {
  const tacit = useTacit();
  useVersion("session");
  const device = useDevice();
  const { network: t } = useTexts();
  const [isEntering, setEntering] = useState(false);
  const entry = useTask(async (password: string, rememberMe: boolean) => {
    await device.signInAgain(password, rememberMe);
    setEntering(false);
  });
  // While it is tried, and after a wrong password, the account is opened anew and has yet to find out that it is signed out.
  if (!tacit.signedOut && !entry.isRunning && !entry.error) return null;
  return (
    <section className={styles.notice} aria-label={t.signedOutTitle}>
      <div role="status">
        <p className={styles.title}>{t.signedOutTitle}</p>
        <p>{t.signedOut}</p>
      </div>
      {isEntering ? (
        <Entry login={tacit.login} task={entry} />
      ) : (
        <Button look="main" isWide onClick={() => setEntering(true)}>
          {t.signInAgain}
        </Button>
      )}
      <RemoveHere device={device} look="plain" label={t.removeHere} />
    </section>
  );
}

/** Asks for the password. */
function Entry({ login, task }: { readonly login: string; readonly task: Task<[string, boolean]> }) {
  const language = useLanguage();
  const { network: t, entrance } = language.texts;
  const [password, setPassword] = useState("");
  const [rememberMe, setRememberMe] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const wait = useWait(task.error);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus comes at the beginning, and back when something is wrong.
  useEffect(() => input.current?.focus(), [task.error]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password === "") input.current?.focus();
    else if (wait === 0) void task.run(password, rememberMe);
  };
  return (
    <form className={styles.form} noValidate onSubmit={submit}>
      <input type="hidden" name="login" autoComplete="username" value={login} readOnly />
      <PasswordField
        ref={input}
        label={entrance.password}
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={({ target }) => setPassword(target.value)}
        error={task.error ? errorText(task.error, language) : undefined}
      />
      <RememberMe isOn={rememberMe} onChange={setRememberMe} />
      <Button type="submit" look="main" isWide isBusy={task.isRunning} disabled={wait > 0}>
        {wait > 0 ? entrance.waitFor(clockText(wait)) : t.signInAgain}
      </Button>
    </form>
  );
}
