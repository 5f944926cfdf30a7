import { CircleStop, Mic, Pause, SendHorizontal, Trash2 } from "lucide-react";
import { IconButton } from "../design/button.tsx";
import { useTexts } from "../language/language.tsx";
import { Clock } from "./clock.tsx";
import { DiscardDialog, useDiscarding } from "./discard-dialog.tsx";
import { LiveLoudness } from "./live-loudness.tsx";
import styles from "./recording-panel.module.css";
import { useRecorder } from "./stores.ts";
import type { Take } from "./take.ts";

/** A recording goes on by itself: how long and how loud it is, and what can be done with it. */
export function OngoingLine({
  chatId,
  take,
  isPaused,
  onSend,
}: {
  readonly chatId: number;
  readonly take: Take;
  readonly isPaused: boolean;
  readonly onSend: () => Promise<void>;
}) {
  const { recordings } = useTexts();
  const recorder = useRecorder();
  const discarding = useDiscarding(chatId, () => take.elapsed);
  return (
    <div className={styles.line}>
      <IconButton label={recordings.discard} onClick={discarding.ask}>
        <Trash2 size={20} aria-hidden />
      </IconButton>
      <Clock take={take} isPaused={isPaused} />
      <LiveLoudness take={take} isPaused={isPaused} className={styles.live} />
      <IconButton
        label={isPaused ? recordings.resume : recordings.pause}
        onClick={() => (isPaused ? recorder.resume(chatId) : recorder.pause(chatId))}
      >
        {isPaused ? <Mic size={20} aria-hidden /> : <Pause size={20} aria-hidden />}
      </IconButton>
      <IconButton label={recordings.stop} onClick={() => void recorder.end(chatId)}>
        <CircleStop size={20} aria-hidden />
      </IconButton>
      <IconButton look="main" className={styles.send} label={recordings.send} onClick={() => void onSend()}>
        <SendHorizontal size={20} aria-hidden />
      </IconButton>
      <DiscardDialog discarding={discarding} />
    </div>
  );
}
