import type { KeyboardEvent, PointerEvent, ReactNode } from "react";
import { useLanguage } from "../language/language.tsx";
import type { Track } from "./playback.ts";
import styles from "./seek-bar.module.css";
import { spokenTime } from "./spoken-time.ts";
import { usePlayback, usePlayed, usePosition } from "./stores.ts";
import { Waveform } from "./waveform.tsx";

/** Milliseconds. */
const STEP = 5000;

/** Where a recording is and how long it is, in milliseconds, and what goes to another place in it. */
export function useSeeking(track: Track) {
  const playback = usePlayback();
  const position = usePosition(track.key);
  const duration = usePlayed(track.key)?.duration || (track.duration ?? 0);
  return { position, duration, seek: (to: number) => playback.seek(track, to) };
}

/** Properties that make an element a slider of a recording, for the keyboard and for who listens to the screen. */
export function useSlider(track: Track) {
  const { texts, locale } = useLanguage();
  const { position, duration, seek } = useSeeking(track);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = placeOf(event.key, position, duration);
    if (to === undefined) return;
    // The list of messages has a use for these keys too.
    event.preventDefault();
    event.stopPropagation();
    seek(to);
  };
  return {
    role: "slider",
    tabIndex: 0,
    "aria-label": texts.recordings.position,
    "aria-valuemin": 0,
    "aria-valuemax": Math.round(duration / 1000),
    "aria-valuenow": Math.round(position / 1000),
    "aria-valuetext": texts.recordings.positionText(
      spokenTime(position, locale),
      spokenTime(duration, locale),
    ),
    onKeyDown,
  } as const;
}

/** The waveform of a recording, in which any place can be gone to: with a pointer, or with the keys of a slider. */
export function SeekBar({
  track,
  waveform,
}: {
  readonly track: Track;
  readonly waveform: readonly number[] | undefined;
}): ReactNode {
  const slider = useSlider(track);
  const { position, duration, seek } = useSeeking(track);
  const isPlaying = usePlayed(track.key)?.step === "playing";
  const seekTo = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    seek(((clientX - left) / width) * duration);
  };
  return (
    <div
      {...slider}
      className={styles.bar}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && seekTo(event)}
    >
      <Waveform
        waveform={waveform}
        played={duration > 0 ? Math.min(1, position / duration) : 0}
        isPlaying={isPlaying}
      />
    </div>
  );
}

function placeOf(key: string, position: number, duration: number): number | undefined {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return position - STEP;
    case "ArrowRight":
    case "ArrowUp":
      return position + STEP;
    case "Home":
      return 0;
    case "End":
      return duration;
    default:
      return undefined;
  }
}
