import type { Chat } from "@tacit/client";
import { Mic, Video } from "lucide-react";
import { type RefObject, useCallback, useEffect, useRef } from "react";
import { IconButton } from "../design/button.tsx";
import { useToast } from "../design/toasts.tsx";
import { useTexts } from "../language/language.tsx";
import type { Medium } from "./formats.ts";
import styles from "./record-button.module.css";
import { RecordingPanel } from "./recording-panel.tsx";
import { usePlayback, useRecorder, useRecorderState } from "./stores.ts";
import { keyOf } from "./track.ts";
import { useHold } from "./use-hold.ts";

/** Milliseconds below which a held button was not meant. */
const TOO_SHORT = 700;

/**
 * Records a voice or a video message. A press begins a recording with buttons of its own, which lie over the line of the composer;
 * a finger that stays on it records as long as it stays.
 */
export function RecordButton({
  chat,
  replyToId,
  onSent,
}: {
  readonly chat: Chat;
  readonly replyToId?: number | undefined;
  readonly onSent: () => void;
}) {
  const recorder = useRecorder();
  const playback = usePlayback();
  const state = useRecorderState(chat.id);
  const root = useRef<HTMLDivElement>(null);
  const isBusy = state.step !== "idle";
  const isHeld = "isHeld" in state && state.isHeld;
  useInertNeighbours(root, isBusy);
  useFocusBack(root, isBusy);

  const latestReply = useRef(replyToId);
  latestReply.current = replyToId;
  useEffect(() => () => recorder.leave(chat.id, latestReply.current), [recorder, chat.id]);

  const send = useCallback(async () => {
    const sent = await recorder.send(chat, latestReply.current);
    if (!sent) return;
    playback.keep(keyOf(sent.message), sent.recorded.blob);
    onSent();
  }, [recorder, playback, chat, onSent]);

  return (
    <div ref={root} className={styles.root}>
      {isBusy ? <RecordingPanel chatId={chat.id} state={state} onSend={send} /> : null}
      {(["video", "voice"] as const).map((medium) => (
        <HoldButton
          key={medium}
          chatId={chat.id}
          medium={medium}
          isHeld={isHeld && "medium" in state && state.medium === medium}
          isHidden={isBusy && !(isHeld && "medium" in state && state.medium === medium)}
          onSend={send}
        />
      ))}
    </div>
  );
}

function HoldButton({
  chatId,
  medium,
  isHeld,
  isHidden,
  onSend,
}: {
  readonly chatId: number;
  readonly medium: Medium;
  readonly isHeld: boolean;
  readonly isHidden: boolean;
  readonly onSend: () => Promise<void>;
}) {
  const { recordings } = useTexts();
  const recorder = useRecorder();
  const playback = usePlayback();
  const toast = useToast();
  const { button, slid } = useHold({
    onPress: (held) => {
      playback.pause();
      void recorder.begin(chatId, medium, held);
    },
    onRelease: () => {
      const state = recorder.of(chatId);
      if (state.step === "asking") recorder.lock(chatId);
      if (state.step !== "recording" || !state.isHeld) return;
      if (state.take.elapsed >= TOO_SHORT) return void onSend();
      recorder.discard(chatId);
      toast({ text: recordings.tooShort });
    },
    onCancel: () => recorder.discard(chatId),
    onLock: () => recorder.lock(chatId),
  });
  const Icon = medium === "voice" ? Mic : Video;
  return (
    <IconButton
      {...button}
      look={isHeld ? "main" : "plain"}
      className={styles.button}
      data-held={isHeld || undefined}
      hidden={isHidden}
      style={{ translate: `${-slid}px` }}
      label={recordings.record[medium]}
    >
      <Icon size={22} aria-hidden />
    </IconButton>
  );
}

/** What lies under the recording can be reached neither with the keyboard nor by who listens to the screen. */
function useInertNeighbours(root: RefObject<HTMLElement | null>, isBusy: boolean): void {
  useEffect(() => {
    if (!isBusy) return;
    const neighbours = [...(root.current?.parentElement?.children ?? [])].filter(
      (one) => one !== root.current,
    );
    for (const one of neighbours) one.toggleAttribute("inert", true);
    return () => {
      for (const one of neighbours) one.toggleAttribute("inert", false);
    };
  }, [root, isBusy]);
}

/** The focus returns to the microphone, unless it is somewhere else by then. */
function useFocusBack(root: RefObject<HTMLElement | null>, isBusy: boolean): void {
  const wasBusy = useRef(isBusy);
  useEffect(() => {
    const isOver = wasBusy.current && !isBusy;
    wasBusy.current = isBusy;
    if (!isOver || document.activeElement !== document.body) return;
    root.current?.querySelector<HTMLElement>("button:last-of-type")?.focus({ preventScroll: true });
  }, [root, isBusy]);
}
