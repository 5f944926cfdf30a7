#!/usr/bin/env node
import { startApp } from "./app.ts";
import { ConfigError, readConfig } from "./config.ts";
import { createLogger } from "./logger.ts";

/** A person at a terminal waits this long at most after Ctrl-C, in milliseconds. */
const CLOSE_PATIENCE = 10_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  const app = await startApp(config, log);
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "stopping");
    setTimeout(() => process.exit(1), CLOSE_PATIENCE).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.on("SIGHUP", stop);
  fail(await app.failed);
}

/** Operators read the end of the output: what went wrong is one plain sentence there, without a stack. */
function fail(error: unknown): void {
  const isExpected =
    typeof error === "string" ||
    EXPECTED.has((error as Error | null)?.name ?? "") ||
    error instanceof ConfigError;
  const text = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
  process.stderr.write(`\nTacit cannot go on:\n${text}\n`, () => process.exit(1));
}

const EXPECTED = new Set([
  "ConfigError",
  "EmbeddedPostgresError",
  "MigrationError",
  "TacitError",
  "UnusableDatabaseError",
  "UnusableDirectoryError",
]);

main().catch(fail);
