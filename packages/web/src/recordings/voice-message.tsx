import type { Message } from "@tacit/client";
import { clockText } from "../language/dates.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { PlayButton } from "./play-button.tsx";
import type { Track } from "./playback.ts";
import { PlaybackTrouble } from "./playback-trouble.tsx";
import { SeekBar, useSeeking } from "./seek-bar.tsx";
import { useSending } from "./sending.ts";
import { SpeedButton } from "./speed-button.tsx";
import { usePlayed } from "./stores.ts";
import styles from "./voice-message.module.css";

/** A voice message: what plays it, its waveform, and how long it is. */
export function VoiceMessage({ message, track }: { readonly message: Message; readonly track: Track }) {
  const { recordings } = useTexts();
  const played = usePlayed(track.key);
  return (
    <fieldset
      className={styles.voice}
      data-mine={message.isMine || undefined}
      aria-label={recordings.titles.voice}
    >
      <div className={styles.line}>
        <PlayButton track={track} />
        <div className={styles.sound}>
          <SeekBar track={track} waveform={message.attachments[0]?.waveform} />
          <div className={styles.foot}>
            <Time track={track} />
            <Sending message={message} />
            {played && played.step !== "failed" ? <SpeedButton /> : null}
          </div>
        </div>
      </div>
      <PlaybackTrouble message={message} track={track} />
    </fieldset>
  );
}

/** How long a recording is, and how much of that has been played. */
export function Time({ track }: { readonly track: Track }) {
  const { position, duration } = useSeeking(track);
  const isBegun = usePlayed(track.key) !== undefined || position > 0;
  return (
    <span className={styles.time}>
      {isBegun ? `${clockText(position)} / ${clockText(duration)}` : clockText(duration)}
    </span>
  );
}

/** How far a message of mine is on its way. */
export function Sending({ message }: { readonly message: Message }) {
  const { texts, locale } = useLanguage();
  const sent = useSending(message);
  if (sent === undefined) return null;
  const percent = new Intl.NumberFormat(locale, { style: "percent" }).format(sent);
  return (
    <span className={styles.sending}>
      {sent > 0 ? texts.recordings.sendingPercent(percent) : texts.recordings.sending}
    </span>
  );
}
