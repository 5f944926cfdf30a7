import { useEffect, useRef } from "react";
import { useTexts } from "../language/language.tsx";
import { useElapsed } from "./clock.tsx";
import styles from "./own-picture.module.css";
import { LONGEST } from "./recorder.ts";
import { Ring } from "./ring.tsx";
import type { Take } from "./take.ts";

/** What the own camera sees, as in a mirror, with how much of the time is used around it. */
export function OwnPicture({ take }: { readonly take: Take }) {
  const { recordings } = useTexts();
  const video = useRef<HTMLVideoElement>(null);
  const elapsed = useElapsed(take);
  useEffect(() => {
    if (video.current) video.current.srcObject = take.stream;
  }, [take]);
  return (
    <div className={styles.own}>
      <video
        ref={video}
        className={styles.picture}
        muted
        autoPlay
        playsInline
        aria-label={recordings.yourPicture}
      />
      <Ring part={elapsed / LONGEST.video} className={styles.ring} />
    </div>
  );
}
