import { type BodyOf, type Chat, ERRORS, type endpoints, LIMITS } from "@tacit/protocol";
import type { Database, Sql } from "../db/database.ts";
import { invalidField, TacitError } from "../errors.ts";
import { listChats } from "./chat-list.ts";
import * as store from "./store.ts";

/** What making a chat needs from the rest of the server. */
export interface CreationDependencies {
  readonly database: Database;
  /** Of these users, those who exist, locked against deletion until the transaction ends. */
  readonly lockExisting: (sql: Sql, userIds: readonly number[]) => Promise<number[]>;
  /** Those of `ownerIds` who have blocked the user. */
  readonly blockersAmong: (sql: Sql, userId: number, ownerIds: readonly number[]) => Promise<number[]>;
}

/** What a client asks for. */
export type NewChat = BodyOf<typeof endpoints.chats.createChat>;

interface Found {
  readonly id: number;
  readonly outcome: "made" | "returned" | "there already";
}

/** A chat that was made now, or the private one that the pair had already, to which the caller may have returned. */
export interface Creation {
  readonly chat: Chat;
  readonly outcome: Found["outcome"];
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
  const create = chat.kind === "private" ? createPrivate : createGroup;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const creation = await database.transaction(async (sql) => {
      const found = await create(dependencies, sql, creatorId, chat);
      return found && (await shown(sql, creatorId, found));
    });
    if (creation) return creation;
  }
  throw new TacitError("busy", { retryAfter: 1 });
}

/** Read under the chat's lock: a moment later the other side may have deleted it. */
async function shown(sql: Sql, creatorId: number, { id, outcome }: Found): Promise<Creation> {
  const [chat] = await listChats(sql, creatorId, [id]);
  if (!chat) throw new TacitError("internal");
  return { chat, outcome };
}

/** @returns null if somebody was faster: chats are locked before users, so it has to begin anew to lock theirs. */
async function createPrivate(
  dependencies: CreationDependencies,
  sql: Sql,
  creatorId: number,
  { user_ids, encrypted = false }: NewChat,
): Promise<Found | null> {
  const otherId = otherOf(user_ids, creatorId);
  const pair = creatorId < otherId ? ([creatorId, otherId] as const) : ([otherId, creatorId] as const);
  const existing = await store.lockPrivateChat(sql, pair);
  if (existing !== null) {
    if (!(await store.hasLeft(sql, existing, creatorId))) return { id: existing, outcome: "there already" };
    await requireReachable(dependencies, sql, creatorId, [otherId]);
    await store.bringBack(sql, existing, creatorId);
    return { id: existing, outcome: "returned" };
  }
  await requireReachable(dependencies, sql, creatorId, [otherId]);
  const created = await store.insertChat(
    sql,
    { kind: "private", title: null, encrypted, createdBy: creatorId, pair },
    pair.map((userId) => ({ userId, role: "member" })),
  );
  return created && { id: created.id, outcome: "made" };
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
): Promise<Found> {
  const userIds = [...new Set([creatorId, ...user_ids])];
  if (encrypted && userIds.length > LIMITS.encryptedChatMembers) throw new TacitError("chat_full");
  await requireReachable(dependencies, sql, creatorId, userIds, "You cannot add one of these people.");
  const created = await store.insertChat(
    sql,
    { kind, title: title ?? null, encrypted, createdBy: creatorId, pair: null },
    userIds.map((userId) => ({ userId, role: userId === creatorId ? "owner" : "member" })),
  );
  if (!created) throw new TacitError("internal");
  return { id: created.id, outcome: "made" };
}

/** They exist, and none of them has blocked the one who wants them in a chat. */
async function requireReachable(
  { lockExisting, blockersAmong }: CreationDependencies,
  sql: Sql,
  userId: number,
  otherIds: readonly number[],
  sentence: string = ERRORS.blocked.sentence,
): Promise<void> {
  const wanted = new Set([userId, ...otherIds]);
  const existing = await lockExisting(sql, [...wanted]);
  if (existing.length < wanted.size) throw new TacitError("unknown_user");
  if ((await blockersAmong(sql, userId, otherIds)).length > 0) throw new TacitError("blocked", { sentence });
}
