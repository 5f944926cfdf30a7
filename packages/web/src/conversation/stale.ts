/** What of a chat has changed since it was read. */
export class Stale {
  #ids = new Set<number>();
  #isTail = false;
  #areTicks = false;

  /** Takes note of messages, of the end with what waits to be sent, of how far others have come. */
  add({
    ids = [],
    isTail = false,
    areTicks = false,
  }: {
    readonly ids?: readonly number[];
    readonly isTail?: boolean;
    readonly areTicks?: boolean;
  }): void {
    for (const id of ids) this.#ids.add(id);
    this.#isTail ||= isTail;
    this.#areTicks ||= areTicks;
  }

  /** Whether anything has. */
  get isAny(): boolean {
    return this.#ids.size > 0 || this.#isTail || this.#areTicks;
  }

  /** What has changed, to be read now; from here on it is taken note of anew. */
  take(): { readonly ids: readonly number[]; readonly isTail: boolean; readonly areTicks: boolean } {
    const taken = { ids: [...this.#ids], isTail: this.#isTail, areTicks: this.#areTicks };
    this.#ids = new Set();
    this.#isTail = this.#areTicks = false;
    return taken;
  }
}
