import type { Tacit } from "@tacit/client";
import { useState } from "react";
import { Button } from "../design/button.tsx";
import { Checkbox } from "../design/checkbox.tsx";
import { PasswordField } from "../design/field.tsx";
import { Note } from "../design/note.tsx";
import { EntranceForm } from "../entrance/entrance-form.tsx";
import { AskWords, KeepWords } from "../entrance/recovery-steps.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { Buttons, Intro, Part } from "./part.tsx";
import { RotateKeys } from "./rotate-keys.tsx";

type Proof = Awaited<ReturnType<Tacit["account"]["renewRecovery"]>>;

/** How far somebody is with new words. */
type Step =
  | { readonly name: "start"; readonly isDone?: true }
  | { readonly name: "password" }
  | { readonly name: "keep" | "ask"; readonly proof: Proof };

/** New recovery words, and new keys. */
export function RecoverySection() {
  const tacit = useTacit();
  const { settings: t, entrance } = useTexts();
  const [step, setStep] = useState<Step>({ name: "start" });
  switch (step.name) {
    case "start":
      return (
        <>
          <Intro>{t.recoveryHint}</Intro>
          <div role="status">{step.isDone ? <Note>{t.renewed}</Note> : null}</div>
          <Part title={t.renewRecovery} hint={t.renewRecoveryHint}>
            <Buttons>
              <Button look="main" onClick={() => setStep({ name: "password" })}>
                {t.renewRecovery}
              </Button>
            </Buttons>
          </Part>
          <RotateKeys />
        </>
      );
    case "password":
      return (
        <MakeWords
          onMade={(proof) => setStep({ name: "keep", proof })}
          onCancel={() => setStep({ name: "start" })}
        />
      );
    case "keep":
      return (
        <>
          <Intro>{entrance.wordsWhy}</Intro>
          <KeepWords
            words={step.proof.words}
            login={tacit.login}
            onKept={() => setStep({ name: "ask", proof: step.proof })}
          />
        </>
      );
    case "ask":
      return (
        <>
          <Intro>{entrance.proveWhy}</Intro>
          <AskWords
            words={step.proof.words}
            positions={step.proof.positions}
            action={t.useWords}
            onProve={async (answers) => {
              const isProven = await step.proof.confirm(answers);
              if (isProven) setStep({ name: "start", isDone: true });
              return isProven;
            }}
            onBack={() => setStep({ name: "keep", proof: step.proof })}
          />
        </>
      );
  }
}

function MakeWords({
  onMade,
  onCancel,
}: {
  readonly onMade: (proof: Proof) => void;
  readonly onCancel: () => void;
}) {
  const tacit = useTacit();
  const { settings: t, entrance, common } = useTexts();
  const [password, setPassword] = useState("");
  const [rotate, setRotate] = useState(false);
  return (
    <>
      <Intro>{t.renewRecoveryHint}</Intro>
      <EntranceForm
        action={t.makeWords}
        fields={{ wrong_password: "password" }}
        check={() => ({ password: password === "" ? entrance.enterPassword : undefined })}
        submit={async () => onMade(await tacit.account.renewRecovery({ password, rotate }))}
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
            <div>
              <Checkbox label={t.lostWords} isChecked={rotate} onChange={setRotate} />
              <Intro>{t.lostWordsHint}</Intro>
            </div>
          </>
        )}
      </EntranceForm>
      <Button look="plain" onClick={onCancel}>
        {common.cancel}
      </Button>
    </>
  );
}
