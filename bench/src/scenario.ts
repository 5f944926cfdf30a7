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
