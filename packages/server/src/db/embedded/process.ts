import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Launcher } from "./privileges.ts";
import { collectLines, type Ending, spawnApart } from "./run.ts";
import { settingOptions } from "./settings.ts";

/** A PostgreSQL server process. */
export interface ServerProcess {
  readonly pid: number;
  /** Settles with true when it says that it accepts connections, with false when it ended before. */
  readonly ready: Promise<boolean>;
  /** Settles when it ended; `expected` when that was asked for by `stop`. */
  readonly exited: Promise<Ending & { expected: boolean }>;
  /** Fast shutdown, immediate shutdown after 4 s, killed another 8 s later. Resolves when it is gone. */
  stop(): Promise<void>;
}

/** What a server process is started with. */
export interface ServerProcessOptions {
  postgres: string;
  launcher: Launcher;
  cluster: string;
  socketDirectory: string;
  port: number;
  log: (line: string) => void;
}

const READY = "database system is ready to accept connections";
const FAST_SHUTDOWN_MS = 4000;
// PostgreSQL itself kills what is left of it after 5 s.
const IMMEDIATE_SHUTDOWN_MS = 8000;
const LAST_WORDS_MS = 500;

/** Starts PostgreSQL on a cluster. Rejects when the program cannot be started at all. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const child = spawnApart(options.launcher.command(options.postgres, serverArguments(options), "INT"));
  const lines: string[] = [];
  let asked = false;
  const sawReady = new Promise<true>((resolve) => {
    collectLines(child.stderr, lines, (line) => {
      options.log(line);
      if (line.includes(READY)) resolve(true);
    });
  });
  child.stdout?.resume();
  const ended = ending(child, lines);
  await once(child, "spawn");
  // A signal that could not be sent must not end the server; the process's end is what counts.
  child.on("error", () => undefined);
  const exited = ended.then((end) => ({ ...end, expected: asked }));
  return {
    pid: child.pid as number,
    ready: Promise.race([sawReady, exited.then(() => false)]),
    exited,
    stop: async () => {
      asked = true;
      await shutDown(child, ended);
    },
  };
}

function serverArguments({ cluster, socketDirectory, port }: ServerProcessOptions): string[] {
  const where = ["-D", cluster, "-k", socketDirectory, "-p", `${port}`];
  return [...where, ...settingOptions()];
}

// A backend that outlives its postmaster can hold the output open, so "close" may come much later than
// "exit"; but usually it comes at once, with the last lines.
function ending(child: ChildProcess, lines: string[]): Promise<Ending> {
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return new Promise((resolve) => {
    child.once("exit", async (code, signal) => {
      await Promise.race([closed, delay(LAST_WORDS_MS, undefined, { ref: false })]);
      resolve({ code, signal, lines });
    });
  });
}

async function shutDown(child: ChildProcess, ended: Promise<Ending>): Promise<void> {
  const steps = [
    ["SIGINT", FAST_SHUTDOWN_MS],
    ["SIGQUIT", IMMEDIATE_SHUTDOWN_MS],
  ] as const;
  for (const [signal, patienceMs] of steps) {
    child.kill(signal);
    if (await endsWithin(ended, patienceMs)) return;
  }
  child.kill("SIGKILL");
  await ended;
}

async function endsWithin(ended: Promise<Ending>, ms: number): Promise<boolean> {
  const patience = new AbortController();
  const outOfPatience = delay(ms, false, { signal: patience.signal }).catch(() => false);
  const gone = await Promise.race([ended.then(() => true), outOfPatience]);
  patience.abort();
  return gone;
}
