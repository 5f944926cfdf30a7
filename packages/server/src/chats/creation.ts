import { type BodyOf, type endpoints, LIMITS } from "@tacit/protocol";
import type { Database, Sql } from "../db/database.ts";
import { invalidField, TacitError } from "../errors.ts";
import * as store from "./store.ts";

/** What making a chat needs from the rest of the server. */
export interface CreationDependencies {
  readonly database: Database;
  /** Of these users, those who exist, locked against deletion until the transaction ends. */
  readonly lockExisting: (sql: Sql, userIds: readonly number[]) => Promise<number[]>;
  /** Whether `ownerId` has blocked `otherId`. */
  readonly isBlocked: (sql: Sql, ownerId: number, otherId: number) => Promise<boolean>;
}

/** What a client asks for. */
export type NewChat = BodyOf<typeof endpoints.chats.createChat>;

/** A chat that was made now, or the private one that the pair had already. */
export interface Creation {
  readonly id: number;
  readonly isNew: boolean;
}

/** Each round ends with the pair's chat locked or made, unless the other side deletes it in the same moment. */
const MAX_ROUNDS = 5;

/**
 * Makes a chat; the private chat that a pair has already is returned, and the caller brought back into it.
 *
 * @throws {TacitError} `unknown_user`, `blocked`, `chat_full`, `invalid_input`.
 */
export async function createChat(
  dependencies: CreationDependencies,
  creatorId: number,
  chat: NewChat,
): Promise<Creation> {
  const { database } = dependencies;
  if (chat.kind !== "private")
    return await database.transaction((sql) => createGroup(dependencies, sql, creatorId, chat));
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const creation = await database.transaction((sql) => createPrivate(dependencies, sql, creatorId, chat));
    if (creation) return creation;
  }
  throw new TacitError("busy", { retryAfter: 1 });
}

/** @returns null if somebody was faster: chats are locked before users, so it has to begin anew to lock theirs. */
async function createPrivate(
  dependencies: CreationDependencies,
  sql: Sql,
  creatorId: number,
  { user_ids, encrypted = false }: NewChat,
): Promise<Creation | null> {
  const otherId = otherOf(user_ids, creatorId);
  const pair = creatorId < otherId ? ([creatorId, otherId] as const) : ([otherId, creatorId] as const);
  const existing = await store.lockPrivateChat(sql, pair);
  if (existing !== null) {
    if (await store.hasLeft(sql, existing, creatorId)) {
      await requireReachable(dependencies, sql, otherId, creatorId);
      await store.bringBack(sql, existing, creatorId);
    }
    return { id: existing, isNew: false };
  }
  await requireReachable(dependencies, sql, otherId, creatorId);
  const created = await store.insertChat(
    sql,
    { kind: "private", title: null, encrypted, createdBy: creatorId, pair },
    pair.map((userId) => ({ userId, role: "member" })),
  );
  return created && { id: created.id, isNew: true };
}

function otherOf(userIds: readonly number[], creatorId: number): number {
  const [otherId, ...more] = new Set(userIds.filter((id) => id !== creatorId));
  if (otherId !== undefined && more.length === 0) return otherId;
  throw invalidField("/user_ids", "must name exactly one other person for a private chat");
}

async function createGroup(
  dependencies: CreationDependencies,
  sql: Sql,
  creatorId: number,
  { kind, title, encrypted = false, user_ids }: NewChat,
): Promise<Creation> {
  const userIds = [...new Set([creatorId, ...user_ids])];
  if (encrypted && userIds.length > LIMITS.encryptedChatMembers) throw new TacitError("chat_full");
  await requireUsers(dependencies, sql, userIds);
  const created = await store.insertChat(
    sql,
    { kind, title: title ?? null, encrypted, createdBy: creatorId, pair: null },
    userIds.map((userId) => ({ userId, role: userId === creatorId ? "owner" : "member" })),
  );
  if (!created) throw new TacitError("internal");
  return { id: created.id, isNew: true };
}

async function requireReachable(
  dependencies: CreationDependencies,
  sql: Sql,
  otherId: number,
  userId: number,
): Promise<void> {
  await requireUsers(dependencies, sql, [userId, otherId]);
  if (await dependencies.isBlocked(sql, otherId, userId)) throw new TacitError("blocked");
}

async function requireUsers(
  { lockExisting }: CreationDependencies,
  sql: Sql,
  userIds: readonly number[],
): Promise<void> {
  const existing = await lockExisting(sql, userIds);
  if (existing.length < userIds.length) throw new TacitError("unknown_user");
}
