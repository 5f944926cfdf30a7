const LOUDEST = 255;
/** What silence looks like, so that there is something to press. */
const LEAST = 0.08;

/** Heights of bars, from 0 to 1, that draw a loudness over time. @param count how many bars there is room for */
export function barsOf(waveform: readonly number[] | undefined, count: number): number[] {
  const heard = waveform?.length ? waveform : [0];
  return Array.from({ length: count }, (_, at) => {
    const from = Math.floor((heard.length * at) / count);
    const to = Math.max(from + 1, Math.floor((heard.length * (at + 1)) / count));
    return Math.max(LEAST, Math.max(...heard.slice(from, to)) / LOUDEST);
  });
}

/** The bars as a path in a box of `count` by 1, to be stroked. */
export function pathOf(bars: readonly number[]): string {
  return bars.map((height, at) => `M${at + 0.5} ${(1 - height) / 2}v${height.toFixed(3)}`).join("");
}
