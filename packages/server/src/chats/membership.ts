import type { Picture } from "../avatars/service.ts";
import type { Sql } from "../db/database.ts";
import type { Route } from "../http/endpoint.ts";
import { type AppearanceDependencies, changeAppearance, setAvatar } from "./appearance.ts";
import { type ChatKeysDependencies, readChatKeys } from "./chat-keys.ts";
import { type ErasureDependencies, startErasure } from "./erasure.ts";
import { deleteForAll, forgetUser, leaveChat } from "./leaving.ts";
import { createMembers, type MembersDependencies } from "./members.ts";
import { membershipRoutes } from "./membership-routes.ts";
import { lockOwnedChat, transferOwnership } from "./ownership.ts";

/** What the membership of chats needs from the rest of the server. */
export interface MembershipDependencies
  extends MembersDependencies,
    ChatKeysDependencies,
    ErasureDependencies,
    AppearanceDependencies {}

/** Who is in a chat and as what, until the end of it. */
export interface MembershipDomain {
  readonly routes: readonly Route[];
  /** The chats' share in deleting an account. @returns what announces it after the commit. */
  forgetUser(sql: Sql, userId: number): Promise<() => void>;
  /** @throws {TacitError} `unknown_chat`, `private_chat`, `forbidden` for anyone but the owner of a group or channel. */
  requireOwner(chatId: number, userId: number): Promise<void>;
  /** Sets or clears the picture of a group or channel. Throws as `requireOwner`. */
  setAvatar(chatId: number, ownerId: number, picture: Picture | null): Promise<void>;
  /** Finishes what is under way in the background. */
  close(): Promise<void>;
}

/** Builds it. */
export function createMembership(dependencies: MembershipDependencies): MembershipDomain {
  const erasure = startErasure(dependencies);
  const onChatEnded = () => {
    erasure.resume();
    dependencies.removeUnusedAvatars();
  };
  const leaving = { ...dependencies, resumeErasure: onChatEnded };
  return {
    routes: membershipRoutes({
      members: createMembers(dependencies),
      transferOwnership: (...args) => transferOwnership(dependencies, ...args),
      changeAppearance: (...args) => changeAppearance(dependencies, ...args),
      leave: (...args) => leaveChat(leaving, ...args),
      deleteForAll: (...args) => deleteForAll(leaving, ...args),
      keysOf: (...args) => readChatKeys(dependencies, ...args),
    }),
    forgetUser: (sql, userId) => forgetUser(leaving, sql, userId),
    requireOwner: async (chatId, userId) => {
      await dependencies.database.transaction((sql) => lockOwnedChat(sql, chatId, userId));
    },
    setAvatar: (...args) => setAvatar(dependencies, ...args),
    close: erasure.close,
  };
}
