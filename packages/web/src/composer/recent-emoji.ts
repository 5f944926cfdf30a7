const RECENT_KEY = "tacit.emoji.recent";
const TONE_KEY = "tacit.emoji.tone";
/** Three lines of the picker. */
const MOST = 24;
const TONES = ["none", "light", "medium-light", "medium", "medium-dark", "dark"] as const;

/** A colour of hands and faces. */
export type Tone = (typeof TONES)[number];

/** The emoji that were chosen last, the latest first. */
export function recentEmoji(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(RECENT_KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((emoji) => typeof emoji === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Puts one first among them. */
export function noteEmoji(emoji: string): void {
  const others = recentEmoji().filter((other) => other !== emoji);
  keep(RECENT_KEY, JSON.stringify([emoji, ...others].slice(0, MOST)));
}

/** The colour that was chosen last. */
export function chosenTone(): Tone {
  const kept = localStorage.getItem(TONE_KEY);
  return TONES.find((tone) => tone === kept) ?? "none";
}

/** Keeps the colour. */
export function chooseTone(tone: Tone): void {
  keep(TONE_KEY, tone);
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The disk is full: it is forgotten, which is no loss.
  }
}
