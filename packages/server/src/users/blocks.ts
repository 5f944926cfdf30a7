import type { User } from "@tacit/protocol";
import type { Database, Sql } from "../db/database.ts";
import { invalidField, TacitError } from "../errors.ts";
import { deleteBlock, findBlocked, findBlockers, insertBlock, listBlocked } from "./blocks-store.ts";
import { lockExisting } from "./store.ts";

/** Far more than anybody needs: it bounds the list, which has no pages. */
const MOST_BLOCKS = 10_000;

/** Who wants nothing to do with whom. One-sided, and never told to the one who is blocked. */
export interface Blocks {
  /**
   * Repeatable.
   *
   * @throws {TacitError} `unknown_user`; `invalid_input` for oneself or beyond 10,000 people.
   */
  block(ownerId: number, otherId: number): Promise<void>;
  /** Repeatable. @throws {TacitError} `unknown_user`. */
  unblock(ownerId: number, otherId: number): Promise<void>;
  /** Whom the owner has blocked, the latest first. */
  list(ownerId: number): Promise<User[]>;
  /** True if `ownerId` has blocked `otherId`. */
  isBlocked(sql: Sql, ownerId: number, otherId: number): Promise<boolean>;
  /** Those of `otherIds` whom the owner has blocked: they see the owner offline. */
  blockedAmong(sql: Sql, ownerId: number, otherIds: readonly number[]): Promise<number[]>;
  /** Those of `ownerIds` who have blocked the user: the user sees them offline. */
  blockersAmong(sql: Sql, userId: number, ownerIds: readonly number[]): Promise<number[]>;
}

/** @param onBlocksChanged called after the commit of a change, so that presence can follow. */
export function createBlocks(
  database: Database,
  onBlocksChanged: (ownerId: number, otherId: number) => void,
): Blocks {
  return {
    block: async (ownerId, otherId) => {
      if (ownerId === otherId) throw invalidField("/id", "must not be your own");
      const changed = await database.transaction((sql) => addBlock(sql, ownerId, otherId));
      if (changed) onBlocksChanged(ownerId, otherId);
    },
    unblock: async (ownerId, otherId) => {
      const changed = await database.transaction((sql) => removeBlock(sql, ownerId, otherId));
      if (changed) onBlocksChanged(ownerId, otherId);
    },
    list: (ownerId) => database.run((sql) => listBlocked(sql, ownerId)),
    isBlocked: async (sql, ownerId, otherId) => (await findBlocked(sql, ownerId, [otherId])).length > 0,
    blockedAmong: findBlocked,
    blockersAmong: findBlockers,
  };
}

async function addBlock(sql: Sql, ownerId: number, otherId: number): Promise<boolean> {
  // Locked with the other one, so that neither account can be deleted while the block is written.
  const existing = await lockExisting(sql, [ownerId, otherId]);
  if (!existing.includes(ownerId)) throw new TacitError("unauthorized");
  if (!existing.includes(otherId)) throw new TacitError("unknown_user");
  if (await insertBlock(sql, ownerId, otherId, MOST_BLOCKS)) return true;
  if ((await findBlocked(sql, ownerId, [otherId])).length > 0) return false;
  throw new TacitError("invalid_input", { sentence: `You can block at most ${MOST_BLOCKS} people.` });
}

async function removeBlock(sql: Sql, ownerId: number, otherId: number): Promise<boolean> {
  const [existing] = await lockExisting(sql, [otherId]);
  if (existing === undefined) throw new TacitError("unknown_user");
  return await deleteBlock(sql, ownerId, otherId);
}
