import type { WaveformOf } from "./waveform.ts";

/** Node.js decodes no sound. */
export const waveformOf: WaveformOf = async () => undefined;
