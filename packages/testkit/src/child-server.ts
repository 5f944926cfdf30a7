import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Config } from "@tacit/server";
import { sendRequest } from "./http-request.ts";
import { LogCatcher } from "./log-catcher.ts";
import { testRun, uniqueName } from "./test-run.ts";

/** How a server process is started. */
export interface SpawnOptions {
  /** Settings beyond those that a test needs anyway, as environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** That of an earlier process, to start on what it left behind; by default a fresh one with its own database inside. */
  readonly dataDirectory?: string;
  /** Instead of the built-in database. */
  readonly database?: Extract<Config["database"], { kind: "fields" }>;
  /** Milliseconds until it must be ready. */
  readonly patience?: number;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built server as a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly dataDirectory: string;
  readonly output: LogCatcher;
  readonly exited: Promise<ProcessEnd>;
  /** Sends a signal and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<ProcessEnd>;
}

/** The server did not become ready: what it printed says why. */
export class ServerNotStarted extends Error {
  override readonly name = "ServerNotStarted";
  readonly end: ProcessEnd | undefined;
  readonly output: readonly string[];

  constructor(what: string, end: ProcessEnd | undefined, output: readonly string[]) {
    super(`The server ${what}. It printed:\n${output.join("\n")}`);
    this.end = end;
    this.output = output;
  }
}

const MAIN = fileURLToPath(new URL("../../server/dist/main.js", import.meta.url));
const PATIENCE = 15_000;

/** Starts `main.js` and waits until it is ready. @throws {ServerNotStarted} if it ends before, or takes too long. */
export async function spawnTestServer(options: SpawnOptions = {}): Promise<ServerProcess> {
  const dataDirectory = options.dataDirectory ?? join(testRun().directory, uniqueName("data"));
  const child = spawn(process.execPath, [MAIN], {
    env: { ...inherited(), ...settings(dataDirectory, options.database), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = new LogCatcher("process");
  const exited = watch(child, output);
  const stopWithTests = () => child.kill("SIGKILL");
  process.once("exit", stopWithTests);
  void exited.then(() => process.off("exit", stopWithTests));
  const kill = (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    return exited;
  };
  try {
    const url = await ready(output, exited, options.patience ?? PATIENCE);
    return {
      url,
      pid: child.pid as number,
      dataDirectory,
      output,
      exited,
      kill,
      [Symbol.asyncDispose]: async () => void (await kill()),
    };
  } catch (error) {
    await kill("SIGKILL");
    throw error;
  }
}

function inherited(): Record<string, string> {
  const { PATH = "", HOME = "/", TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }) };
}

function settings(dataDirectory: string, database: SpawnOptions["database"]): Record<string, string> {
  return {
    HOST: "127.0.0.1",
    PORT: "0",
    METRICS_PORT: "0",
    DATA_DIR: dataDirectory,
    LOG_LEVEL: "debug",
    REGISTRATIONS_PER_HOUR: "1000000",
    ...(database && {
      POSTGRES_HOST: database.host,
      POSTGRES_PORT: String(database.port),
      POSTGRES_DB: database.database,
      POSTGRES_USER: database.user,
      POSTGRES_PASSWORD: database.password,
    }),
  };
}

function watch(
  child: ChildProcessByStdio<null, Readable, Readable>,
  output: LogCatcher,
): Promise<ProcessEnd> {
  for (const stream of [child.stdout, child.stderr]) takeLines(stream, (line) => output.write(line));
  // "exit", not "close": a database that outlives the server may hold the output open.
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => setImmediate(() => resolve({ code, signal })));
  });
}

function takeLines(stream: Readable, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
  stream.on("end", () => {
    if (rest !== "") take(rest);
  });
}

async function ready(output: LogCatcher, exited: Promise<ProcessEnd>, patience: number): Promise<string> {
  let end: ProcessEnd | undefined;
  void exited.then((value) => {
    end = value;
  });
  const deadline = Date.now() + patience;
  for (;;) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output.lines.join("\n"))?.[0];
    if (url && (await isReady(url))) return url;
    if (end) throw new ServerNotStarted(`ended with ${end.signal ?? end.code}`, end, output.lines);
    if (Date.now() > deadline)
      throw new ServerNotStarted(`was not ready within ${patience} ms`, undefined, output.lines);
    await delay(20);
  }
}

async function isReady(url: string): Promise<boolean> {
  const answer = sendRequest(url, { method: "GET", path: "/health/ready" });
  return answer.then(
    ({ status }) => status === 200,
    () => false,
  );
}
