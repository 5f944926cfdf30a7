import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { Config, DatabaseConfig } from "../config.ts";
import { TacitError } from "../errors.ts";
import { type Connection, type Database, openDatabase } from "./database.ts";
import { supervisePostgres } from "./supervised.ts";

/** The database of the settings, whichever it is. */
export interface ConfiguredDatabase {
  readonly database: Database;
  /** False while the built-in database is being started again. */
  isUp(): boolean;
  /** Settles with a sentence if the built-in database cannot be started again. */
  readonly failed: Promise<string>;
  /** Closes the pool, then stops the built-in database. */
  close(): Promise<void>;
}

/**
 * Opens the operator's PostgreSQL, or starts the built-in one.
 *
 * @throws {EmbeddedPostgresError | UnusableDatabaseError} with a sentence for the operator.
 */
export async function openConfiguredDatabase(config: Config, log: Logger): Promise<ConfiguredDatabase> {
  if (config.database.kind !== "embedded") {
    const database = openDatabase(connectionOf(config.database));
    await requirePostgres(database, log);
    return { database, isUp: () => true, failed: new Promise(() => {}), close: database.close };
  }
  const supervised = await supervisePostgres(config.dataDirectory, log);
  const database = openDatabase(supervised.connection, { socketPath: supervised.socketPath });
  return {
    database,
    isUp: supervised.isUp,
    failed: supervised.failed,
    close: async () => {
      await database.close();
      await supervised.stop();
    },
  };
}

function connectionOf(config: Exclude<DatabaseConfig, { kind: "embedded" }>): Connection {
  return config.kind === "url" ? { url: config.url } : config;
}

/** An operator's PostgreSQL that cannot be used. */
export class UnusableDatabaseError extends Error {
  override readonly name = "UnusableDatabaseError";
}

/** Milliseconds: machines start their services in any order. */
const PATIENCE = 30_000;
const PAUSE = 1_000;
/** As `server_version_num` tells it: 14.0. */
const OLDEST_VERSION = 140_000;

async function requirePostgres(database: Database, log: Logger): Promise<void> {
  const version = await firstAnswer(database, log, performance.now() + PATIENCE).catch(
    async (error: Error) => {
      await database.close();
      throw error;
    },
  );
  if (version >= OLDEST_VERSION) return;
  await database.close();
  throw new UnusableDatabaseError(
    `PostgreSQL ${Math.floor(version / 10_000)} is too old: Tacit needs version 14 or newer.`,
  );
}

async function firstAnswer(database: Database, log: Logger, deadline: number): Promise<number> {
  try {
    return await database.run(async (sql) => {
      const [row] = await sql<
        { version: number }[]
      >`SELECT current_setting('server_version_num')::integer AS version`;
      return row?.version ?? 0;
    });
  } catch (error) {
    const isAway = error instanceof TacitError && error.code === "not_ready";
    const reason = ((error as Error).cause ?? error) as Error & { code?: string };
    if (!isAway || performance.now() > deadline) throw unusable(reason);
    log.warn({ code: reason.code }, "PostgreSQL does not answer yet; trying again");
    await delay(PAUSE);
    return await firstAnswer(database, log, deadline);
  }
}

function unusable(reason: Error & { code?: string }): UnusableDatabaseError {
  return new UnusableDatabaseError(
    `PostgreSQL cannot be used: ${reason.message || reason.code}. Check DATABASE_URL or the POSTGRES_ settings.`,
    { cause: reason },
  );
}
