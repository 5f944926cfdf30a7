import { type BodyOf, type Chat, type endpoints, LIMITS } from "@tacit/protocol";
import type { Bus } from "../bus/bus.ts";
import type { Database, Sql } from "../db/database.ts";
import { invalidField, TacitError } from "../errors.ts";
import type { Audience } from "../gateway/delivery.ts";
import { listChats } from "./chat-list.ts";
import * as store from "./store.ts";

/** What the chats domain needs from the rest of the server. */
export interface ChatsDependencies {
  readonly database: Database;
  readonly bus: Bus;
}

type NewChat = BodyOf<typeof endpoints.chats.createChat>;

/** The rules of chats and their members. */
export interface ChatsService {
  /**
   * Makes a chat, or returns the private chat that the pair has already and brings the caller back into it.
   *
   * @throws {TacitError} `unknown_user`, `blocked`, `chat_full`, `invalid_input`.
   */
  create(creatorId: number, chat: NewChat): Promise<Chat>;
  /** All chats of a user, latest activity first. */
  list(userId: number): Promise<Chat[]>;
  audienceOf(chatId: number): Promise<Audience>;
  /** Of these users, those who share a chat with `userId`. */
  peersAmong(sql: Sql, userId: number, others: readonly number[]): Promise<number[]>;
  /** Everyone who shares a chat with this user. */
  peersOf(sql: Sql, userId: number): Promise<number[]>;
  isMember(sql: Sql, chatId: number, userId: number): Promise<boolean>;
  /** Locks the user's chats and raises their `members_version`, because the user has a new key. */
  raiseMembersVersions(sql: Sql, userId: number): Promise<void>;
  /** The chats' share in deleting an account. */
  forgetUser(sql: Sql, userId: number): Promise<void>;
}

/** Builds the service. */
export function chatsService({ database, bus }: ChatsDependencies): ChatsService {
  return {
    create: async (creatorId, chat) => {
      const created = await database.transaction((sql) =>
        chat.kind === "private" ? createPrivate(sql, creatorId, chat) : createGroup(sql, creatorId, chat),
      );
      if (created.isNew) announceCreation(bus, creatorId, chat, created.id);
      const [own] = await database.run((sql) => listChats(sql, creatorId, created.id));
      if (!own) throw new TacitError("unknown_chat");
      return own;
    },
    list: (userId) => database.run((sql) => listChats(sql, userId)),
    audienceOf: (chatId) => database.run((sql) => store.readAudience(sql, chatId)),
    peersAmong: store.peersAmong,
    peersOf: store.peersOf,
    isMember: store.isMember,
    raiseMembersVersions: store.raiseMembersVersions,
    forgetUser: async (sql, userId) => {
      await store.lockChatsOf(sql, userId);
      await store.leavePrivateChats(sql, userId);
    },
  };
}

interface Creation {
  readonly id: number;
  readonly isNew: boolean;
}

async function createPrivate(
  sql: Sql,
  creatorId: number,
  { user_ids, encrypted = false }: NewChat,
): Promise<Creation> {
  const others = [...new Set(user_ids)].filter((id) => id !== creatorId);
  const [otherId] = others;
  if (otherId === undefined || others.length > 1) {
    throw invalidField("/user_ids", "must name exactly one other person for a private chat");
  }
  const pair = creatorId < otherId ? ([creatorId, otherId] as const) : ([otherId, creatorId] as const);
  const existing = await store.lockPrivateChat(sql, pair);
  if (existing !== null) return await reopen(sql, existing, creatorId, otherId);
  await requireUsers(sql, pair);
  await requireNotBlocked(sql, otherId, creatorId);
  const created = await store.insertChat(
    sql,
    { kind: "private", title: null, encrypted, createdBy: creatorId, pair },
    pair.map((userId) => ({ userId, role: "member" })),
  );
  if (created) return { id: created.id, isNew: true };
  // Somebody was faster, between the look and the insert.
  const faster = await store.lockPrivateChat(sql, pair);
  if (faster === null) throw new TacitError("unknown_chat");
  return await reopen(sql, faster, creatorId, otherId);
}

async function reopen(sql: Sql, chatId: number, userId: number, otherId: number): Promise<Creation> {
  if (await store.hasLeft(sql, chatId, userId)) {
    await requireUsers(sql, [otherId]);
    await requireNotBlocked(sql, otherId, userId);
    await store.bringBack(sql, chatId, userId);
  }
  return { id: chatId, isNew: false };
}

async function createGroup(sql: Sql, creatorId: number, chat: NewChat): Promise<Creation> {
  const userIds = [...new Set([creatorId, ...chat.user_ids])];
  if (chat.encrypted && userIds.length > LIMITS.encryptedChatMembers) throw new TacitError("chat_full");
  await requireUsers(sql, userIds);
  const created = await store.insertChat(
    sql,
    {
      kind: chat.kind,
      title: chat.title ?? null,
      encrypted: chat.encrypted ?? false,
      createdBy: creatorId,
      pair: null,
    },
    userIds.map((userId) => ({ userId, role: userId === creatorId ? "owner" : "member" })),
  );
  if (!created) throw new TacitError("internal");
  return { id: created.id, isNew: true };
}

async function requireUsers(sql: Sql, userIds: readonly number[]): Promise<void> {
  const existing = await store.lockExistingUsers(sql, userIds);
  if (existing.length < userIds.length) throw new TacitError("unknown_user");
}

async function requireNotBlocked(sql: Sql, ownerId: number, otherId: number): Promise<void> {
  if (await store.isBlocked(sql, ownerId, otherId)) throw new TacitError("blocked");
}

function announceCreation(bus: Bus, creatorId: number, { kind, title }: NewChat, chatId: number): void {
  bus.publish("chat.event", {
    chatId,
    seq: 1,
    membersVersion: 1,
    frame: {
      type: "chat_created",
      chat_id: chatId,
      kind,
      title: kind === "private" ? null : (title ?? null),
      created_by: creatorId,
      seq: 1,
    },
  });
}
