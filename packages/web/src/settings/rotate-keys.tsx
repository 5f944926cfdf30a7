import { useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { PasswordField } from "../design/field.tsx";
import { useToast } from "../design/toasts.tsx";
import { EntranceForm } from "../entrance/entrance-form.tsx";
import { WordsField } from "../entrance/words-field.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { Buttons, Part } from "./part.tsx";

/** Replaces the keys: hardly anybody needs it, so it stands last. */
export function RotateKeys() {
  const { settings: t } = useTexts();
  const [isOpen, setOpen] = useState(false);
  return (
    <Part title={`${t.advanced}: ${t.rotateKeys}`} hint={t.rotateKeysHint}>
      <Buttons>
        <Button onClick={() => setOpen(true)}>{t.rotateKeys}</Button>
      </Buttons>
      <Dialog title={t.rotateKeys} isOpen={isOpen} onClose={() => setOpen(false)}>
        <Rotation onDone={() => setOpen(false)} />
      </Dialog>
    </Part>
  );
}

function Rotation({ onDone }: { readonly onDone: () => void }) {
  const tacit = useTacit();
  const toast = useToast();
  const { settings: t, entrance } = useTexts();
  const [password, setPassword] = useState("");
  const [words, setWords] = useState("");
  return (
    <EntranceForm
      action={t.rotateKeys}
      fields={{
        wrong_password: "password",
        invalid_recovery: "words",
        recovery_word_count: "words",
        recovery_word_unknown: "words",
        recovery_checksum: "words",
      }}
      check={() => ({
        password: password === "" ? entrance.enterPassword : undefined,
        words: words.trim() === "" ? entrance.enterWords : undefined,
      })}
      submit={async () => {
        await tacit.account.rotateKeys({ password, words });
        toast({ text: t.keysRotated });
        onDone();
      }}
    >
      {(refused) => (
        <>
          <PasswordField
            label={t.yourPassword}
            autoComplete="current-password"
            value={password}
            onChange={({ target }) => setPassword(target.value)}
            error={refused.password}
          />
          <WordsField value={words} onChange={setWords} error={refused.words} />
        </>
      )}
    </EntranceForm>
  );
}
