import type { Chat, ServerEventOf } from "@tacit/protocol";
import type { Bus } from "../bus/bus.ts";
import type { Sql } from "../db/database.ts";
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
  /** Of these chats, those that the user is in, as that user sees them. */
  read(sql: Sql, userId: number, chatIds: readonly number[]): Promise<Chat[]>;
  audienceOf(chatId: number): Promise<Audience>;
  /** Of these users, those who share a chat with `userId`. */
  peersAmong(sql: Sql, userId: number, others: readonly number[]): Promise<number[]>;
  /** Everyone who shares a chat with this user. */
  peersOf(sql: Sql, userId: number): Promise<number[]>;
  isMember(sql: Sql, chatId: number, userId: number): Promise<boolean>;
  /** Of these users, those who are members of the chat now, each with the other side if it is private. */
  membersAmong(
    sql: Sql,
    chatId: number,
    userIds: readonly number[],
  ): Promise<{ readonly userId: number; readonly peerId: number | null }[]>;
  /** Locks the user's chats and raises their `members_version`, because the user has a new key. */
  raiseMembersVersions(sql: Sql, userId: number): Promise<void>;
}

/** Builds the service. */
export function chatsService(dependencies: ChatsDependencies): ChatsService {
  const { database, bus } = dependencies;
  return {
    create: async (creatorId, chat) => {
      const created = await createChat(dependencies, creatorId, chat);
      if (created.outcome === "made") announceCreation(bus, created.chat, creatorId);
      if (created.outcome === "returned") announceReturn(bus, created.chat.id, creatorId);
      return created.chat;
    },
    list: (userId) => database.run((sql) => listChats(sql, userId)),
    read: listChats,
    audienceOf: (chatId) => database.run((sql) => store.readAudience(sql, chatId)),
    peersAmong: store.peersAmong,
    peersOf: store.peersOf,
    isMember: store.isMember,
    membersAmong: store.membersAmong,
    raiseMembersVersions: store.raiseMembersVersions,
  };
}

function announceCreation(bus: Bus, { id, kind, title }: Chat, creatorId: number): void {
  const frame: ServerEventOf<"chat_created"> = {
    type: "chat_created",
    chat_id: id,
    kind,
    title,
    created_by: creatorId,
    seq: 1,
  };
  bus.publish("chat.event", { chatId: id, seq: 1, audienceVersion: 1, frame });
}

/** The chat is back on the other devices of the one who opened it. Takes no `seq`: nothing changed for the other side. */
function announceReturn(bus: Bus, chatId: number, userId: number): void {
  const frame: ServerEventOf<"chat_created"> = {
    type: "chat_created",
    chat_id: chatId,
    kind: "private",
    title: null,
    created_by: userId,
  };
  bus.publish("user.event", { userIds: [userId], frame });
}
