import { randomBytes } from "node:crypto";
import type { Config } from "@tacit/server";
import postgres from "postgres";
import { type ServerConnection, type TestRun, testRun } from "./test-run.ts";

/** SQL on a test's database, past the server: to look at rows and to move timestamps. */
export type TestSql = postgres.Sql<{ bigint: number }>;

/** A fresh database with the newest schema. */
export interface TestDatabase {
  readonly name: string;
  /** For `startTestServer({ database })`. */
  readonly config: Extract<Config["database"], { kind: "fields" }>;
  readonly sql: TestSql;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

/** Opens SQL on a database of the run's PostgreSQL; numbers are read as the server reads them. */
export function openTestSql(server: ServerConnection, database: string): TestSql {
  const { host, port, user, password } = server;
  return postgres({
    host,
    port,
    database,
    username: user,
    password,
    ...(host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : {}),
    max: 2,
    idle_timeout: 5,
    onnotice: () => {},
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    connection: { timezone: "UTC" },
  });
}

/** Copies the run's template database: a few times faster than migrating an empty one. */
export async function createTestDatabase(run: TestRun = testRun()): Promise<TestDatabase> {
  const name = `${run.databasePrefix}${randomBytes(6).toString("hex")}`;
  await administer(run, (sql) => sql.unsafe(`CREATE DATABASE ${name} TEMPLATE ${run.templateDatabase}`));
  const sql = openTestSql(run.postgres, name);
  return {
    name,
    config: { kind: "fields", ...run.postgres, database: name },
    sql,
    drop: async () => {
      await sql.end({ timeout: 1 });
      await administer(run, (admin) => dropDatabase(admin, name));
    },
  };
}

/**
 * Ends a role's own connections to a database and removes it. Not `WITH (FORCE)`: that is refused while autovacuum is at
 * work there, which no ordinary role may end. Without it, PostgreSQL ends autovacuum itself and waits for who is leaving.
 */
export async function dropDatabase(sql: TestSql, name: string): Promise<void> {
  await sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${name} AND usename = current_user`;
  await sql.unsafe(`DROP DATABASE IF EXISTS ${name}`);
}

/** Runs SQL on the PostgreSQL server itself, for what no test's database can do about itself. */
export async function administer(run: TestRun, work: (sql: TestSql) => Promise<unknown>): Promise<void> {
  const sql = openTestSql(run.postgres, run.maintenanceDatabase);
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
