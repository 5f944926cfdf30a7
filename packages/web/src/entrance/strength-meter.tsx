import type { PasswordStrength } from "@tacit/client";
import { Spoken } from "../design/spoken.tsx";
import type { Texts } from "../language/en/index.ts";
import { useTexts } from "../language/language.tsx";
import styles from "./strength-meter.module.css";

/** A password that is too short cannot be better than this. */
const MOST_OF_SHORT = 1;

/** How hard a password is to guess, in bars and in words, and what would help. */
export function StrengthMeter({
  strength,
  isShort,
}: {
  /** Nothing while nothing is typed. */
  readonly strength: PasswordStrength | undefined;
  readonly isShort: boolean;
}) {
  const { entrance: t } = useTexts();
  if (!strength) return <div className={styles.strength} />;
  const score = isShort ? Math.min(strength.score, MOST_OF_SHORT) : strength.score;
  const word = t.strengthOf[score];
  return (
    <div className={styles.strength}>
      <Spoken>
        <meter aria-label={t.strength} aria-valuetext={word} min={0} max={4} value={score} />
      </Spoken>
      <div className={styles.bars} data-score={score} aria-hidden="true">
        {[1, 2, 3, 4].map((bar) => (
          <span key={bar} className={styles.bar} data-full={bar <= Math.max(1, score) || undefined} />
        ))}
      </div>
      <p className={styles.word} aria-live="polite">
        {word}
      </p>
      <p className={styles.advice}>{adviceOf(strength, isShort, t).join(" ")}</p>
    </div>
  );
}

/** @returns sentences; names that are new to this version are left out */
function adviceOf(strength: PasswordStrength, isShort: boolean, t: Texts["entrance"]): string[] {
  const warnings: Readonly<Record<string, string>> = t.warnings;
  const suggestions: Readonly<Record<string, string>> = t.suggestions;
  const warning = strength.warning === null ? [] : (warnings[strength.warning] ?? []);
  const helpful = strength.score < 3 ? strength.suggestions : [];
  return [isShort ? t.tooShort : [], warning, helpful.flatMap((name) => suggestions[name] ?? [])].flat();
}
