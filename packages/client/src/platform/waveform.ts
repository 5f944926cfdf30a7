/** What a recording sounds like. */
export interface Waveform {
  /** Loudness over time, 0 to 255. */
  readonly waveform: readonly number[];
  /** Milliseconds. */
  readonly duration: number;
}

/**
 * The loudness of a recording over time, and its length, for voice messages.
 * @returns `undefined` where that cannot be told: in Node.js, and of what the browser cannot play
 */
export type WaveformOf = (recording: Blob) => Promise<Waveform | undefined>;
