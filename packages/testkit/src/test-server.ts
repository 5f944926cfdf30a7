import { join } from "node:path";
import { type App, type Config, createLogger, readConfig, startApp } from "@tacit/server";
import { LogCatcher } from "./log-catcher.ts";
import { createTestDatabase, openTestSql, type TestDatabase, type TestSql } from "./test-database.ts";
import { testRun, uniqueName } from "./test-run.ts";

/** The real server, in this process, on a real database. */
export interface TestServer extends AsyncDisposable {
  /** As `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly app: App;
  readonly config: Config;
  /** SQL on the server's database: to look at rows and to move timestamps. */
  readonly sql: TestSql;
  readonly logs: LogCatcher;
  /** Stops the server and removes its database, unless that was given by the test. Repeatable. */
  close(): Promise<void>;
}

/**
 * Starts a server on a free port, by default on a fresh database. With `database`, on that one, which stays when the
 * server closes: for restarts and for several servers on one database.
 */
export async function startTestServer(overrides: Partial<Config> = {}): Promise<TestServer> {
  const own = overrides.database ? undefined : await createTestDatabase();
  const config = testConfig({ ...(own ? { database: own.config } : {}), ...overrides });
  const logs = new LogCatcher();
  try {
    const app = await startApp(config, createLogger(config.logLevel, logs));
    return running(app, config, logs, own);
  } catch (error) {
    await own?.drop();
    throw error;
  }
}

/** Settings as an operator has by default, but on a free local port and without limits that tests would run into. */
export function testConfig(overrides: Partial<Config> = {}): Config {
  return {
    ...readConfig({}),
    host: "127.0.0.1",
    port: 0,
    metricsPort: null,
    dataDirectory: join(testRun().directory, uniqueName("data")),
    webDirectory: null,
    registrationsPerHour: 1_000_000,
    logLevel: "debug",
    ...overrides,
  };
}

function running(app: App, config: Config, logs: LogCatcher, own: TestDatabase | undefined): TestServer {
  const sql = own?.sql ?? sqlOn(config.database);
  let closing: Promise<void> | undefined;
  const close = async () => {
    await app.close();
    if (own) await own.drop();
    else await sql.end({ timeout: 1 });
  };
  return {
    url: app.url,
    app,
    config,
    sql,
    logs,
    close: () => {
      closing ??= close();
      return closing;
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
}

function sqlOn(database: Config["database"]): TestSql {
  if (database.kind !== "fields")
    throw new Error("A test server needs its database as fields: see createTestDatabase.");
  return openTestSql(database, database.database);
}
