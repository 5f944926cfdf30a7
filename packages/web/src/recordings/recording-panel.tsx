import { CircleAlert, X } from "lucide-react";
import { type RefObject, useEffect, useRef } from "react";
import { Button, IconButton } from "../design/button.tsx";
import { Spinner } from "../design/spinner.tsx";
import { Spoken } from "../design/spoken.tsx";
import { useLanguage, useTexts } from "../language/language.tsx";
import { HeldLine } from "./held-line.tsx";
import { OngoingLine } from "./ongoing-line.tsx";
import { OwnPicture } from "./own-picture.tsx";
import type { RecorderState } from "./recorder.ts";
import styles from "./recording-panel.module.css";
import { ReviewLine } from "./review-line.tsx";
import { spokenTime } from "./spoken-time.ts";
import { useRecorder } from "./stores.ts";

type Busy = Exclude<RecorderState, { step: "idle" }>;

/** What lies over the composer from the first press until a recording is sent or thrown away. */
export function RecordingPanel({
  chatId,
  state,
  onSend,
}: {
  readonly chatId: number;
  readonly state: Busy;
  readonly onSend: () => Promise<void>;
}) {
  const { recordings } = useTexts();
  const panel = useRef<HTMLFieldSetElement>(null);
  useFocus(panel, state.step);
  const isKept = state.step === "ready" || state.step === "sending";
  return (
    <fieldset
      ref={panel}
      className={styles.panel}
      tabIndex={-1}
      aria-label={recordings[isKept ? "recorded" : "recording"][state.medium]}
    >
      <Spoken role="status">
        <Said state={state} />
      </Spoken>
      {"take" in state && state.medium === "video" ? <OwnPicture take={state.take} /> : null}
      <Line chatId={chatId} state={state} onSend={onSend} />
    </fieldset>
  );
}

function Line({
  chatId,
  state,
  onSend,
}: {
  readonly chatId: number;
  readonly state: Busy;
  readonly onSend: () => Promise<void>;
}) {
  switch (state.step) {
    case "recording":
    case "paused":
      return state.isHeld ? (
        <HeldLine take={state.take} />
      ) : (
        <OngoingLine chatId={chatId} take={state.take} isPaused={state.step === "paused"} onSend={onSend} />
      );
    case "ready":
    case "sending":
      return <ReviewLine chatId={chatId} state={state} onSend={onSend} />;
    case "failed":
      return <TroubleLine chatId={chatId} medium={state.medium} problem={state.problem} />;
    default:
      return <WaitingLine chatId={chatId} state={state} />;
  }
}

/** The browser asks the person, or the recording is being written. */
function WaitingLine({
  chatId,
  state,
}: {
  readonly chatId: number;
  readonly state: Extract<Busy, { step: "asking" | "ending" }>;
}) {
  const { recordings, common } = useTexts();
  const recorder = useRecorder();
  return (
    <div className={styles.line}>
      <Spinner />
      <p className={styles.sentence}>
        {state.step === "asking" ? recordings.asking[state.medium] : common.loading}
      </p>
      {state.step === "asking" && !state.isHeld ? (
        <IconButton label={common.cancel} onClick={() => recorder.discard(chatId)}>
          <X size={20} aria-hidden />
        </IconButton>
      ) : null}
    </div>
  );
}

/** Nothing can be recorded: why, and what can be done. */
function TroubleLine({
  chatId,
  medium,
  problem,
}: { readonly chatId: number } & Pick<Extract<Busy, { step: "failed" }>, "medium" | "problem">) {
  const { recordings, common } = useTexts();
  const recorder = useRecorder();
  const isHopeless = problem === "insecure" || problem === "unsupported";
  return (
    <div className={styles.trouble}>
      <CircleAlert size={20} className={styles.alert} aria-hidden />
      <p role="alert" className={styles.sentence}>
        {recordings.problem[medium][problem]}
      </p>
      {isHopeless ? null : (
        <Button className={styles.retry} onClick={() => void recorder.begin(chatId, medium, false)}>
          {common.retry}
        </Button>
      )}
      <IconButton className={styles.dismiss} label={common.close} onClick={() => recorder.discard(chatId)}>
        <X size={20} aria-hidden />
      </IconButton>
    </div>
  );
}

/** What somebody who does not see the screen has to know. */
function Said({ state }: { readonly state: Busy }) {
  const { texts, locale } = useLanguage();
  const { nowRecording, nowPaused, nowReady, ending } = texts.recordings;
  if (state.step === "recording") return nowRecording;
  if (state.step === "paused") return nowPaused;
  if (state.step !== "ready") return null;
  const ready = nowReady(spokenTime(state.recorded.duration, locale));
  return state.ending ? `${ending[state.ending]} ${ready}` : ready;
}

/** The focus is in the panel, also when the button that had it is gone; a field that was written in keeps it not. */
function useFocus(panel: RefObject<HTMLElement | null>, step: Busy["step"]): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step has other buttons.
  useEffect(() => {
    const { activeElement } = document;
    const isElsewhere = activeElement?.closest("[role=dialog], [role=alertdialog]");
    if (!isElsewhere && !panel.current?.contains(activeElement))
      panel.current?.focus({ preventScroll: true });
  }, [panel, step]);
}
