import type { BenchOptions } from "./arguments.ts";

/** One line of the report. */
export interface Figure {
  readonly name: string;
  /** As in "at least 5,000/s"; absent for what only explains the others. */
  readonly target?: string;
  readonly measured: string;
  /** Compared with what the machine could do at best in the same minutes. */
  readonly ratio?: string;
  /** Whether the target was reached. */
  readonly ok?: boolean;
}

/** Something that can be measured on its own. */
export interface Scenario {
  /** For `--only`. */
  readonly name: string;
  /** How long it takes, roughly, on a machine with two cores. */
  readonly expectedSeconds: (options: BenchOptions) => number;
  /** False for what runs only when it is asked for. Default true. */
  readonly byDefault?: (options: BenchOptions) => boolean;
  run(options: BenchOptions, say: (progress: string) => void): Promise<Figure[]>;
}

/** Measures as many times as are asked for, one after the other. @returns what each time gave. */
export async function repeated<Run>(
  { runs }: Pick<BenchOptions, "runs">,
  say: (progress: string) => void,
  measure: () => Promise<Run>,
): Promise<Run[]> {
  const measured: Run[] = [];
  for (let run = 1; run <= runs; run += 1) {
    say(`run ${run} of ${runs}`);
    measured.push(await measure());
  }
  return measured;
}
