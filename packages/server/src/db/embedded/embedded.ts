import { mkdir, realpath } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { type Binaries, findBinaries } from "./binaries.ts";
import {
  adoptRootsCluster,
  clusterDirectory,
  clusterOwner,
  createCluster,
  hasCluster,
  removeUnfinished,
} from "./cluster.ts";
import {
  generatePasswords,
  keepPasswords,
  type Passwords,
  readPasswords,
  SERVER_ROLE,
  SUPERUSER_ROLE,
} from "./credentials.ts";
import { failureFromFile, failureFromOutput } from "./diagnosis.ts";
import { EmbeddedPostgresError } from "./errors.ts";
import { lockDirectory } from "./lock.ts";
import { endPreviousRun } from "./previous-run.ts";
import { findLauncher, type Launcher } from "./privileges.ts";
import { type ServerProcess, startServerProcess } from "./process.ts";
import { setPasswords } from "./roles.ts";
import { makeSocketDirectory, removeDeadSocketDirectories, SOCKET_PORT } from "./socket-directory.ts";

export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from "./errors.ts";

/** Where and as whom to connect: always a unix socket in a private directory. */
export interface SocketConnection {
  /** The directory of the socket. */
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
}

/** A running built-in PostgreSQL. */
export interface EmbeddedPostgres {
  /** The role the server uses: owner of its database, no superuser. */
  readonly connection: SocketConnection;
  /** The superuser, for tests and maintenance. */
  readonly superuser: SocketConnection;
  readonly pid: number;
  /** Settles when the database process ended, for whatever reason; `expected` is true after stop(). */
  readonly exited: Promise<DatabaseExit>;
  /** Fast shutdown, immediate shutdown after 4 s; resolves when it is gone. Idempotent. */
  stop(): Promise<void>;
}

/** How the database process ended, with the last lines of its log. */
export interface DatabaseExit {
  code: number | null;
  signal: string | null;
  expected: boolean;
  lastLines: string[];
}

/** What the built-in PostgreSQL is started with. */
export interface EmbeddedPostgresOptions {
  /** Tacit's data directory, made if missing; the cluster is its folder `postgres`. */
  dataDirectory: string;
  /** Gets PostgreSQL's own log lines, which hold no secrets. */
  log: (line: string) => void;
}

// Crash recovery reads at most max_wal_size of log; this is far beyond what that takes.
const READY_MS = 300_000;
const LEFTOVER_MS = 10_000;
const LEFTOVER_RETRY_MS = 200;

/**
 * Starts the built-in PostgreSQL on a data directory, creating the cluster the first time.
 * Throws an `EmbeddedPostgresError`, whose message an operator can act on.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    await mkdir(options.dataDirectory, { recursive: true, mode: 0o700 });
    const dataDirectory = await realpath(options.dataDirectory);
    const binaries = await findBinaries();
    const launcher = await findLauncher(binaries.postgres, await clusterOwner(dataDirectory));
    return await startLocked({ dataDirectory, binaries, launcher, log: options.log });
  } catch (error) {
    throw failureFromFile(options.dataDirectory, error);
  }
}

interface Site {
  dataDirectory: string;
  binaries: Binaries;
  launcher: Launcher;
  log: (line: string) => void;
}

async function startLocked(site: Site): Promise<EmbeddedPostgres> {
  const sockets = await makeSocketDirectory(site.dataDirectory);
  let lock: Awaited<ReturnType<typeof lockDirectory>> | undefined;
  // What cannot be removed here the next start removes.
  const letGo = async () => {
    await Promise.allSettled([sockets.remove(), lock?.release()]);
  };
  try {
    lock = await lockDirectory(sockets.dataLink);
    await removeDeadSocketDirectories(site.dataDirectory, sockets);
    if (site.launcher.owner) await sockets.giveTo(site.launcher.owner);
    const passwords = await prepareCluster(site);
    const server = await startReady(site, sockets.path, passwords);
    return running(server, sockets.path, passwords, letGo);
  } catch (error) {
    await letGo();
    throw error;
  }
}

async function prepareCluster(site: Site): Promise<Passwords> {
  const { dataDirectory, launcher, binaries } = site;
  const cluster = clusterDirectory(dataDirectory);
  if (await hasCluster(dataDirectory)) {
    await adoptRootsCluster(dataDirectory, launcher);
    await endPreviousRun(cluster);
    await removeUnfinished(dataDirectory);
  } else {
    await createCluster(dataDirectory, launcher, binaries);
  }
  const kept = await readPasswords(dataDirectory);
  if (kept) return kept;
  // The files are lost (a backup of the cluster alone, say): who may run PostgreSQL may set new passwords.
  const passwords = generatePasswords();
  await setPasswords(launcher, binaries.postgres, cluster, passwords);
  await keepPasswords(dataDirectory, passwords);
  return passwords;
}

// Backends that outlived a killed postmaster end by themselves; until then PostgreSQL refuses to start.
async function startReady(site: Site, socketDirectory: string, passwords: Passwords): Promise<ServerProcess> {
  const deadline = Date.now() + LEFTOVER_MS;
  for (;;) {
    const { server, failure } = await tryStart(site, socketDirectory, passwords);
    if (!failure) return server;
    if (!failure.leftover || Date.now() > deadline) throw failure.error;
    await delay(LEFTOVER_RETRY_MS);
  }
}

async function tryStart(site: Site, socketDirectory: string, passwords: Passwords) {
  const cluster = clusterDirectory(site.dataDirectory);
  const server = await startServerProcess({
    postgres: site.binaries.postgres,
    launcher: site.launcher,
    cluster,
    socketDirectory,
    port: SOCKET_PORT,
    log: site.log,
  });
  if (await withinReadyTime(server.ready)) {
    await provesToAnswer(server, connectionAs(SERVER_ROLE, SERVER_ROLE, passwords.server, socketDirectory));
    return { server };
  }
  await server.stop();
  const { lines } = await server.exited;
  const leftover = lines.some((line) => line.includes("is still in use"));
  return { server, failure: { leftover, error: failureFromOutput("Starting the database", cluster, lines) } };
}

async function withinReadyTime(ready: Promise<boolean>): Promise<boolean> {
  const timer = new AbortController();
  const tooLate = delay(READY_MS, false, { signal: timer.signal }).catch(() => false);
  const inTime = await Promise.race([ready, tooLate]);
  timer.abort();
  return inTime;
}

async function provesToAnswer(server: ServerProcess, connection: SocketConnection): Promise<void> {
  const sql = postgres({ ...connection, max: 1, connect_timeout: 10, fetch_types: false });
  try {
    await sql`SELECT 1`;
  } catch (cause) {
    await server.stop();
    throw refusedConnection(cause);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function refusedConnection(cause: unknown): EmbeddedPostgresError {
  const wrongPassword = cause instanceof postgres.PostgresError && cause.code === "28P01";
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = wrongPassword
    ? "The built-in PostgreSQL refused the password kept for it: remove the files postgres-*.password from the data directory to have new ones made, and start again."
    : `The built-in PostgreSQL started but could not be used: ${reason}`;
  return new EmbeddedPostgresError("start_failed", message, { cause });
}

function running(
  server: ServerProcess,
  socketDirectory: string,
  passwords: Passwords,
  letGo: () => Promise<void>,
): EmbeddedPostgres {
  const exited = server.exited.then(async ({ code, signal, expected, lines }) => {
    await letGo();
    return { code, signal, expected, lastLines: lines };
  });
  return {
    connection: connectionAs(SERVER_ROLE, SERVER_ROLE, passwords.server, socketDirectory),
    superuser: connectionAs(SUPERUSER_ROLE, SERVER_ROLE, passwords.superuser, socketDirectory),
    pid: server.pid,
    exited,
    stop: async () => {
      await server.stop();
      await exited;
    },
  };
}

function connectionAs(user: string, database: string, password: string, host: string): SocketConnection {
  return { host, port: SOCKET_PORT, database, user, password };
}
