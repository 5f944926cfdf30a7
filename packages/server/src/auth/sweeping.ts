import type { BaseLogger } from "pino";
import type { Database, Sql } from "../db/database.ts";
import type { Sessions } from "./sessions/sessions.ts";
import { deleteExpiredSessions } from "./sessions/store.ts";
import { deleteExpiredRecoveryTokens } from "./store.ts";
import { deleteOldEntries } from "./throttling/store.ts";

/** Milliseconds. */
const INTERVAL = 60_000;
const BATCH = 1_000;
const BATCHES = 20;

/** What sweeping needs. */
export interface SweepingDependencies {
  readonly database: Database;
  readonly log: Pick<BaseLogger, "warn">;
  readonly sessions: Pick<Sessions, "announceRevoked">;
}

/**
 * Removes what is past its time: sessions, whose sockets close then, recovery tokens, counted attempts and known
 * addresses. In batches, so that no statement is long; what is left after many of them waits for the next time.
 */
export async function sweep({ database, sessions }: SweepingDependencies): Promise<void> {
  await inBatches(database, async (sql) => {
    const expired = await deleteExpiredSessions(sql, BATCH);
    sessions.announceRevoked(expired);
    return expired.length;
  });
  await inBatches(database, (sql) => deleteExpiredRecoveryTokens(sql, BATCH));
  await inBatches(database, (sql) => deleteOldEntries(sql, BATCH));
}

async function inBatches(database: Database, deleteBatch: (sql: Sql) => Promise<number>): Promise<void> {
  for (let batch = 0; batch < BATCHES; batch += 1) {
    if ((await database.run(deleteBatch)) < BATCH) return;
  }
}

/** Sweeps once a minute. @returns a function that ends it. */
export function startSweeping(dependencies: SweepingDependencies): () => void {
  const timer = setInterval(() => {
    sweep(dependencies).catch((error: unknown) =>
      dependencies.log.warn({ err: error }, "could not sweep accounts"),
    );
  }, INTERVAL);
  timer.unref();
  return () => clearInterval(timer);
}
