/** When a heartbeat beats, and what for. */
export interface HeartbeatOptions {
  /** Milliseconds of silence before the peer is asked for a sign of life. */
  readonly idle: number;
  /** Milliseconds that it then has; asked for each time. */
  readonly patience: () => number;
  /** Asks. */
  readonly ask: () => void;
  /** Nothing came. Told once. */
  readonly dead: () => void;
}

/** Finds out that a peer is gone although nothing says so, as when a cable is pulled. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #heardAt = performance.now();
  #asking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Begins at once. */
  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#listen();
  }

  /** Something came. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  /** Asks now, since there is reason for doubt. */
  ask(): void {
    if (this.#asking) return;
    this.#asking = true;
    const askedAt = performance.now();
    this.#wait(this.#options.patience(), () => {
      this.#asking = false;
      if (this.#heardAt >= askedAt) this.#listen();
      else this.#options.dead();
    });
    this.#options.ask();
  }

  /** Ends it. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#asking = true;
  }

  #listen(): void {
    const silence = performance.now() - this.#heardAt;
    if (silence >= this.#options.idle) this.ask();
    else this.#wait(this.#options.idle - silence, () => this.#listen());
  }

  #wait(milliseconds: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, milliseconds);
  }
}
