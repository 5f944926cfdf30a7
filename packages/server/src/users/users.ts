import type { Sql } from "../db/database.ts";
import type { Route } from "../http/endpoint.ts";
import { type Blocks, createBlocks } from "./blocks.ts";
import { type DeletionDependencies, deleteAccount } from "./deletion.ts";
import { createProfiles, type Profiles } from "./profiles.ts";
import { userRoutes } from "./routes.ts";
import { lockExisting } from "./store.ts";

/** What the domain needs from the rest of the server. */
export interface UsersDependencies extends DeletionDependencies {
  /** Called after the commit of a block or its end, so that presence can follow. */
  readonly onBlocksChanged: (ownerId: number, otherId: number) => void;
}

/** Profiles, search, blocks and the end of an account. */
export interface Users
  extends Pick<Profiles, "createUser" | "profileOf" | "profilesOf" | "me" | "setAvatar">,
    Pick<Blocks, "isBlocked" | "blockedAmong" | "blockersAmong"> {
  readonly routes: readonly Route[];
  /**
   * Those of the users that exist and are not deleted, none of which can be deleted before the transaction ends. For
   * whoever adds people to chats; locks users, so after chats, members and media.
   */
  lockExisting(sql: Sql, userIds: readonly number[]): Promise<number[]>;
}

/** Builds the domain. */
export function createUsers(dependencies: UsersDependencies): Users {
  const profiles = createProfiles(dependencies);
  const blocks = createBlocks(dependencies.database, dependencies.onBlocksChanged);
  const { createUser, profileOf, profilesOf, me, setAvatar } = profiles;
  const { isBlocked, blockedAmong, blockersAmong } = blocks;
  return {
    routes: userRoutes(profiles, blocks, (userId) => deleteAccount(dependencies, userId)),
    createUser,
    profileOf,
    profilesOf,
    me,
    setAvatar,
    isBlocked,
    blockedAmong,
    blockersAmong,
    lockExisting,
  };
}
