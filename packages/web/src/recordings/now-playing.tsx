import { X } from "lucide-react";
import { Link } from "wouter";
import { IconButton } from "../design/button.tsx";
import { useTexts } from "../language/language.tsx";
import { routes } from "../routes.ts";
import styles from "./now-playing.module.css";
import { PlayButton } from "./play-button.tsx";
import { SpeedButton } from "./speed-button.tsx";
import { usePlayback, usePlayed } from "./stores.ts";
import { Time } from "./voice-message.tsx";

/** A line that tells what is played while its message may be out of sight, and lets it be paused; nothing while nothing is played. */
export function NowPlaying() {
  const { recordings } = useTexts();
  const playback = usePlayback();
  const played = usePlayed();
  // What waits to be sent is played where it is, and a failure is told there.
  if (!played?.track.place || played.step === "failed") return null;
  const { chatId, messageId, sender } = played.track.place;
  return (
    <section className={styles.line} aria-label={recordings.nowPlaying}>
      <PlayButton track={played.track} size="s" />
      <Link className={styles.what} href={routes.message(chatId, messageId)} title={recordings.goTo(sender)}>
        <span className={styles.sender}>{sender}</span>
        <span className={styles.title}>{played.track.title}</span>
      </Link>
      <span className={styles.time}>
        <Time track={played.track} />
      </span>
      <SpeedButton />
      <IconButton
        label={recordings.stopPlaying}
        onClick={() => {
          playback.stop();
          // The line goes, and what had the focus in it.
          document.querySelector<HTMLElement>("main")?.focus({ preventScroll: true });
        }}
      >
        <X size={18} aria-hidden />
      </IconButton>
    </section>
  );
}
