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

  /** Takes what a logger or a process wrote: whole lines. */
  write(text: string): void {
    appendLine(this.file, text);
    for (const line of text.split("\n")) if (line !== "") this.lines.push(line);
  }

  /** The lines that are JSON objects, parsed. */
  get records(): Record<string, unknown>[] {
    return this.lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  }
}
