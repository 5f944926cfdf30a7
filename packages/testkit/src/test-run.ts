import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "@tacit/server/db/database";

/** What every process of one test run shares, in a directory that the run removes at its end. */
export interface TestRun {
  readonly directory: string;
  /** As whom to connect: no superuser, but allowed to create databases. */
  readonly postgres: ServerConnection;
  /** A database to be connected to while others are created and dropped. */
  readonly maintenanceDatabase: string;
  /** A database with the newest schema and no rows, to be copied. */
  readonly templateDatabase: string;
  /** Begins the name of every database of this run. */
  readonly databasePrefix: string;
}

/** Where PostgreSQL is, without the name of a database. */
export type ServerConnection = Omit<Extract<Connection, { host: string }>, "database">;

const VARIABLE = "TACIT_TEST_RUN";

/** Makes the folders that {@link logDirectory} and {@link secretDirectory} name. */
export function makeRunDirectories(directory: string): void {
  mkdirSync(logDirectory({ directory }), { recursive: true });
  mkdirSync(secretDirectory({ directory }), { recursive: true });
}

/** Tells the processes that start from here on where the run is. */
export function publishTestRun(run: TestRun): void {
  writeFileSync(join(run.directory, "run.json"), JSON.stringify(run), { mode: 0o600 });
  process.env[VARIABLE] = run.directory;
}

let current: TestRun | undefined;

/**
 * The run that this process belongs to.
 *
 * @throws {Error} outside a test run: the global setup starts it.
 */
export function testRun(): TestRun {
  if (current) return current;
  const directory = process.env[VARIABLE];
  if (!directory) throw new Error("There is no test run: start the tests with vitest and its global setup.");
  current = JSON.parse(readFileSync(join(directory, "run.json"), "utf8")) as TestRun;
  return current;
}

/** Where every server of the run writes its log. */
export function logDirectory(run: Pick<TestRun, "directory"> = testRun()): string {
  return join(run.directory, "logs");
}

/** Where every worker of the run notes the secrets that it used. */
export function secretDirectory(run: Pick<TestRun, "directory"> = testRun()): string {
  return join(run.directory, "secrets");
}

let files = 0;

/** A name that no other process of the run uses, as `log-4711-1`. */
export function uniqueName(prefix: string): string {
  files += 1;
  return `${prefix}-${process.pid}-${files}`;
}

/** Appends a line at once, so that it is there even if the process is killed. */
export function appendLine(file: string, line: string): void {
  appendFileSync(file, line.endsWith("\n") ? line : `${line}\n`, { mode: 0o600 });
}
