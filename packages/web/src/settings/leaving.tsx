import { useState } from "react";
import { Button } from "../design/button.tsx";
import { ConfirmDialog } from "../design/dialog.tsx";
import { PasswordField } from "../design/field.tsx";
import { Note } from "../design/note.tsx";
import { Question } from "../design/question.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useAnswer, useDevice, useTacit, useVersion } from "../live/account.tsx";
import { useTask } from "../live/task.ts";
import { Buttons, Part } from "./part.tsx";

/** Leaves this device, or for good. */
export function LeavingSection() {
  return (
    <>
      <SigningOut />
      <Deleting />
    </>
  );
}

function SigningOut() {
  const device = useDevice();
  const { settings: t } = useTexts();
  const [isAsking, setAsking] = useState(false);
  return (
    <Part title={t.signOut} hint={t.signOutHint}>
      <Unsent />
      <Buttons>
        <Button onClick={() => setAsking(true)}>{t.signOut}</Button>
      </Buttons>
      {isAsking ? (
        <Question
          title={t.signOutTitle}
          description={t.signOutDescription}
          action={t.signOut}
          work={() => device.leave((tacit) => tacit.signOut())}
          onClose={() => setAsking(false)}
        >
          <Unsent />
        </Question>
      ) : null}
    </Part>
  );
}

/** How much would be lost. */
function Unsent() {
  const tacit = useTacit();
  const { settings: t } = useTexts();
  const version = useVersion("outbox");
  const unsent = useAnswer(() => tacit.unsent(), [tacit, version]);
  return unsent.value ? <Note look="warn">{t.unsent(unsent.value)}</Note> : null;
}

function Deleting() {
  const device = useDevice();
  const language = useLanguage();
  const { settings: t } = language.texts;
  const [isAsking, setAsking] = useState(false);
  const [password, setPassword] = useState("");
  const remove = useTask(() => device.leave((tacit) => tacit.deleteAccount(password)));
  const close = () => {
    setAsking(false);
    setPassword("");
    remove.clear();
  };
  return (
    <Part title={t.deleteAccount} hint={t.deleteHint}>
      <Buttons>
        <Button look="danger" onClick={() => setAsking(true)}>
          {t.deleteAccount}
        </Button>
      </Buttons>
      <ConfirmDialog
        title={t.deleteTitle}
        description={t.deleteDescription}
        action={t.deleteAccount}
        isOpen={isAsking}
        isBusy={remove.isRunning}
        error={remove.error ? errorText(remove.error, language) : undefined}
        onConfirm={() => void remove.run()}
        onClose={close}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void remove.run();
          }}
        >
          <PasswordField
            label={t.yourPassword}
            autoComplete="current-password"
            value={password}
            onChange={({ target }) => {
              setPassword(target.value);
              remove.clear();
            }}
          />
        </form>
      </ConfirmDialog>
    </Part>
  );
}
