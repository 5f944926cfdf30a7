import { SendHorizontal, Trash2 } from "lucide-react";
import { useEffect } from "react";
import { IconButton } from "../design/button.tsx";
import { Spinner } from "../design/spinner.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { DiscardDialog, useDiscarding } from "./discard-dialog.tsx";
import { PlayButton } from "./play-button.tsx";
import type { RecorderState } from "./recorder.ts";
import styles from "./recording-panel.module.css";
import { RoundVideo } from "./round-video.tsx";
import { SeekBar } from "./seek-bar.tsx";
import { usePlayback, usePlayed } from "./stores.ts";
import { playbackErrorText, trackOfRecorded } from "./track.ts";
import { Time } from "./voice-message.tsx";

/** A recording that is not sent yet: it can be heard, sent and thrown away. */
export function ReviewLine({
  chatId,
  state: { step, recorded, ending, error },
  onSend,
}: {
  readonly chatId: number;
  readonly state: Extract<RecorderState, { step: "ready" | "sending" }>;
  readonly onSend: () => Promise<void>;
}) {
  const language = useLanguage();
  const { recordings } = language.texts;
  const track = trackOfRecorded(recorded, recordings.titles);
  const discarding = useDiscarding(chatId, () => recorded.duration);
  const failure = usePlayed(recorded.key)?.error;
  const isSending = step === "sending";
  useEndOfPlaying(recorded.key);
  return (
    <>
      {ending ? <p className={styles.note}>{recordings.ending[ending]}</p> : null}
      <p role="alert" className={`${styles.note} ${styles.isError}`}>
        {error ? errorText(error, language) : failure ? playbackErrorText(failure, language) : null}
      </p>
      {recorded.medium === "video" ? (
        <div className={styles.review}>
          <RoundVideo track={track} />
        </div>
      ) : null}
      <div className={styles.line}>
        <IconButton label={recordings.discard} disabled={isSending} onClick={discarding.ask}>
          <Trash2 size={20} aria-hidden />
        </IconButton>
        {recorded.medium === "voice" ? <PlayButton track={track} size="s" /> : null}
        <div className={styles.seek}>
          <SeekBar track={track} waveform={recorded.waveform} />
        </div>
        <span className={styles.time}>
          <Time track={track} />
        </span>
        <IconButton
          look="main"
          className={styles.send}
          label={isSending ? recordings.sending : recordings.send}
          aria-disabled={isSending || undefined}
          onClick={() => void onSend()}
        >
          {isSending ? <Spinner /> : <SendHorizontal size={20} aria-hidden />}
        </IconButton>
      </div>
      <DiscardDialog discarding={discarding} />
    </>
  );
}

/** What is sent, thrown away or left is not played on. */
function useEndOfPlaying(key: string): void {
  const playback = usePlayback();
  useEffect(
    () => () => {
      if (playback.state?.track.key === key) playback.stop();
    },
    [playback, key],
  );
}
