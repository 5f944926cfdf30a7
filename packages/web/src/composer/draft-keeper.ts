import type { Draft } from "@tacit/client";

/** Milliseconds after which a draft that could not be kept is tried again. */
const AGAIN_AFTER = 2000;

/** Keeps what is being written: every keystroke, one write at a time, the latest wins. */
export class DraftKeeper {
  readonly #write: (draft: Draft | null) => Promise<void>;
  readonly #onResult: (error: unknown) => void;
  #wanted: Draft | null;
  #isKept = true;
  #isWriting = false;
  #isOver = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param kept what is kept already
   * @param onResult hears after every write why it failed; `undefined` if it did not
   */
  constructor(
    kept: Draft | undefined,
    write: (draft: Draft | null) => Promise<void>,
    onResult: (error: unknown) => void,
  ) {
    this.#wanted = kept ?? null;
    this.#write = write;
    this.#onResult = onResult;
  }

  /** Keeps this from now on, instead of what was to be kept before. */
  keep(draft: Draft | null): void {
    if (this.isLatest(draft)) return;
    this.#wanted = draft;
    this.#isKept = false;
    void this.#work();
  }

  /** Takes note of what another tab has kept. */
  take(draft: Draft | undefined): void {
    this.#wanted = draft ?? null;
  }

  /** Whether this is what was last to be kept. */
  isLatest(draft: Draft | null | undefined): boolean {
    return textOf(draft) === textOf(this.#wanted);
  }

  /** Whether everything is kept. */
  get isDone(): boolean {
    return this.#isKept && !this.#isWriting;
  }

  /** Begins at once with what waits for the write before it: the page may be about to go. */
  flush(): void {
    if (!this.#isKept) void this.#writeLatest();
  }

  /** Writes what is still to be written, and does not try again. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.flush();
  }

  /** Undoes {@link DraftKeeper.end}. */
  resume(): void {
    this.#isOver = false;
  }

  async #work(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    clearTimeout(this.#timer);
    let went = true;
    while (!this.#isKept && went) went = await this.#writeLatest();
    this.#isWriting = false;
    if (!went && !this.#isOver) this.#timer = setTimeout(() => this.#work(), AGAIN_AFTER);
  }

  async #writeLatest(): Promise<boolean> {
    this.#isKept = true;
    try {
      await this.#write(this.#wanted);
      this.#onResult(undefined);
      return true;
    } catch (error) {
      this.#isKept = false;
      this.#onResult(error);
      return false;
    }
  }
}

function textOf(draft: Draft | null | undefined): string {
  if (!draft) return "";
  const { text, replyToId, editsId, aside } = draft;
  return JSON.stringify([text, replyToId, editsId, aside?.text, aside?.replyToId]);
}
