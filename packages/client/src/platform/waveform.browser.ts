import { peaksOf } from "../media/peaks.ts";
import type { WaveformOf } from "./waveform.ts";

/** Samples a second: the fewest that every browser must offer, for an hour in memory is long. */
const SAMPLE_RATE = 8000;

/** Decoded by the browser, without playing it. */
export const waveformOf: WaveformOf = async (recording) => {
  try {
    const decoder = new OfflineAudioContext(1, 1, SAMPLE_RATE);
    const sound = await decoder.decodeAudioData(await recording.arrayBuffer());
    return { waveform: peaksOf(sound.getChannelData(0)), duration: Math.round(sound.duration * 1000) };
  } catch {
    return undefined;
  }
};
