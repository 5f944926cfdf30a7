import type { Logger } from "pino";
import type { Config, DatabaseConfig } from "../config.ts";
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
 * @throws {EmbeddedPostgresError} with a sentence for the operator.
 */
export async function openConfiguredDatabase(config: Config, log: Logger): Promise<ConfiguredDatabase> {
  if (config.database.kind !== "embedded") {
    const database = openDatabase(connectionOf(config.database));
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
