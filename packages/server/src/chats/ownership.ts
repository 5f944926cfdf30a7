import type { ChatEvent } from "../bus/bus.ts";
import type { Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import type { PostNotice } from "../messages/system-messages.ts";
import { type Announcement, announced, type ChangeDependencies, NOTHING } from "./announced.ts";
import { type LockedChat, lockChat } from "./change.ts";
import { changeRole } from "./members.ts";
import * as store from "./members-store.ts";

/** What handing over ownership needs from the rest of the server. */
export interface OwnershipDependencies extends ChangeDependencies {
  readonly postNotice: PostNotice;
}

/**
 * Hands a group or channel over to another member; the one who owned it stays as an admin.
 *
 * @throws {TacitError} `unknown_chat`, `private_chat`, `forbidden`, `unknown_user` unless a member.
 */
export async function transferOwnership(
  dependencies: OwnershipDependencies,
  chatId: number,
  ownerId: number,
  heirId: number,
): Promise<void> {
  await announced(dependencies, async (sql) => {
    await lockOwnedChat(sql, chatId, ownerId);
    return await transfer(dependencies, sql, { chatId, ownerId, heirId });
  });
}

async function transfer(
  { postNotice }: OwnershipDependencies,
  sql: Sql,
  { chatId, ownerId, heirId }: Succession,
): Promise<Announcement> {
  if (heirId === ownerId) return NOTHING;
  if ((await store.roleOf(sql, chatId, heirId)) === null)
    throw new TacitError("unknown_user", { sentence: "This person is not a member." });
  const stepDown = await changeRole(sql, { chatId, actorId: ownerId, userId: ownerId }, "admin");
  return { events: [stepDown, ...(await handOn(postNotice, sql, { chatId, ownerId, heirId }))] };
}

/** Who owned a chat, and who owns it from now on. */
export interface Succession {
  readonly chatId: number;
  readonly ownerId: number;
  readonly heirId: number;
}

/** Makes someone the owner of a chat that is locked. @returns what announces it. */
export async function handOn(
  postNotice: PostNotice,
  sql: Sql,
  { chatId, ownerId, heirId }: Succession,
): Promise<ChatEvent[]> {
  const rise = await changeRole(sql, { chatId, actorId: ownerId, userId: heirId }, "owner");
  const notice = { event: "owner_changed", actor_id: ownerId, user_id: heirId } as const;
  return [rise, await postNotice(sql, chatId, notice)];
}

/**
 * Locks a group or channel for what only its owner may do.
 *
 * @throws {TacitError} `unknown_chat`, `private_chat`, `forbidden`.
 */
export async function lockOwnedChat(sql: Sql, chatId: number, ownerId: number): Promise<LockedChat> {
  const chat = await lockChat(sql, chatId, ownerId, "unknown_chat");
  if (chat.kind === "private") throw new TacitError("private_chat");
  if (chat.role !== "owner") throw new TacitError("forbidden");
  return chat;
}
