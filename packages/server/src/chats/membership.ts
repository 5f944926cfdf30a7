import type { Sql } from "../db/database.ts";
import type { Route } from "../http/endpoint.ts";
import { changeAppearance } from "./appearance.ts";
import { type ChatKeysDependencies, readChatKeys } from "./chat-keys.ts";
import { type ErasureDependencies, startErasure } from "./erasure.ts";
import { deleteForAll, forgetUser, leaveChat } from "./leaving.ts";
import { createMembers, type MembersDependencies } from "./members.ts";
import { membershipRoutes } from "./membership-routes.ts";
import { transferOwnership } from "./ownership.ts";

/** What the membership of chats needs from the rest of the server. */
export interface MembershipDependencies
  extends MembersDependencies,
    ChatKeysDependencies,
    ErasureDependencies {}

/** Who is in a chat and as what, until the end of it. */
export interface MembershipDomain {
  readonly routes: readonly Route[];
  /** The chats' share in deleting an account. @returns what announces it after the commit. */
  forgetUser(sql: Sql, userId: number): Promise<() => void>;
  /** Finishes what is under way in the background. */
  close(): Promise<void>;
}

/** Builds it. */
export function createMembership(dependencies: MembershipDependencies): MembershipDomain {
  const erasure = startErasure(dependencies);
  const leaving = { ...dependencies, resumeErasure: erasure.resume };
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
    close: erasure.close,
  };
}
