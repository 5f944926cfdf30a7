import type { Tacit } from "@tacit/client";
import { useSyncExternalStore } from "react";
import { useTacit } from "../live/account.tsx";
import { Playback, type PlaybackState } from "./playback.ts";
import { Recorder, type RecorderState } from "./recorder.ts";

const playbacks = new WeakMap<Tacit, Playback>();
const recorders = new WeakMap<Tacit, Recorder>();

/** What plays the recordings of the account that is open. */
export function usePlayback(): Playback {
  const tacit = useTacit();
  const playback = playbacks.get(tacit) ?? new Playback(tacit);
  playbacks.set(tacit, playback);
  return playback;
}

/** What records for the account that is open. */
export function useRecorder(): Recorder {
  const tacit = useTacit();
  const recorder = recorders.get(tacit) ?? new Recorder(tacit);
  recorders.set(tacit, recorder);
  return recorder;
}

/** How far a chat is with recording. */
export function useRecorderState(chatId: number): RecorderState {
  const recorder = useRecorder();
  return useSyncExternalStore(recorder.subscribe, () => recorder.of(chatId));
}

/** What is played, if it is this recording; without a key, whatever is played. */
export function usePlayed(key?: string): PlaybackState | undefined {
  const playback = usePlayback();
  return useSyncExternalStore(playback.subscribe, () => {
    const { state } = playback;
    return key === undefined || state?.track.key === key ? state : undefined;
  });
}

/** Where a recording is or would go on, in milliseconds. */
export function usePosition(key: string): number {
  const playback = usePlayback();
  return useSyncExternalStore(playback.subscribe, () => playback.positionOf(key));
}

/** How fast recordings are played. */
export function useSpeed(): number {
  const playback = usePlayback();
  return useSyncExternalStore(playback.subscribe, () => playback.speed);
}
