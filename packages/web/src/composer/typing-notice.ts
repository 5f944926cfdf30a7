/** Milliseconds between two notices that somebody still types. */
const EVERY = 3000;
/** Milliseconds without a keystroke after which somebody no longer types. */
const IDLE = 4000;

/** Tells the others that somebody types here, seldom, and that it is over. */
export class TypingNotice {
  readonly #tell: (isTyping: boolean) => void;
  #toldAt = Number.NEGATIVE_INFINITY;
  #isTyping = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (isTyping: boolean) => void) {
    this.#tell = tell;
  }

  /** A key was pressed. */
  typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stop(), IDLE);
    const now = performance.now();
    if (this.#isTyping && now - this.#toldAt < EVERY) return;
    this.#isTyping = true;
    this.#toldAt = now;
    this.#tell(true);
  }

  /** It was sent, or given up. */
  stop(): void {
    clearTimeout(this.#timer);
    if (!this.#isTyping) return;
    this.#isTyping = false;
    this.#tell(false);
  }
}
