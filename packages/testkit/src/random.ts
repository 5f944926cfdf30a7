import { createHash } from "node:crypto";

/** Numbers that look random and follow from a seed, so that what happened can be repeated. */
export class SeededRandom {
  readonly #seed: string;
  #drawn = 0;

  /** @param seed anything; the same one gives the same numbers */
  constructor(seed: number | string) {
    this.#seed = String(seed);
  }

  /** From 0 up to, but not, 1. */
  next(): number {
    this.#drawn += 1;
    return createHash("sha256").update(`${this.#seed}/${this.#drawn}`).digest().readUInt32BE() / 2 ** 32;
  }

  /** An integer from 0 up to, but not, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** One of these. */
  of<T>(choices: readonly T[]): T | undefined {
    return choices[this.below(choices.length)];
  }
}
