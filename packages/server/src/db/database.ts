import { connect, type Socket } from "node:net";
import postgres from "postgres";
import { TacitError } from "../errors.ts";

/** Runs SQL: either the pool or one transaction. Stores take this and never know which. */
export type Sql = postgres.ISql<{ bigint: number }>;

/** Where PostgreSQL is: a URL, or its parts; a `host` that begins with `/` is a socket's directory. */
export type Connection =
  | { readonly url: string }
  | {
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password: string;
    };

/** The only way to the database: every use has a deadline, after which its connection is destroyed. */
export interface Database {
  /**
   * Runs statements outside a transaction.
   *
   * @throws {TacitError} `not_ready` when PostgreSQL cannot be reached or does not answer in time,
   *   `storage_full` when its disk is full.
   */
  run<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Runs `work` in a transaction that commits when it returns and rolls back when it throws. Throws as `run`. */
  transaction<T>(
    work: (sql: Sql) => Promise<T>,
    isolation?: "read committed" | "repeatable read",
  ): Promise<T>;
  /** Lets what is running finish, at most 5 s, then closes every connection. */
  close(): Promise<void>;
}

/** Milliseconds. The server's own limits are below the client's, so that a living server always answers first. */
const STATEMENT_TIMEOUT = 8_000;
const LOCK_TIMEOUT = 5_000;
const DEADLINE = 12_000;

/** How a pool is opened. */
export interface DatabaseOptions {
  /** Default 10. */
  readonly maxConnections?: number;
  /** Where the unix socket is at this moment: it moves when the built-in database is started again. */
  readonly socketPath?: () => string;
}

/** Opens a pool; connections are made when they are first needed. */
export function openDatabase(connection: Connection, options: DatabaseOptions = {}): Database {
  const sockets = new Set<Socket>();
  const sql = postgres({
    ...connectionOptions(connection),
    max: options.maxConnections ?? 10,
    connect_timeout: 5,
    // Seconds. The driver's own waits grow to 20 s, long after PostgreSQL is back.
    backoff: () => 0.1,
    // 3600 s lets PostgreSQL free the memory that a long-lived backend gathers.
    max_lifetime: 3600,
    onnotice: () => {},
    // Asking PostgreSQL for its types would be a query of the driver's own, whose failure nobody could catch.
    fetch_types: false,
    types: TYPES,
    connection: {
      application_name: "tacit",
      statement_timeout: STATEMENT_TIMEOUT,
      lock_timeout: LOCK_TIMEOUT,
      idle_in_transaction_session_timeout: DEADLINE,
      timezone: "UTC",
    },
    // Not in the driver's types, but part of its options: it lets a silent connection be found and destroyed.
    ...({
      socket: (target: SocketTarget) =>
        openSocket(options.socketPath ? { ...target, path: options.socketPath() } : target, sockets),
    } as object),
  }) as postgres.Sql<{ bigint: number }>;

  return {
    run: (work) => withDeadline(() => work(sql), sockets),
    transaction: (work, isolation = "read committed") =>
      withDeadline(
        () => sql.begin(`isolation level ${isolation}`, (tx) => work(tx as unknown as Sql)),
        sockets,
      ) as ReturnType<typeof work>,
    close: () => sql.end({ timeout: 5 }),
  };
}

/** Object ids are PostgreSQL's own and fixed: pg_type.dat. */
const TYPES = {
  bigint: { to: 20, from: [20], serialize: String, parse: Number },
  bigints: arrayType(1016, Number),
  texts: arrayType(1009, String),
  uuids: arrayType(2951, String),
};

/** An array of one dimension, as text (PostgreSQL manual, section 8.15.6). `parse` reads elements that need no quotes. */
function arrayType<T>(oid: number, parse: (element: string) => T) {
  return {
    to: oid,
    from: [oid],
    serialize: (elements: readonly unknown[]) => `{${elements.map(quoteElement).join(",")}}`,
    parse: (text: string) => (text === "{}" ? [] : text.slice(1, -1).split(",").map(parse)),
  };
}

function quoteElement(element: unknown): string {
  return element === null ? "NULL" : `"${String(element).replace(/[\\"]/g, "\\$&")}"`;
}

interface SocketTarget {
  readonly path?: string;
  readonly host: readonly string[];
  readonly port: readonly number[];
}

function connectionOptions(connection: Connection): postgres.Options<Record<string, never>> {
  const { host, port, database, user, password, ssl } =
    "url" in connection ? partsOf(connection.url) : { ...connection, ssl: null };
  const path = host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : {};
  return { host, port, database, username: user, password, ...path, ...(ssl ? { ssl } : {}) };
}

/** The driver takes a URL only as its first argument. `host` and `sslmode` may come as parameters, as libpq has them. */
function partsOf(text: string) {
  const url = new URL(text);
  const sslmode = url.searchParams.get("sslmode");
  return {
    host: url.searchParams.get("host") ?? decodeURIComponent(url.hostname || "localhost"),
    port: Number(url.port || 5432),
    database: decodeURIComponent(url.pathname.slice(1)) || "tacit",
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    ssl: sslmode === "disable" ? null : (sslmode as "require" | "prefer" | "verify-full" | null),
  };
}

/** Returned before it is connected: the driver never hears of one that fails earlier, and would lose its place in the pool. */
function openSocket(target: SocketTarget, sockets: Set<Socket>): Socket {
  const socket = target.path
    ? connect(target.path)
    : connect({ host: target.host[0] ?? "localhost", port: target.port[0] ?? 5432 });
  forgetClosed(sockets);
  sockets.add(socket);
  return socket;
}

/**
 * A connection whose peer has vanished never reports an error by itself, so work that is late destroys every
 * connection that has been silent for the second half of its time. Idle ones among them are simply reopened.
 */
async function withDeadline<T>(work: () => Promise<T>, sockets: Set<Socket>): Promise<T> {
  const heard = new Map<Socket, number>();
  const halfTime = setTimeout(() => {
    forgetClosed(sockets);
    for (const socket of sockets) heard.set(socket, socket.bytesRead);
  }, DEADLINE / 2);
  let expired: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    expired = setTimeout(() => {
      for (const [socket, bytes] of heard) if (socket.bytesRead === bytes) socket.destroy();
      reject(new TacitError("not_ready"));
    }, DEADLINE);
  });
  try {
    return await Promise.race([work(), deadline]);
  } catch (error) {
    throw translate(error);
  } finally {
    clearTimeout(halfTime);
    clearTimeout(expired);
  }
}

/** A listener could not do this: the driver removes all of them when it upgrades a socket to TLS. */
function forgetClosed(sockets: Set<Socket>): void {
  for (const socket of sockets) if (socket.destroyed) sockets.delete(socket);
}

/** Socket and driver errors, and PostgreSQL's classes 08 (connection), 53 (resources) and 57 (intervention). */
const UNREACHABLE =
  /^(08...|57P0[1-5]|53300|57014|55P03|25P03|ECONN\w+|ENOENT|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|CONNECT\w+|CONNECTION_\w+)$/;

function translate(error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string" || error instanceof TacitError) return error;
  if (code === "53100") return new TacitError("storage_full", { cause: error });
  if (UNREACHABLE.test(code)) return new TacitError("not_ready", { cause: error });
  return error;
}

/** True for a violation of the named unique constraint or index (SQLSTATE 23505). */
export function violatesUnique(error: unknown, constraint: string): boolean {
  const { code, constraint_name } = (error ?? {}) as { code?: string; constraint_name?: string };
  return code === "23505" && constraint_name === constraint;
}
