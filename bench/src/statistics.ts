/** The value below which `share` (0..1) of the values lie; NaN of none. */
export function percentile(values: readonly number[] | Float64Array, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The middle one: what a single disturbed run cannot move. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** As "8,100 to 9,300", so that a reader sees how much the machine wavered. */
export function spread(values: readonly number[], format: (value: number) => string): string {
  return `${format(Math.min(...values))} to ${format(Math.max(...values))}`;
}

/** As "8,700/s (8,100 to 9,300)": the median and how much the runs differ. */
export function summary(values: readonly number[], format: (value: number) => string, unit = ""): string {
  return `${format(median(values))}${unit} (${spread(values, format)})`;
}
