import type { Message } from "@tacit/client";
import { useTexts } from "../language/language.tsx";
import type { Track } from "./playback.ts";
import { PlaybackTrouble } from "./playback-trouble.tsx";
import { RoundVideo } from "./round-video.tsx";
import { SpeedButton } from "./speed-button.tsx";
import { usePlayed } from "./stores.ts";
import styles from "./video-message.module.css";
import { Sending, Time } from "./voice-message.tsx";

/** A video message: a round picture that plays when it is pressed, and how long it is. */
export function VideoMessage({ message, track }: { readonly message: Message; readonly track: Track }) {
  const { recordings } = useTexts();
  const played = usePlayed(track.key);
  return (
    <fieldset
      className={styles.video}
      data-mine={message.isMine || undefined}
      aria-label={recordings.titles.video}
    >
      <RoundVideo track={track} thumbnailUrl={message.attachments[0]?.thumbnailUrl} />
      <div className={styles.foot}>
        <Time track={track} />
        <Sending message={message} />
        {played && played.step !== "failed" ? <SpeedButton /> : null}
      </div>
      <PlaybackTrouble message={message} track={track} />
    </fieldset>
  );
}
