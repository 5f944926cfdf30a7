import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { type EmbeddedPostgres, type SocketConnection, startEmbeddedPostgres } from "./embedded/embedded.ts";

/** The built-in PostgreSQL, started again whenever it ends without having been asked to. */
export interface SupervisedPostgres {
  readonly connection: SocketConnection;
  /** Path of the unix socket of the current run. */
  socketPath(): string;
  isUp(): boolean;
  /** Settles with a sentence once it cannot be started again: the server cannot go on. */
  readonly failed: Promise<string>;
  stop(): Promise<void>;
}

/** Waits before each attempt to start it again, in milliseconds. */
const RESTART_DELAYS = [0, 500, 1_000, 2_000, 5_000, 10_000];

/** @throws {EmbeddedPostgresError} if the first start fails. */
export async function supervisePostgres(dataDirectory: string, log: Logger): Promise<SupervisedPostgres> {
  const start = () =>
    startEmbeddedPostgres({ dataDirectory, log: (line) => log.debug({ line }, "postgres") });
  let current: EmbeddedPostgres | null = await start();
  let socketPath = socketPathOf(current.connection);
  const { connection } = current;
  const stopping = new AbortController();
  let fail: (sentence: string) => void = () => {};
  const failed = new Promise<string>((resolve) => {
    fail = resolve;
  });

  async function supervise(running: EmbeddedPostgres): Promise<void> {
    const exit = await running.exited;
    current = null;
    if (exit.expected || stopping.signal.aborted) return;
    log.error(
      { code: exit.code, signal: exit.signal, lastLines: exit.lastLines },
      "the built-in database ended; it is started again",
    );
    for (const pause of RESTART_DELAYS) {
      await delay(pause, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      const next = await start().catch((error: Error) =>
        log.error({ err: error }, "the built-in database does not start"),
      );
      if (!next) continue;
      if (stopping.signal.aborted) return await next.stop();
      current = next;
      socketPath = socketPathOf(next.connection);
      log.info("the built-in database is up again");
      return await supervise(next);
    }
    fail("The built-in database ended and cannot be started again; the log says why.");
  }

  const supervision = supervise(current);
  return {
    connection,
    socketPath: () => socketPath,
    isUp: () => current !== null,
    failed,
    stop: async () => {
      stopping.abort();
      await current?.stop();
      await supervision;
    },
  };
}

function socketPathOf({ host, port }: SocketConnection): string {
  return `${host}/.s.PGSQL.${port}`;
}
