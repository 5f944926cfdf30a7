import { useLanguage } from "../language/language.tsx";
import { SPEEDS } from "./playback.ts";
import styles from "./speed-button.module.css";
import { usePlayback, useSpeed } from "./stores.ts";

/** Says how fast recordings are played, and goes to the next speed. */
export function SpeedButton() {
  const { texts, locale } = useLanguage();
  const playback = usePlayback();
  const speed = useSpeed();
  const shown = new Intl.NumberFormat(locale).format(speed);
  const next = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1;
  return (
    <button
      type="button"
      className={styles.speed}
      aria-label={texts.recordings.speed(shown)}
      onClick={() => playback.setSpeed(next)}
    >
      <span className={styles.shown}>{texts.recordings.speedShort(shown)}</span>
    </button>
  );
}
