import type { BaseLogger } from "pino";
import type { Bus } from "../bus/bus.ts";
import type { Database, Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import { announceProfile } from "./profiles.ts";
import { eraseUser } from "./store.ts";

/** How everyone sees an account that is gone: what it sent keeps a sender. */
const TOMBSTONE_NAME = "Deleted account";

/**
 * A domain's share in deleting an account. It must be repeatable, and may return what is to be told once the
 * transaction has committed.
 */
export type Forgetter =
  | ((sql: Sql, userId: number) => Promise<void>)
  | ((sql: Sql, userId: number) => Promise<() => void>);

/** What deleting an account needs from the rest of the server. */
export interface DeletionDependencies {
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Pick<BaseLogger, "warn">;
  /** Everyone who shares a chat with the user, without the user. */
  readonly peersOf: (sql: Sql, userId: number) => Promise<number[]>;
  /** In the order of locks: chats first, then files, keys, and what lets someone in, which ends the sessions. */
  readonly forgetters: readonly Forgetter[];
}

/**
 * Deletes an account in one transaction, then tells its sockets and everyone who knew it.
 *
 * @throws {TacitError} `unauthorized` if it is deleted already.
 */
export async function deleteAccount(dependencies: DeletionDependencies, userId: number): Promise<void> {
  const { database, bus, peersOf } = dependencies;
  const gone = await database.transaction(async (sql) => {
    const peers = await peersOf(sql, userId);
    const announcements = await forget(dependencies, sql, userId);
    const tombstone = await eraseUser(sql, userId, TOMBSTONE_NAME);
    if (!tombstone) throw new TacitError("unauthorized");
    return { peers, announcements, tombstone };
  });
  for (const announce of gone.announcements) announce();
  announceProfile(bus, gone.peers, gone.tombstone);
  await forgetLatecomers(dependencies, userId);
}

async function forget(
  { forgetters }: DeletionDependencies,
  sql: Sql,
  userId: number,
): Promise<(() => void)[]> {
  const announcements: (() => void)[] = [];
  for (const forgetter of forgetters) {
    const announce = await forgetter(sql, userId);
    if (typeof announce === "function") announcements.push(announce);
  }
  return announcements;
}

/**
 * Users are locked after chats, so somebody may have added the user to a chat between the two. Whoever does so holds
 * the user's row (`lockExisting`), hence has committed before the deletion and is seen now; nobody can do it any more.
 */
async function forgetLatecomers(dependencies: DeletionDependencies, userId: number): Promise<void> {
  try {
    const announcements = await dependencies.database.transaction((sql) => forget(dependencies, sql, userId));
    for (const announce of announcements) announce();
  } catch (error) {
    dependencies.log.warn({ err: error, userId }, "a deleted account may still be a member somewhere");
  }
}
