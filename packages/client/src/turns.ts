/** Runs tasks one after the other, in the order in which they were given. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs the task once all before it have ended, well or badly. @returns what the task gives */
  take<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task, task);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when all tasks given so far have ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
