import type { Chat } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";

/** A chat whose row this transaction has locked, and the caller's place in it. */
export interface LockedChat {
  readonly id: number;
  readonly kind: Chat["kind"];
  readonly title: string | null;
  readonly avatar: string | null;
  readonly encrypted: boolean;
  readonly seq: number;
  readonly members_version: number;
  readonly audience_version: number;
  /** The caller's role. */
  readonly role: Chat["my_role"];
  readonly history_from_id: number;
}

/**
 * Locks a chat, so that nothing else changes in it until the transaction ends, and reads the caller's place in it. Every
 * change begins with this: `seq` is allocated under this lock.
 *
 * @param code what a stranger, and whoever names a chat that does not exist, is told.
 * @throws {TacitError} that code.
 */
export async function lockChat(
  sql: Sql,
  chatId: number,
  userId: number,
  code: "not_a_member" | "unknown_chat",
): Promise<LockedChat> {
  await sql`SELECT 1 FROM chats WHERE id = ${chatId} FOR NO KEY UPDATE`;
  // A statement of its own: its snapshot is taken after the lock was granted.
  const [chat] = await sql<LockedChat[]>`
    SELECT chats.id, chats.kind, chats.title, chats.avatar, chats.encrypted, chats.seq, chats.members_version,
      chats.audience_version, member.role, member.history_from_id
    FROM chats JOIN chat_members AS member ON member.chat_id = chats.id
    WHERE chats.id = ${chatId} AND member.user_id = ${userId} AND member.left_at IS NULL`;
  if (!chat) throw new TacitError(code);
  return chat;
}

/** What one change does to a chat's counters besides taking a `seq`. */
export interface Advance {
  /** Somebody came, left or was removed: others must be encrypted for, and others receive the events. */
  readonly membership?: boolean;
  /** The latest activity, by which chats are listed. */
  readonly activity?: boolean;
}

/** The counters of a chat after a change took its `seq`. */
export interface Advanced {
  readonly seq: number;
  readonly members_version: number;
  readonly audience_version: number;
  readonly changed_at: Date;
}

/** Takes the next `seq` of a chat that this transaction has locked. */
export async function advanceChat(
  sql: Sql,
  chatId: number,
  { membership = false, activity = false }: Advance = {},
): Promise<Advanced> {
  const [advanced] = await sql<Advanced[]>`
    UPDATE chats SET seq = seq + 1, changed_at = clock_timestamp(),
      members_version = members_version + ${membership ? 1 : 0}, audience_version = audience_version + ${membership ? 1 : 0},
      updated_at = CASE WHEN ${activity} THEN clock_timestamp() ELSE updated_at END
    WHERE id = ${chatId}
    RETURNING seq, members_version, audience_version, changed_at`;
  if (!advanced) throw new TacitError("unknown_chat");
  return advanced;
}
