import { Pause, Play, X } from "lucide-react";
import { useTexts } from "../language/language.tsx";
import styles from "./play-button.module.css";
import type { Track } from "./playback.ts";
import { Ring } from "./ring.tsx";
import { usePlayback, usePlayed } from "./stores.ts";

/** Plays a recording, pauses it, or ends its being fetched. */
export function PlayButton({ track, size = "m" }: { readonly track: Track; readonly size?: "s" | "m" }) {
  const { recordings } = useTexts();
  const playback = usePlayback();
  const played = usePlayed(track.key);
  const isPlaying = played?.step === "playing";
  const isLoading = played?.step === "loading";
  const Icon = isLoading ? X : isPlaying ? Pause : Play;
  return (
    <button
      type="button"
      className={styles.button}
      data-size={size}
      aria-label={
        isLoading
          ? recordings.cancelLoading
          : isPlaying
            ? recordings.pausePlaying[track.kind]
            : recordings.play[track.kind]
      }
      onClick={() => playback.toggle(track)}
    >
      <Icon size={size === "s" ? 18 : 20} fill={isLoading ? "none" : "currentColor"} aria-hidden />
      {isLoading ? <Ring part={played.loaded} className={styles.ring} /> : null}
    </button>
  );
}
