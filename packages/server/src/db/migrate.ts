import { readdir, readFile } from "node:fs/promises";
import type { Database, Sql } from "./database.ts";

/** Beside `src` and `dist`, so that both find the same files. */
const DIRECTORY = new URL("../../migrations/", import.meta.url);

/** Any number, but the same for every version of the server. */
const ADVISORY_LOCK = 7_215_931_406;

/** A database that this version of the server must not touch. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

/**
 * Brings the database to the newest schema: plain SQL files, forward only, each once, all in one transaction under an
 * advisory lock, so that servers that start together do not collide and a failed start changes nothing.
 *
 * @returns the names of the files that were applied.
 * @throws {MigrationError} if the database is newer than this server.
 */
export async function migrate(database: Database): Promise<string[]> {
  const files = (await readdir(DIRECTORY)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  return await database.transaction(async (sql) => {
    await sql`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`;
    const applied = await appliedMigrations(sql);
    refuseNewer(applied, files);
    const missing = files.filter((file) => !applied.includes(file));
    for (const file of missing) await apply(sql, file);
    return missing;
  });
}

async function appliedMigrations(sql: Sql): Promise<string[]> {
  await sql`CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`;
  const rows = await sql<{ name: string }[]>`SELECT name FROM migrations ORDER BY name`;
  return rows.map(({ name }) => name);
}

function refuseNewer(applied: readonly string[], known: readonly string[]): void {
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new MigrationError(
    `The database was written by a newer version of Tacit (it has ${unknown.join(", ")}). Start that version, or restore a backup made before the upgrade.`,
  );
}

async function apply(sql: Sql, file: string): Promise<void> {
  const text = await readFile(new URL(file, DIRECTORY), "utf8");
  // SET LOCAL: building an index on a large table may take longer than a request may.
  await sql.unsafe(`SET LOCAL statement_timeout = 0; ${text}`);
  await sql`INSERT INTO migrations (name) VALUES (${file})`;
}
