import type { Chat } from "@tacit/protocol";
import type { Bus } from "../bus/bus.ts";
import type { Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import type { Audience } from "../gateway/delivery.ts";
import { listChats } from "./chat-list.ts";
import { type CreationDependencies, createChat, type NewChat } from "./creation.ts";
import * as store from "./store.ts";

/** What the chats domain needs from the rest of the server. */
export interface ChatsDependencies extends CreationDependencies {
  readonly bus: Bus;
}

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
export function chatsService(dependencies: ChatsDependencies): ChatsService {
  const { database, bus } = dependencies;
  return {
    create: async (creatorId, chat) => {
      const created = await createChat(dependencies, creatorId, chat);
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

function announceCreation(bus: Bus, creatorId: number, { kind, title }: NewChat, chatId: number): void {
  bus.publish("chat.event", {
    chatId,
    seq: 1,
    audienceVersion: 1,
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
