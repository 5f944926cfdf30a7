/** How large all text is. */
export type TextSize = "small" | "normal" | "large";

/** Also read by `public/theme.js`, before the first paint. */
const KEY = "tacit.text-size";

/** What the person chose on this device. */
export function chosenTextSize(): TextSize {
  const kept = localStorage.getItem(KEY);
  return kept === "small" || kept === "large" ? kept : "normal";
}

/** Text is so large from now on, on this device. */
export function chooseTextSize(size: TextSize): void {
  if (size === "normal") {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset.textSize;
  } else {
    localStorage.setItem(KEY, size);
    document.documentElement.dataset.textSize = size;
  }
}
