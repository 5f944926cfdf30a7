import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { groupLives } from "../machine/processes.ts";
import { SERVER_MAIN } from "./paths.ts";

/** A server under measurement, with its own built-in database. */
export interface ServerProcess {
  readonly url: string;
  readonly metricsUrl: string;
  /** Of what was started; with `npm start` that is npm. */
  readonly pid: number;
  readonly postgresPid: number;
  readonly dataDirectory: string;
  /** Milliseconds from the start of the process to the first answer of `/health`. */
  readonly startMilliseconds: number;
  stop(): Promise<void>;
}

/** How it is started. */
export interface ServerStart {
  readonly dataDirectory: string;
  /** Program and arguments; by default Node.js with the built server. */
  readonly command?: readonly [string, ...string[]];
  readonly directory?: string;
}

const PATIENCE = 120_000;
const POLL = 5;

/** In groups of their own, servers would outlive a bench that is broken off. */
const running = new Set<number>();
process.once("exit", () => {
  for (const pid of running) if (groupLives(pid)) process.kill(-pid, "SIGTERM");
});

/** Starts a server and waits until `/health` answers. @throws {Error} with what it printed, if it does not. */
export async function startServer(options: ServerStart): Promise<ServerProcess> {
  const { dataDirectory, command = [process.execPath, SERVER_MAIN], directory } = options;
  const [port, metricsPort] = [await freePort(), await freePort()];
  const [file, ...args] = command;
  const begin = performance.now();
  const child = spawn(file, args, {
    ...(directory === undefined ? {} : { cwd: directory }),
    env: environment(dataDirectory, port, metricsPort),
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that stopping reaches the server behind npm.
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-4000);
    });
  }
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const pid = child.pid ?? 0;
  if (pid > 0) running.add(pid);
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-pid, "SIGTERM");
    await ended;
    await groupGone(pid);
    running.delete(pid);
  };
  const url = `http://127.0.0.1:${port}`;
  while (!(await isHealthy(url))) {
    const gone = child.exitCode !== null || child.signalCode !== null;
    if (gone || performance.now() - begin > PATIENCE) {
      await stop();
      throw new Error(`the server did not start:\n${output}`);
    }
    await delay(POLL);
  }
  return {
    url,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    pid,
    postgresPid: Number(postmasterLines(dataDirectory)[0]),
    dataDirectory,
    startMilliseconds: performance.now() - begin,
    stop,
  };
}

/** Starts a server, works with it and stops it, whatever happens. */
export async function withServer<T>(
  options: ServerStart,
  work: (server: ServerProcess) => Promise<T>,
): Promise<T> {
  const server = await startServer(options);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** The lines of PostgreSQL's own lock file: its pid first, the directory of its socket fifth. */
export function postmasterLines(dataDirectory: string): string[] {
  return readFileSync(join(dataDirectory, "postgres", "postmaster.pid"), "utf8").split("\n");
}

function environment(dataDirectory: string, port: number, metricsPort: number): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    HOST: "127.0.0.1",
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    DATA_DIR: dataDirectory,
    // All accounts of a load come from one address.
    REGISTRATIONS_PER_HOUR: "1000000",
  };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

/** npm ends before the server that it started has drained. */
async function groupGone(group: number): Promise<void> {
  while (groupLives(group)) await delay(POLL);
}
