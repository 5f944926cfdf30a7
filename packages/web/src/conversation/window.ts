/** What a window holds: `id` is the server's and grows, `key` is the same before and after something was sent. */
export interface Entry {
  readonly id: number | undefined;
  readonly key: string;
}

/** The part of a chat that is in memory: without gaps, each message once. */
export interface Window<T extends Entry> {
  /** By id. */
  readonly sent: readonly T[];
  /** What has no id yet, as it was written. It comes after everything that is sent. */
  readonly unsent: readonly T[];
}

/** Nothing. */
export const EMPTY: Window<never> = { sent: [], unsent: [] };

/** Whether two readings of a message show the same; then the earlier object is kept. */
export type Same<T> = (one: T, other: T) => boolean;

/** Takes in messages that were read: what is there already is replaced if it changed, what waited and now has an id is there once. */
export function withSent<T extends Entry>(window: Window<T>, page: readonly T[], isSame: Same<T>): Window<T> {
  const known = new Map(window.sent.map((entry) => [entry.id, entry]));
  let isChanged = false;
  for (const entry of page) {
    if (entry.id === undefined) continue;
    const before = known.get(entry.id);
    if (before && isSame(before, entry)) continue;
    known.set(entry.id, entry);
    isChanged = true;
  }
  if (!isChanged) return window;
  const sent = [...known.values()].sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
  return { sent, unsent: notAmong(window.unsent, sent) };
}

/** Says anew what waits to be sent. */
export function withUnsent<T extends Entry>(
  window: Window<T>,
  waiting: readonly T[],
  isSame: Same<T>,
): Window<T> {
  const known = new Map(window.unsent.map((entry) => [entry.key, entry]));
  const unsent = notAmong(
    waiting.filter(({ id }) => id === undefined),
    window.sent,
  ).map((entry) => {
    const before = known.get(entry.key);
    return before && isSame(before, entry) ? before : entry;
  });
  return isSameList(unsent, window.unsent) ? window : { sent: window.sent, unsent };
}

/** Takes out messages that are gone. */
export function without<T extends Entry>(window: Window<T>, ids: ReadonlySet<number>): Window<T> {
  const sent = window.sent.filter(({ id }) => id === undefined || !ids.has(id));
  return sent.length === window.sent.length ? window : { sent, unsent: window.unsent };
}

/** Lets the far end of a window that has grown large go. */
export function trimmed<T extends Entry>(
  window: Window<T>,
  end: "oldest" | "newest",
  most: number,
): Window<T> {
  if (window.sent.length <= most) return window;
  return end === "oldest"
    ? { sent: window.sent.slice(-most), unsent: window.unsent }
    : { sent: window.sent.slice(0, most), unsent: [] };
}

function notAmong<T extends Entry>(entries: readonly T[], others: readonly T[]): readonly T[] {
  if (entries.length === 0) return entries;
  const keys = new Set(others.map(({ key }) => key));
  return entries.some(({ key }) => keys.has(key)) ? entries.filter(({ key }) => !keys.has(key)) : entries;
}

function isSameList<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((entry, at) => entry === other[at]);
}
