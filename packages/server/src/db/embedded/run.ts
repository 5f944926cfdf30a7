import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** A program with its arguments. */
export interface Command {
  file: string;
  args: string[];
}

/** How a program ended, with the last lines it printed. */
export interface Ending {
  code: number | null;
  signal: string | null;
  lines: string[];
}

const LINES_KEPT = 40;

/**
 * Starts a program in a session of its own, so that Ctrl-C in a terminal does not reach it, and with an
 * environment without the server's secrets.
 */
export function spawnApart(command: Command, stdin: "pipe" | "ignore" = "ignore"): ChildProcess {
  return spawn(command.file, command.args, {
    cwd: "/",
    detached: true,
    env: { PATH: process.env.PATH ?? "", LC_ALL: "C", TZ: "UTC" },
    stdio: [stdin, "pipe", "pipe"],
  });
}

/** Collects the lines of a stream: the last ones stay in `lines`, each one is given to `onLine`. */
export function collectLines(
  stream: Readable | null,
  lines: string[],
  onLine?: (line: string) => void,
): void {
  if (!stream) return;
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
    lines.push(line);
    if (lines.length > LINES_KEPT) lines.shift();
    onLine?.(line);
  });
}

/** Runs a program to its end, giving it `input`; a program that cannot be started ends with code null. */
export function run(command: Command, input = ""): Promise<Ending> {
  return new Promise((resolve) => {
    const lines: string[] = [];
    const child = spawnApart(command, "pipe");
    collectLines(child.stdout, lines);
    collectLines(child.stderr, lines);
    child.on("error", (error) => resolve({ code: null, signal: null, lines: [error.message] }));
    child.on("close", (code, signal) => resolve({ code, signal, lines }));
    // A program that died early closes its input; how it ended says more than the broken pipe.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
