import type { Message } from "@tacit/client";
import { useLanguage } from "../language/language.tsx";
import { UnplayableError } from "./media-element.ts";
import type { Track } from "./playback.ts";
import styles from "./playback-trouble.module.css";
import { usePlayback, usePlayed } from "./stores.ts";
import { playbackErrorText } from "./track.ts";

/** Why a recording is not played, and what can be done about it. */
export function PlaybackTrouble({ message, track }: { readonly message: Message; readonly track: Track }) {
  const language = useLanguage();
  const playback = usePlayback();
  const played = usePlayed(track.key);
  const isFailed = played?.step === "failed";
  const isUnplayable = played?.error instanceof UnplayableError;
  return (
    <div role="alert" className={isFailed ? styles.trouble : undefined}>
      {isFailed ? (
        <>
          <p>{playbackErrorText(played.error, language)}</p>
          {isUnplayable ? (
            <button type="button" className={styles.action} onClick={() => void save(message)}>
              {language.texts.recordings.saveFile}
            </button>
          ) : (
            <button type="button" className={styles.action} onClick={() => void playback.play(track)}>
              {language.texts.common.retry}
            </button>
          )}
        </>
      ) : null}
    </div>
  );
}

async function save({ attachments: [attachment] }: Message): Promise<void> {
  if (!attachment) return;
  const href = URL.createObjectURL(await attachment.blob());
  Object.assign(document.createElement("a"), { href, download: attachment.name }).click();
  // The browser takes what it saves before anything else happens.
  setTimeout(() => URL.revokeObjectURL(href));
}
