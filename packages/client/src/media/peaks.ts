/** How many numbers draw a recording. */
const PEAKS = 64;
const LOUDEST = 255;

/**
 * The loudness of a recording over time.
 * @param samples from -1 to 1
 * @returns 64 numbers from 0 to 255, the loudest of which is 255 unless it is silent; fewer for fewer samples
 */
export function peaksOf(samples: Float32Array): number[] {
  const count = Math.min(PEAKS, samples.length);
  const peaks = Array.from({ length: count }, (_, at) =>
    peakOf(samples.subarray((samples.length * at) / count, (samples.length * (at + 1)) / count)),
  );
  const loudest = Math.max(...peaks, 0);
  return peaks.map((peak) => (loudest > 0 ? Math.round((peak / loudest) * LOUDEST) : 0));
}

function peakOf(samples: Float32Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return peak;
}
