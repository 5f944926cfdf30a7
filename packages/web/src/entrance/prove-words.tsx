import type { Unproven } from "@tacit/client";
import { useState } from "react";
import type { Device } from "../device.ts";
import { useTexts } from "../language/language.tsx";
import { AskWords, KeepWords } from "./recovery-steps.tsx";
import { Lead, Screen } from "./screen.tsx";

/** The last step into a new account: the recovery words are shown, and some of them asked for. A reload goes on here. */
export function ProveWords({ device, unproven }: { readonly device: Device; readonly unproven: Unproven }) {
  const { entrance: t } = useTexts();
  const [isKept, setKept] = useState(false);
  const { words, positions, login } = unproven;
  if (!isKept)
    return (
      <Screen key="keep" title={t.wordsTitle}>
        <Lead>{t.wordsWhy}</Lead>
        <KeepWords words={words} login={login} onKept={() => setKept(true)} />
      </Screen>
    );
  return (
    <Screen key="ask" title={t.proveTitle}>
      <Lead>{t.proveWhy}</Lead>
      <AskWords
        words={words}
        positions={positions}
        action={t.prove}
        onProve={(answers) => device.prove(answers)}
        onBack={() => setKept(false)}
      />
    </Screen>
  );
}
