import type { FastifyBaseLogger } from "fastify";
import { createAdmin } from "./admin/admin.ts";
import { type Auth, createAuth } from "./auth/auth.ts";
import { createAvatars } from "./avatars/avatars.ts";
import type { Blobs } from "./blobs/blobs.ts";
import type { Bus } from "./bus/bus.ts";
import { createMembership } from "./chats/membership.ts";
import { personalRoutes } from "./chats/personal-routes.ts";
import { createPointers } from "./chats/pointers.ts";
import { chatsRoutes } from "./chats/routes.ts";
import { type ChatsService, chatsService } from "./chats/service.ts";
import { createChatSettings } from "./chats/settings.ts";
import type { Config } from "./config.ts";
import type { Database } from "./db/database.ts";
import type { FrameHandlers } from "./gateway/dispatch.ts";
import type { Route } from "./http/endpoint.ts";
import type { InstanceSecrets } from "./instance/secrets.ts";
import { createKeys } from "./keys/keys.ts";
import { createMedia } from "./media/media.ts";
import { startSweeping } from "./media/sweeping.ts";
import { messagesFrames } from "./messages/frames.ts";
import { messagesRoutes } from "./messages/routes.ts";
import { messagesService } from "./messages/service.ts";
import { noticePoster } from "./messages/system-messages.ts";
import type { WriteBatch } from "./messages/write-batch.ts";
import { createReports } from "./reports/reports.ts";
import { syncRoutes } from "./sync/routes.ts";
import { syncService } from "./sync/service.ts";
import { createUsers, type Users } from "./users/users.ts";

/** What the domains are built from. */
export interface DomainDependencies {
  readonly config: Config;
  readonly log: FastifyBaseLogger;
  readonly database: Database;
  readonly bus: Bus;
  readonly blobs: Blobs;
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
  /** Finishes what is under way, once no more requests come in. */
  close(): Promise<void>;
}

const MIB = 1024 * 1024;

/** Builds the domains. Two that need each other get functions, so the order below is no secret dependency. */
export async function createDomains(dependencies: DomainDependencies): Promise<Domains> {
  const { database, bus, writeBatch } = dependencies;
  const chats = chatsService({
    database,
    bus,
    lockExisting: (...args) => users.lockExisting(...args),
    blockersAmong: (...args) => users.blockersAmong(...args),
  });
  const sweeping = startSweeping(dependencies);
  const { resume: resumeSweeping } = sweeping;
  const membership = createMembership({
    ...dependencies,
    resumeSweeping,
    removeUnusedAvatars: () => avatars.removeUnused(),
    lockExisting: (...args) => users.lockExisting(...args),
    isBlocked: (...args) => users.isBlocked(...args),
    publicKeysOf: (...args) => keys.publicKeysOf(...args),
    postNotice: noticePoster((...args) => users.profilesOf(...args)),
  });
  const pointers = createPointers(dependencies);
  const messages = messagesService({ database, bus, writeBatch, resumeSweeping });
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
    forgetters: [
      membership.forgetUser,
      sweeping.forgetUser,
      keys.forgetUser,
      (...args) => auth.forgetUser(...args),
      async () => () => avatars.removeUnused(),
    ],
  });
  const avatars = createAvatars({
    ...dependencies,
    readMe: users.me,
    setAvatarOfUser: users.setAvatar,
    requireChatOwner: membership.requireOwner,
    setAvatarOfChat: membership.setAvatar,
  });
  const admin = createAdmin({
    database,
    bus,
    revokeSessions: (...args) => auth.revokeSessions(...args),
  });
  const auth: Auth = await createAuth({ ...dependencies, users, keys, invites: admin.invites });
  const reports = createReports({ ...users, database, isMember });
  const media = createMedia({
    ...dependencies,
    isMember,
    quotaBytes: dependencies.config.mediaQuotaMib * MIB,
  });
  const sync = syncService({ database, readChats: chats.read, readMessages: messages.read });
  const routes = [auth, users, avatars, keys, admin, membership, media, reports].flatMap(
    (domain) => domain.routes,
  );
  return {
    routes: [
      ...routes,
      ...chatsRoutes(chats),
      ...personalRoutes(pointers, createChatSettings(dependencies)),
      ...messagesRoutes(messages),
      ...syncRoutes(sync),
    ],
    handlers: messagesFrames(messages),
    auth,
    users,
    chats,
    close: async () => {
      await pointers.close();
      await membership.close();
      await avatars.close();
      await sweeping.close();
    },
  };
}
