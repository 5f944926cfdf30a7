import { type GivenRole, LIMITS, type Member, type Role, type ServerEventOf } from "@tacit/protocol";
import type { ChatEvent } from "../bus/bus.ts";
import type { Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import type { PostNotice } from "../messages/system-messages.ts";
import { type Announcement, announced, type ChangeDependencies, NOTHING } from "./announced.ts";
import { type Advanced, advanceChat, type LockedChat, lockChat } from "./change.ts";
import * as store from "./members-store.ts";

/** What managing members needs from the rest of the server. */
export interface MembersDependencies extends ChangeDependencies {
  /** Of these users, those who exist, locked against deletion until the transaction ends. */
  readonly lockExisting: (sql: Sql, userIds: readonly number[]) => Promise<number[]>;
  /** Whether `ownerId` has blocked `otherId`. */
  readonly isBlocked: (sql: Sql, ownerId: number, otherId: number) => Promise<boolean>;
  readonly postNotice: PostNotice;
}

/** The members of a chat. Owner and admins manage those of groups and channels. */
export interface Members {
  /** @throws {TacitError} `not_a_member`. */
  list(chatId: number, readerId: number): Promise<Member[]>;
  /**
   * Adds someone; whoever is a member already keeps their role.
   *
   * @throws {TacitError} `not_a_member`, `private_chat`, `forbidden`, `unknown_user`, `chat_full`; `blocked` if that
   *   person has blocked the one who adds them.
   */
  add(chatId: number, actorId: number, userId: number, role: GivenRole): Promise<void>;
  /** @throws {TacitError} `not_a_member`, `private_chat`, `forbidden`, `unknown_user` unless a member. */
  setRole(chatId: number, actorId: number, userId: number, role: GivenRole): Promise<void>;
  /** Removes someone; repeatable. @throws {TacitError} `not_a_member`, `private_chat`, `forbidden`. */
  remove(chatId: number, actorId: number, userId: number): Promise<void>;
}

/** Builds the service. */
export function createMembers(dependencies: MembersDependencies): Members {
  const { database } = dependencies;
  return {
    list: async (chatId, readerId) => {
      const members = await database.run((sql) => store.readMembers(sql, chatId, readerId));
      if (!members) throw new TacitError("not_a_member");
      return members;
    },
    add: (chatId, actorId, userId, role) =>
      announced(dependencies, (sql) => add(dependencies, sql, { chatId, actorId, userId, role })),
    setRole: (chatId, actorId, userId, role) =>
      announced(dependencies, (sql) => setRole(dependencies, sql, { chatId, actorId, userId, role })),
    remove: (chatId, actorId, userId) =>
      announced(dependencies, (sql) => remove(dependencies, sql, { chatId, actorId, userId })),
  };
}

interface Target {
  readonly chatId: number;
  readonly actorId: number;
  readonly userId: number;
}

async function add(
  dependencies: MembersDependencies,
  sql: Sql,
  { chatId, actorId, userId, role }: Target & { readonly role: GivenRole },
): Promise<Announcement> {
  const chat = await lockManagedChat(sql, chatId, actorId);
  if ((await store.roleOf(sql, chatId, userId)) !== null) return NOTHING;
  if (chat.encrypted && (await store.countMembers(sql, chatId)) >= LIMITS.encryptedChatMembers)
    throw new TacitError("chat_full");
  const advanced = await advanceChat(sql, chatId, { membership: true });
  // Before the user is locked: members come before users in the order of locks.
  await store.putMember(sql, chatId, { userId, role, seq: advanced.seq });
  await requireAddable(dependencies, sql, actorId, userId);
  const frame = {
    type: "member_added",
    chat_id: chatId,
    user_id: userId,
    role,
    changed_by: actorId,
  } as const;
  const notice = { event: "member_added", actor_id: actorId, user_id: userId, role } as const;
  return {
    events: [memberEvent(frame, advanced), await dependencies.postNotice(sql, chatId, notice)],
  };
}

/** Nobody is brought into a chat by someone they have blocked. */
async function requireAddable(
  { lockExisting, isBlocked }: MembersDependencies,
  sql: Sql,
  actorId: number,
  userId: number,
): Promise<void> {
  const existing = await lockExisting(sql, [userId]);
  if (existing.length === 0) throw new TacitError("unknown_user");
  if (await isBlocked(sql, userId, actorId))
    throw new TacitError("blocked", { sentence: "You cannot add this person." });
}

async function setRole(
  { postNotice }: MembersDependencies,
  sql: Sql,
  { chatId, actorId, userId, role }: Target & { readonly role: GivenRole },
): Promise<Announcement> {
  await lockManagedChat(sql, chatId, actorId);
  const current = await store.roleOf(sql, chatId, userId);
  if (current === null) throw new TacitError("unknown_user", { sentence: "This person is not a member." });
  requireManageable(current, actorId, userId);
  if (current === role) return NOTHING;
  const notice = { event: "role_changed", actor_id: actorId, user_id: userId, role } as const;
  return {
    events: [await changeRole(sql, { chatId, actorId, userId }, role), await postNotice(sql, chatId, notice)],
  };
}

/** Changes the role of a current member, in a chat that is locked. @returns what announces it. */
export async function changeRole(
  sql: Sql,
  { chatId, actorId, userId }: Target,
  role: Role,
): Promise<ChatEvent> {
  const advanced = await advanceChat(sql, chatId);
  await store.setRole(sql, chatId, { userId, role, seq: advanced.seq });
  return memberEvent(
    { type: "member_role_changed", chat_id: chatId, user_id: userId, role, changed_by: actorId },
    advanced,
  );
}

async function remove(
  { postNotice }: MembersDependencies,
  sql: Sql,
  { chatId, actorId, userId }: Target,
): Promise<Announcement> {
  await lockManagedChat(sql, chatId, actorId);
  const current = await store.roleOf(sql, chatId, userId);
  if (current === null) return NOTHING;
  requireManageable(current, actorId, userId);
  const notice = { event: "member_removed", actor_id: actorId, user_id: userId } as const;
  return {
    events: [await takeOut(sql, { chatId, actorId, userId }), await postNotice(sql, chatId, notice)],
  };
}

/** Ends a membership in a group or channel that is locked. @returns what announces it, also to the one who is gone. */
export async function takeOut(sql: Sql, { chatId, actorId, userId }: Target): Promise<ChatEvent> {
  const advanced = await advanceChat(sql, chatId, { membership: true });
  await store.endMembership(sql, chatId, userId, advanced.seq);
  const event = memberEvent(
    { type: "member_removed", chat_id: chatId, user_id: userId, changed_by: actorId },
    advanced,
  );
  return { ...event, also: [userId] };
}

async function lockManagedChat(sql: Sql, chatId: number, actorId: number): Promise<LockedChat> {
  const chat = await lockChat(sql, chatId, actorId, "not_a_member");
  if (chat.kind === "private") throw new TacitError("private_chat");
  if (chat.role === "member") throw new TacitError("forbidden");
  return chat;
}

/** Ownership changes hands only as such, and one's own place is given up by leaving. */
function requireManageable(role: Role, actorId: number, userId: number): void {
  if (role === "owner" || userId === actorId) throw new TacitError("forbidden");
}

type MemberFrame = ServerEventOf<"member_added" | "member_role_changed" | "member_removed">;
type Unnumbered<T> = T extends unknown ? Omit<T, "seq"> : never;

function memberEvent(frame: Unnumbered<MemberFrame>, { seq, audience_version }: Advanced): ChatEvent {
  return { chatId: frame.chat_id, seq, audienceVersion: audience_version, frame: { ...frame, seq } };
}
