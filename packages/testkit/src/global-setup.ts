import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase } from "@tacit/server/db/database";
import { startEmbeddedPostgres } from "@tacit/server/db/embedded/embedded";
import { migrate } from "@tacit/server/db/migrate";
import { findLeaks } from "./secret-scan.ts";
import { administer, dropDatabase, openTestSql } from "./test-database.ts";
import {
  appendLine,
  logDirectory,
  makeRunDirectories,
  publishTestRun,
  type ServerConnection,
  secretDirectory,
  type TestRun,
} from "./test-run.ts";

/** Prepares what a whole run shares; returns what ends it: vitest calls both, once, in its main process. */
export default async function setUpRun(): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "tacit-test-"));
  makeRunDirectories(directory);
  const [postgres] = await Promise.all([startPostgres(directory), build()]);
  const databasePrefix = `tacit_test_${randomBytes(4).toString("hex")}_`;
  const run: TestRun = {
    directory,
    databasePrefix,
    postgres: postgres.connection,
    maintenanceDatabase: postgres.maintenanceDatabase,
    templateDatabase: `${databasePrefix}template`,
  };
  const end = async () => {
    await dropDatabases(run);
    await postgres.stop();
    if (await reportLeaks(run)) process.exitCode = 1;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    publishTestRun(run);
    await createTemplate(run);
    return end;
  } catch (error) {
    await end();
    throw error;
  }
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Some tests start the built server as a process. What does not compile is built and reported all the same. */
async function build(): Promise<void> {
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const failure = await new Promise<string | undefined>((resolve) => {
    execFile(process.execPath, [compiler, "-b", "packages/server"], { cwd: ROOT }, (error, output) =>
      resolve(error ? output : undefined),
    );
  });
  if (failure !== undefined) process.stderr.write(`The build has errors:\n${failure}\n`);
}

interface RunningPostgres {
  readonly connection: ServerConnection;
  readonly maintenanceDatabase: string;
  stop(): Promise<void>;
}

/** The built-in PostgreSQL, or the one that `TEST_DATABASE_URL` names, whose user must be allowed to create databases. */
async function startPostgres(directory: string): Promise<RunningPostgres> {
  const url = process.env.TEST_DATABASE_URL;
  if (url) return externalPostgres(new URL(url));
  const logFile = join(logDirectory({ directory }), "postgres.log");
  const embedded = await startEmbeddedPostgres({
    dataDirectory: join(directory, "database"),
    log: (line) => appendLine(logFile, line),
  });
  const { superuser, connection } = embedded;
  const admin = openTestSql(superuser, superuser.database);
  await admin.unsafe(`ALTER ROLE ${connection.user} CREATEDB`);
  await admin.end();
  return { connection, maintenanceDatabase: connection.database, stop: () => embedded.stop() };
}

function externalPostgres(url: URL): RunningPostgres {
  const connection = {
    host: url.searchParams.get("host") ?? decodeURIComponent(url.hostname || "localhost"),
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  const maintenanceDatabase = decodeURIComponent(url.pathname.slice(1)) || "postgres";
  return { connection, maintenanceDatabase, stop: async () => {} };
}

async function createTemplate(run: TestRun): Promise<void> {
  const { templateDatabase } = run;
  await administer(run, (sql) => sql.unsafe(`CREATE DATABASE ${templateDatabase}`));
  const database = openDatabase({ ...run.postgres, database: templateDatabase });
  await migrate(database);
  await database.close();
}

/** Also those of tests that ended without cleaning up. */
async function dropDatabases(run: TestRun): Promise<void> {
  await administer(run, async (sql) => {
    const rows = await sql`SELECT datname FROM pg_database WHERE starts_with(datname, ${run.databasePrefix})`;
    for (const { datname } of rows) await dropDatabase(sql, datname);
  });
}

const LEAKS_SHOWN = 20;

/** True if a log of this run holds a secret that a test used. */
async function reportLeaks(run: TestRun): Promise<boolean> {
  const leaks = await findLeaks(logDirectory(run), secretDirectory(run));
  for (const { kind, file, line, text } of leaks.slice(0, LEAKS_SHOWN)) {
    process.stderr.write(`SECRET IN A LOG: ${kind}, ${file} line ${line}: ${text}\n`);
  }
  if (leaks.length > 0) process.stderr.write(`The run failed: its logs hold ${leaks.length} secrets.\n`);
  return leaks.length > 0;
}
