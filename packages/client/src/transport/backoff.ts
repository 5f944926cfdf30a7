/** How long to wait before the next try: up to twice as long each time, at random (full jitter), so that not all come back at once. */
export class Backoff {
  readonly #first: number;
  readonly #longest: number;
  #failures = 0;

  /** @param first milliseconds that the first wait may last @param longest milliseconds that any may last */
  constructor(first: number, longest: number) {
    this.#first = first;
    this.#longest = longest;
  }

  /** Milliseconds; another failure is counted. */
  next(): number {
    const ceiling = Math.min(this.#longest, this.#first * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 30);
    return Math.random() * ceiling;
  }

  /** It went well for long enough. */
  reset(): void {
    this.#failures = 0;
  }
}
