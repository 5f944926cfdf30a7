import { join } from "node:path";
import { appendLine, logDirectory, uniqueName } from "./test-run.ts";

/** Keeps what a server logs, for the test, and in a file that is searched for secrets at the end of the run. */
export class LogCatcher {
  /** Every line, as it was logged. */
  readonly lines: string[] = [];
  /** Where the lines are kept until the end of the run. */
  readonly file: string;

  constructor(name = "server") {
    this.file = join(logDirectory(), `${uniqueName(name)}.log`);
  }

  readonly #waiters = new Set<() => void>();

  /** The first line that matches, past or to come. @throws {Error} after `timeout` ms (5 s). */
  async waitFor(matches: (line: string) => boolean, timeout = 5_000): Promise<string> {
    for (const deadline = AbortSignal.timeout(timeout); ; ) {
      const line = this.lines.find(matches);
      if (line !== undefined) return line;
      if (deadline.aborted)
        throw new Error(`The expected line was not logged. It logged:\n${this.lines.join("\n")}`);
      await this.#nextWrite(deadline);
    }
  }

  #nextWrite(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiters.delete(wake);
        deadline.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiters.add(wake);
      deadline.addEventListener("abort", wake, { once: true });
    });
  }

  /** Takes what a logger or a process wrote: whole lines. */
  write(text: string): void {
    appendLine(this.file, text);
    for (const line of text.split("\n")) if (line !== "") this.lines.push(line);
    for (const wake of this.#waiters) wake();
  }

  /** The lines that are JSON objects, parsed. */
  get records(): Record<string, unknown>[] {
    return this.lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  }
}
