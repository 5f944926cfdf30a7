import { useState } from "react";
import { Button } from "../design/button.tsx";
import { TextField } from "../design/field.tsx";
import { useTexts } from "../language/language.tsx";
import { EntranceForm } from "./entrance-form.tsx";
import { RecoveryWords } from "./recovery-words.tsx";
import { pastedAnswers } from "./word-answers.ts";

/** Recovery words that somebody has to keep, and to prove that: at the entrance, and in the settings when they are renewed. */
export interface RecoveryStepsProps {
  readonly words: readonly string[];
  /** The places, from 0, of the words to ask for. */
  readonly positions: readonly number[];
  readonly login: string;
  /** What the last button says. */
  readonly action: string;
  /** Takes the answers in the order of `positions`. @returns false if they are wrong */
  readonly onProve: (answers: readonly string[]) => Promise<boolean>;
}

/** Shows the words. */
export function KeepWords({
  words,
  login,
  onKept,
}: Pick<RecoveryStepsProps, "words" | "login"> & { readonly onKept: () => void }) {
  const { entrance: t } = useTexts();
  return (
    <>
      <RecoveryWords words={words} login={login} />
      <Button look="main" isWide onClick={onKept}>
        {t.wordsKept}
      </Button>
    </>
  );
}

/** Asks for some of the words. */
export function AskWords({
  words,
  positions,
  action,
  onProve,
  onBack,
}: Omit<RecoveryStepsProps, "login"> & { readonly onBack: () => void }) {
  const { entrance: t } = useTexts();
  const [answers, setAnswers] = useState<readonly string[]>(() => positions.map(() => ""));
  const [wrong, setWrong] = useState<readonly (string | undefined)[]>([]);
  const answer = (field: number, word: string) => {
    setAnswers(answers.map((old, at) => (at === field ? word : old)));
    setWrong(wrong.map((old, at) => (at === field ? undefined : old)));
  };
  const wordAt = (field: number) => answers[field]?.trim().toLowerCase() ?? "";
  const look = () =>
    positions.map((place, field) => {
      if (wordAt(field) === "") return t.enterWord;
      return wordAt(field) === words[place] ? undefined : t.wrongWord;
    });
  return (
    <EntranceForm
      action={action}
      fields={{}}
      check={() => {
        const found = look();
        setWrong(found);
        return { words: found.find((reason) => reason !== undefined) };
      }}
      submit={async () => {
        if (!(await onProve(answers.map((_, field) => wordAt(field)))))
          setWrong(positions.map(() => t.wrongWord));
      }}
    >
      {() => (
        <>
          {positions.map((place, field) => (
            <TextField
              key={place}
              label={t.wordNumber(place + 1)}
              autoComplete="off"
              autoCapitalize="none"
              autoCorrect="off"
              spellCheck={false}
              value={answers[field] ?? ""}
              error={wrong[field]}
              onChange={({ target }) => answer(field, target.value)}
              onPaste={(event) => {
                const pasted = pastedAnswers(event.clipboardData.getData("text"), positions);
                if (!pasted) return;
                event.preventDefault();
                setAnswers(pasted);
                setWrong([]);
              }}
            />
          ))}
          <Button look="plain" onClick={onBack}>
            {t.showWordsAgain}
          </Button>
        </>
      )}
    </EntranceForm>
  );
}
