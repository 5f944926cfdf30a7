import { useState } from "react";
import styles from "./avatar.module.css";

/** Hues of the pictures of those who have none; told apart, and each dark enough for white letters. */
const TINTS = 8;

/** Somebody's or a chat's picture, or its first letters on a colour of its own. It is decoration: the name stands beside it. */
export function Avatar({
  id,
  name,
  url,
  size = 44,
  isOnline = false,
}: {
  /** Chooses the colour; the same for the same person everywhere. */
  readonly id: number;
  readonly name: string;
  readonly url: string | undefined;
  /** Pixels. */
  readonly size?: number;
  /** A mark at the corner; say it in words as well. */
  readonly isOnline?: boolean;
}) {
  const [broken, setBroken] = useState<string>();
  const hasPicture = url !== undefined && url !== broken;
  return (
    <span className={styles.frame} style={{ width: size, height: size, fontSize: size * 0.38 }} aria-hidden>
      {hasPicture ? (
        <img className={styles.picture} src={url} alt="" onError={() => setBroken(url)} />
      ) : (
        // Not as text: what the button around it is called need not contain it.
        <span className={styles.letters} data-tint={id % TINTS} data-letters={initialsOf(name)} />
      )}
      {isOnline ? <span className={styles.online} /> : null}
    </span>
  );
}

/** The first letters of the first two words; an emoji counts as a letter. */
function initialsOf(name: string): string {
  const segments = new Intl.Segmenter();
  // Piles of marks would stand out far above and below.
  const first = (word: string) =>
    ([...segments.segment(word)][0]?.segment ?? "").normalize("NFC").replace(/\p{M}{2,}/gu, "");
  return name.trim().split(/\s+/).slice(0, 2).map(first).join("").toLocaleUpperCase() || "?";
}
