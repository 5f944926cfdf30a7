import type { ServerEventOf } from "@tacit/protocol";
import type { ChatEvent } from "../bus/bus.ts";
import type { Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import type { PostNotice } from "../messages/system-messages.ts";
import {
  type Announcement,
  announce,
  announced,
  type ChangeDependencies,
  type Telling,
} from "./announced.ts";
import { lockChat } from "./change.ts";
import { eraseChats } from "./erasure-store.ts";
import { takeOut } from "./members.ts";
import * as store from "./members-store.ts";
import { handOn } from "./ownership.ts";
import { lockChatsOf } from "./store.ts";

/** What leaving needs from the rest of the server. */
export interface LeavingDependencies extends ChangeDependencies {
  readonly postNotice: PostNotice;
  /** Goes on erasing what a very long chat leaves behind. */
  readonly resumeErasure: () => void;
}

/**
 * Takes someone out of a chat. A leaving owner hands the chat on; the last to leave ends it.
 *
 * @throws {TacitError} `unknown_chat`.
 */
export async function leaveChat(
  dependencies: LeavingDependencies,
  chatId: number,
  userId: number,
): Promise<void> {
  await announced(dependencies, async (sql) => {
    const chat = await lockChat(sql, chatId, userId, "unknown_chat");
    const { announcement, ended } =
      chat.kind === "private"
        ? await leavePrivateChat(sql, chatId, userId)
        : await leaveGroup(dependencies.postNotice, sql, chat, userId);
    await eraseChats(sql, ended);
    return announcement;
  });
  dependencies.resumeErasure();
}

/**
 * Erases a chat for everyone.
 *
 * @throws {TacitError} `unknown_chat`; `forbidden` for anyone but the owner of a group or channel.
 */
export async function deleteForAll(
  dependencies: LeavingDependencies,
  chatId: number,
  userId: number,
): Promise<void> {
  await announced(dependencies, async (sql) => {
    const chat = await lockChat(sql, chatId, userId, "unknown_chat");
    if (chat.kind !== "private" && chat.role !== "owner") throw new TacitError("forbidden");
    const members = await store.currentMembers(sql, chatId);
    await eraseChats(sql, [chatId]);
    return { events: [], tellings: [deleted(chatId, userId, members)] };
  });
  dependencies.resumeErasure();
}

/**
 * The chats' share in deleting an account: it leaves every chat that it is in. Repeatable.
 *
 * @returns what announces it after the commit.
 */
export async function forgetUser(
  { bus, postNotice, resumeErasure }: LeavingDependencies,
  sql: Sql,
  userId: number,
): Promise<() => void> {
  await lockChatsOf(sql, userId);
  const memberships = await store.membershipsOf(sql, userId);
  const privateChats = memberships.filter(({ kind }) => kind === "private").map(({ id }) => id);
  const ended = await store.leavePrivateChats(sql, privateChats, userId);
  const announcements: Announcement[] = [];
  for (const membership of memberships.filter(({ kind }) => kind !== "private")) {
    const departure = await leaveGroup(postNotice, sql, membership, userId);
    announcements.push(departure.announcement);
    ended.push(...departure.ended);
  }
  await eraseChats(sql, ended);
  return () => {
    for (const announcement of announcements) announce(bus, announcement);
    resumeErasure();
  };
}

/** What comes of leaving a chat. */
interface Departure {
  readonly announcement: Announcement;
  /** Chats that nobody is left in, to be erased. */
  readonly ended: readonly number[];
}

async function leavePrivateChat(sql: Sql, chatId: number, userId: number): Promise<Departure> {
  const ended = await store.leavePrivateChats(sql, [chatId], userId);
  return { announcement: { events: [], tellings: [deleted(chatId, userId, [userId])] }, ended };
}

async function leaveGroup(
  postNotice: PostNotice,
  sql: Sql,
  { id: chatId, role }: Pick<store.Membership, "id" | "role">,
  userId: number,
): Promise<Departure> {
  const heirId = role === "owner" ? await store.findHeir(sql, chatId, userId) : null;
  if (role === "owner" && heirId === null) return await endGroup(sql, chatId, userId);
  const succession =
    heirId === null ? [] : await handOn(postNotice, sql, { chatId, ownerId: userId, heirId });
  const departure = await takeOut(sql, { chatId, actorId: userId, userId });
  const notice = { event: "member_left", actor_id: userId } as const;
  const events = [...succession, departure, await postNotice(sql, chatId, notice)];
  return { announcement: { events }, ended: [] };
}

/** The leaver's other devices hear of both: old clients know only the first. */
async function endGroup(sql: Sql, chatId: number, userId: number): Promise<Departure> {
  const departure: ChatEvent = await takeOut(sql, { chatId, actorId: userId, userId });
  const announcement = { events: [departure], tellings: [deleted(chatId, userId, [userId])] };
  return { announcement, ended: [chatId] };
}

function deleted(chatId: number, deletedBy: number, userIds: readonly number[]): Telling {
  const frame: ServerEventOf<"chat_deleted"> = {
    type: "chat_deleted",
    chat_id: chatId,
    deleted_by: deletedBy,
  };
  return { userIds, frame };
}
