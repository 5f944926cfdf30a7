import type { FastifyBaseLogger } from "fastify";
import { createAdmin } from "./admin/admin.ts";
import { type Auth, createAuth } from "./auth/auth.ts";
import type { Bus } from "./bus/bus.ts";
import { chatsRoutes } from "./chats/routes.ts";
import { type ChatsService, chatsService } from "./chats/service.ts";
import type { Config } from "./config.ts";
import type { Database } from "./db/database.ts";
import type { FrameHandlers } from "./gateway/dispatch.ts";
import type { Route } from "./http/endpoint.ts";
import type { InstanceSecrets } from "./instance/secrets.ts";
import { createKeys } from "./keys/keys.ts";
import { messagesFrames } from "./messages/frames.ts";
import { messagesRoutes } from "./messages/routes.ts";
import { messagesService } from "./messages/service.ts";
import type { WriteBatch } from "./messages/write-batch.ts";
import { createReports } from "./reports/reports.ts";
import { createUsers, type Users } from "./users/users.ts";

/** What the domains are built from. */
export interface DomainDependencies {
  readonly config: Config;
  readonly log: FastifyBaseLogger;
  readonly database: Database;
  readonly bus: Bus;
  readonly secrets: InstanceSecrets;
  readonly writeBatch: WriteBatch;
  readonly onBlocksChanged: (ownerId: number, otherId: number) => void;
}

/** Every domain of the server: what it serves, and what the gateway asks them. */
export interface Domains {
  readonly routes: readonly Route[];
  readonly handlers: FrameHandlers;
  readonly auth: Auth;
  readonly users: Users;
  readonly chats: ChatsService;
}

/** Builds the domains. Two that need each other get functions, so the order below is no secret dependency. */
export async function createDomains(dependencies: DomainDependencies): Promise<Domains> {
  const { database, bus, writeBatch } = dependencies;
  const chats = chatsService({
    database,
    bus,
    lockExisting: (...args) => users.lockExisting(...args),
    isBlocked: (...args) => users.isBlocked(...args),
  });
  const messages = messagesService({ database, bus, writeBatch });
  const { isMember, peersOf } = chats;
  const keys = createKeys({
    ...dependencies,
    peersOf,
    bumpMembersVersions: chats.raiseMembersVersions,
    checkCurrentPassword: (...args) => auth.checkCurrentPassword(...args),
  });
  const users = createUsers({
    ...dependencies,
    peersOf,
    forgetters: [chats.forgetUser, keys.forgetUser, (...args) => auth.forgetUser(...args)],
  });
  const admin = createAdmin({
    database,
    bus,
    revokeSessions: (...args) => auth.revokeSessions(...args),
  });
  const auth: Auth = await createAuth({ ...dependencies, users, keys, invites: admin.invites });
  const reports = createReports({ ...users, database, isMember });
  const routes = [auth, users, keys, admin, reports].flatMap((domain) => domain.routes);
  return {
    routes: [...routes, ...chatsRoutes(chats), ...messagesRoutes(messages)],
    handlers: messagesFrames(messages),
    auth,
    users,
    chats,
  };
}
