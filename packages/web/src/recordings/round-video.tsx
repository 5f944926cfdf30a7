import { Play, X } from "lucide-react";
import { useLayoutEffect, useRef } from "react";
import { useTexts } from "../language/language.tsx";
import type { Track } from "./playback.ts";
import { Ring } from "./ring.tsx";
import styles from "./round-video.module.css";
import { useSeeking, useSlider } from "./seek-bar.tsx";
import { usePlayback, usePlayed } from "./stores.ts";

/** A round picture that plays with sound when it is pressed; the ring around it is how much has been played, and a slider. */
export function RoundVideo({
  track,
  thumbnailUrl,
}: {
  readonly track: Track;
  readonly thumbnailUrl?: string | undefined;
}) {
  const { recordings } = useTexts();
  const playback = usePlayback();
  const slider = useSlider(track);
  const { position, duration } = useSeeking(track);
  const step = usePlayed(track.key)?.step;
  const loaded = usePlayed(track.key)?.loaded ?? 0;
  const isOpen = step === "playing" || step === "paused";
  const label =
    step === "loading"
      ? recordings.cancelLoading
      : step === "playing"
        ? recordings.pausePlaying.video
        : recordings.play.video;
  const part = step === "loading" ? loaded : duration > 0 ? position / duration : 0;
  return (
    <div className={styles.round}>
      <button type="button" className={styles.face} aria-label={label} onClick={() => playback.toggle(track)}>
        {thumbnailUrl ? <img className={styles.thumbnail} src={thumbnailUrl} alt="" /> : null}
        {isOpen ? <Picture /> : null}
        {step === "playing" ? null : (
          <span className={styles.sign}>
            {step === "loading" ? (
              <X size={28} aria-hidden />
            ) : (
              <Play size={28} fill="currentColor" aria-hidden />
            )}
          </span>
        )}
      </button>
      <div {...slider} className={styles.slider}>
        <Ring part={part} glides={step === "playing"} />
      </div>
    </div>
  );
}

function Picture() {
  const playback = usePlayback();
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => (place.current ? playback.show(place.current) : undefined), [playback]);
  return <span ref={place} className={styles.picture} />;
}
