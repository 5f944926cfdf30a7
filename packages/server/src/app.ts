import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ClientEventType, Method } from "@tacit/protocol";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { diskBlobs } from "./blobs/disk.ts";
import { localBus } from "./bus/local.ts";
import type { Config } from "./config.ts";
import { type ConfiguredDatabase, openConfiguredDatabase } from "./db/configured.ts";
import type { Sql } from "./db/database.ts";
import { migrate } from "./db/migrate.ts";
import { createDomains, type Domains } from "./domains.ts";
import { createGateway, type Gateway } from "./gateway/gateway.ts";
import { clientReader } from "./http/client.ts";
import { buildHttpServer } from "./http/server.ts";
import { loadInstanceSecrets } from "./instance/secrets.ts";
import { createWriteBatch } from "./messages/write-batch.ts";
import { createMetrics, serveMetrics } from "./metrics.ts";
import { operationsRoutes } from "./operations/routes.ts";
import { VERSION } from "./version.ts";

/** Milliseconds that requests under way have to finish when the server stops. */
const REQUEST_PATIENCE = 3_000;

/** A running server. */
export interface App {
  /** Where it listens, as `http://127.0.0.1:8081`. */
  readonly url: string;
  /** What it serves, for documents and tests. */
  readonly routes: readonly { readonly method: Method; readonly path: string }[];
  readonly clientEvents: readonly ClientEventType[];
  /** Settles with a sentence if the server cannot go on: its built-in database cannot be started again. */
  readonly failed: Promise<string>;
  /** Refuses new work, finishes what is running, then stops sockets, pool and built-in database. Repeatable. */
  close(): Promise<void>;
}

/**
 * Builds everything, in order, from the settings, and listens.
 *
 * @throws {EmbeddedPostgresError | MigrationError | TacitError} with a sentence for the operator.
 */
export async function startApp(config: Config, log: Logger): Promise<App> {
  const configured = await openConfiguredDatabase(config, log);
  try {
    const applied = await migrate(configured.database);
    if (applied.length > 0) log.info({ applied }, "database migrated");
    return await startServing(config, log, configured);
  } catch (error) {
    await configured.close();
    throw error;
  }
}

async function startServing(config: Config, log: Logger, configured: ConfiguredDatabase): Promise<App> {
  const { database } = configured;
  const bus = localBus();
  const blobs = await diskBlobs(join(config.dataDirectory, "media"));
  const metrics = createMetrics(() => gateway.openSockets());
  const writeBatch = createWriteBatch(database, (rows) => metrics.batchRows.observe(rows));
  const clients = clientReader(config.trustedProxies, (peer) => {
    log.warn(
      { peer },
      "X-Forwarded-For came from an address that is not in TRUSTED_PROXIES, so it is not believed",
    );
  });
  let isClosing = false;
  const isReady = () => !isClosing && configured.isUp();
  const domains = await createDomains({
    config,
    log: log as FastifyBaseLogger,
    database,
    bus,
    blobs,
    secrets: await loadInstanceSecrets(database),
    writeBatch,
    onBlocksChanged: (ownerId, otherId) => bus.publish("block.changed", { ownerId, otherId }),
  });
  const { auth } = domains;
  const gateway: Gateway = createGateway({
    bus,
    log,
    clients,
    corsAllowOrigins: config.corsAllowOrigins,
    authenticate: auth.authenticate,
    isReady,
    handlers: domains.handlers,
    readAudience: domains.chats.audienceOf,
    ...visibility(domains, (work) => database.run(work)),
  });
  const answers = () => database.run((sql) => sql`SELECT 1`).then(isReady, () => false);
  const routes = [...domains.routes, ...operationsRoutes({ ...config, version: VERSION, isReady: answers })];
  const http = await buildHttpServer(routes, {
    log: log as FastifyBaseLogger,
    clients,
    corsAllowOrigins: config.corsAllowOrigins,
    webDirectory: config.webDirectory,
    authenticate: auth.authenticate,
    requireAdministrator: auth.requireAdministrator,
    isReady,
    metrics,
  });
  gateway.attach(http.server);
  const stopSweeping = auth.startSweeping();
  await http.listen({ host: config.host, port: config.port });
  const metricsServer =
    config.metricsPort === null ? null : await serveMetrics(metrics, config.metricsPort, log);
  const url = urlOf(http);
  log.info({ url, version: VERSION }, "listening");

  const close = async () => {
    isClosing = true;
    stopSweeping();
    metricsServer?.close();
    // Both at once: an open socket would keep the HTTP server from closing.
    const refusing = http.close();
    const impatience = setTimeout(() => http.server.closeAllConnections(), REQUEST_PATIENCE);
    await gateway.close();
    await refusing;
    clearTimeout(impatience);
    await writeBatch.drained();
    await domains.close();
    await blobs.close();
    await bus.close();
    await configured.close();
  };
  let closing: Promise<void> | null = null;
  return {
    url,
    routes: routes.flatMap(({ endpoint }) =>
      [endpoint.method].flat().map((method) => ({ method, path: endpoint.path })),
    ),
    clientEvents: gateway.clientEvents,
    failed: configured.failed,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Who may see whom, type or be there: they share a chat, and the one who is seen has not blocked the other. */
function visibility({ chats, users }: Domains, run: <T>(work: (sql: Sql) => Promise<T>) => Promise<T>) {
  const without = (peers: readonly number[], blocked: readonly number[]) => {
    const hidden = new Set(blocked);
    return new Set(peers.filter((id) => !hidden.has(id)));
  };
  return {
    visibleTo: (userId: number, others: readonly number[]) =>
      run(async (sql) => {
        const peers = await chats.peersAmong(sql, userId, others);
        return without(peers, await users.blockersAmong(sql, userId, peers));
      }),
    observersOf: (userId: number, others: readonly number[]) =>
      run(async (sql) => {
        const peers = await chats.peersAmong(sql, userId, others);
        return without(peers, await users.blockedAmong(sql, userId, peers));
      }),
    standingsIn: (chatId: number, userIds: readonly number[]) =>
      run(async (sql) => {
        const members = await chats.membersAmong(sql, chatId, userIds);
        const isSilenced = await isBlockedPair(users, sql, members[0]);
        return new Map(members.map(({ userId, peerId }) => [userId, { peerId, isSilenced }]));
      }),
  };
}

/** In a private chat a block hides both: typing would tell the blocked one that the other is there. */
async function isBlockedPair(
  users: Domains["users"],
  sql: Sql,
  member: { readonly userId: number; readonly peerId: number | null } | undefined,
): Promise<boolean> {
  if (!member || member.peerId === null) return false;
  const { userId, peerId } = member;
  return (await users.isBlocked(sql, userId, peerId)) || (await users.isBlocked(sql, peerId, userId));
}

function urlOf({ server }: FastifyInstance): string {
  const { address, family, port } = server.address() as AddressInfo;
  const host =
    address === "0.0.0.0" || address === "::" ? "localhost" : family === "IPv6" ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
