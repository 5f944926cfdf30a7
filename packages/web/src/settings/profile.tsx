import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type ReactNode, useState } from "react";
import { Button, IconButton } from "../design/button.tsx";
import { TextField } from "../design/field.tsx";
import { useToast } from "../design/toasts.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useTacit, useVersion } from "../live/account.tsx";
import { useTask } from "../live/task.ts";
import { Part } from "./part.tsx";
import { Picture } from "./picture.tsx";
import styles from "./profile.module.css";

/** Who I am to others, and what I sign in with. */
export function ProfileSection() {
  useVersion("profiles");
  const tacit = useTacit();
  const { settings: t } = useTexts();
  const { nickname, username } = tacit.me;
  return (
    <>
      <Part title={t.picture} hint={t.pictureHint}>
        <Picture />
      </Part>
      <div className={styles.lines}>
        <Line
          label={t.nickname}
          hint={t.nicknameHint}
          value={nickname}
          most={32}
          tooLong={t.nicknameLength}
          saved={t.nicknameSaved}
          onSave={(text) => tacit.account.setNickname(text)}
          autoComplete="nickname"
        />
        <Line
          label={t.username}
          hint={t.usernameHint}
          value={username}
          most={64}
          tooLong={t.usernameLength}
          saved={t.usernameSaved}
          onSave={(text) => tacit.account.setUsername(text)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <Login login={tacit.login} />
      </div>
    </>
  );
}

/** A line that is saved by itself. */
function Line({
  value,
  most,
  tooLong,
  saved,
  onSave,
  ...field
}: {
  readonly label: string;
  readonly hint: ReactNode;
  readonly value: string;
  /** Characters. */
  readonly most: number;
  /** What to say of one that is too long, or empty. */
  readonly tooLong: string;
  readonly saved: string;
  readonly onSave: (text: string) => Promise<unknown>;
} & Omit<ComponentProps<"input">, "value">) {
  const language = useLanguage();
  const toast = useToast();
  // What another device changes is shown here, unless something is typed: then that stays.
  const [typed, setTyped] = useState<string>();
  const [isWrong, setWrong] = useState(false);
  const task = useTask(async (text: string) => {
    await onSave(text);
    setTyped(undefined);
    toast({ text: saved });
  });
  const text = typed ?? value;
  const save = () => {
    const { length } = [...text.trim()];
    const isTaken = length > 0 && length <= most;
    setWrong(!isTaken);
    if (isTaken) void task.run(text.trim());
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== value) save();
      }}
    >
      <TextField
        {...field}
        value={text}
        onChange={({ target }) => {
          setTyped(target.value);
          setWrong(false);
          task.clear();
        }}
        error={isWrong ? tooLong : task.error ? errorText(task.error, language) : undefined}
        end={
          text.trim() === value ? null : (
            <Button type="submit" look="main" className={styles.save} isBusy={task.isRunning}>
              {language.texts.common.save}
            </Button>
          )
        }
      />
    </form>
  );
}

function Login({ login }: { readonly login: string }) {
  const { settings: t } = useTexts();
  const [isShown, setShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <TextField
      label={t.login}
      hint={t.loginHint}
      readOnly
      type={isShown ? "text" : "password"}
      autoComplete="off"
      value={login}
      end={
        <IconButton
          label={isShown ? t.hideLogin : t.showLogin}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        >
          <Icon size={18} aria-hidden />
        </IconButton>
      }
    />
  );
}
