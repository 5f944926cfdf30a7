interface Line {
  readonly key: string;
}

/**
 * How one list became another: `start` if lines came or went at its start alone, `end` if at its end alone, `none` if the same
 * lines stand in the same places, else `other`.
 */
export function changeOf(
  before: readonly Line[],
  after: readonly Line[],
): "none" | "start" | "end" | "other" {
  const by = after.length - before.length;
  const [longer, shorter] = by > 0 ? [after, before] : [before, after];
  const isPrefix = shorter.every(({ key }, at) => longer[at]?.key === key);
  if (isPrefix) return by === 0 ? "none" : "end";
  const skipped = Math.abs(by);
  return by !== 0 && shorter.length > 0 && shorter.every(({ key }, at) => longer[at + skipped]?.key === key)
    ? "start"
    : "other";
}
