import type { Message, Role, SystemNotice, User } from "@tacit/protocol";
import type { ChatEvent } from "../bus/bus.ts";
import { advanceChat } from "../chats/change.ts";
import type { Sql } from "../db/database.ts";
import { insertSystemMessage } from "./system-store.ts";

/** Profiles of these users, in no particular order. */
export type ProfilesOf = (sql: Sql, userIds: readonly number[]) => Promise<User[]>;

/**
 * Writes into a chat that this transaction has locked what happened to its members, taking a `seq` of its own.
 *
 * @returns what is to be published once the transaction has committed.
 */
export type PostNotice = (sql: Sql, chatId: number, notice: SystemNotice) => Promise<ChatEvent>;

/** Builds it. The text is for clients that know nothing of `system`. */
export function noticePoster(profilesOf: ProfilesOf): PostNotice {
  return async (sql, chatId, notice) => {
    const text = await describe(profilesOf, sql, notice);
    const { seq, audience_version, changed_at } = await advanceChat(sql, chatId, { activity: true });
    const id = await insertSystemMessage(sql, { chatId, seq, text, notice, createdAt: changed_at });
    const message = systemMessage(notice, text, {
      id,
      chat_id: chatId,
      seq,
      created_at: changed_at.toISOString(),
    });
    return {
      chatId,
      seq,
      audienceVersion: audience_version,
      frame: { type: "message_new", chat_id: chatId, seq, message },
    };
  };
}

async function describe(profilesOf: ProfilesOf, sql: Sql, notice: SystemNotice): Promise<string> {
  const { actor_id: actorId, user_id: userId = actorId } = notice;
  const profiles = await profilesOf(sql, [actorId, userId]);
  const nameOf = (id: number) => profiles.find((profile) => profile.id === id)?.nickname ?? "Someone";
  return sentence(notice, nameOf(actorId), nameOf(userId));
}

const ROLE_NAMES: Readonly<Record<Role, string>> = {
  member: "a member",
  admin: "an admin",
  owner: "the owner",
};

function sentence({ event, role = "member" }: SystemNotice, actor: string, user: string): string {
  switch (event) {
    case "member_added":
      return `${actor} added ${user}.`;
    case "member_removed":
      return `${actor} removed ${user}.`;
    case "member_left":
      return `${actor} left.`;
    case "role_changed":
      return `${actor} made ${user} ${ROLE_NAMES[role]}.`;
    case "owner_changed":
      return `${actor} made ${user} the owner.`;
  }
}

function systemMessage(
  system: SystemNotice,
  message: string,
  stored: Pick<Message, "id" | "chat_id" | "seq" | "created_at">,
): Message {
  return {
    ...stored,
    sender_id: system.actor_id,
    client_message_id: null,
    message,
    message_type: "system",
    envelopes: null,
    metadata: null,
    system,
    reply_to_message_id: null,
    forwarded_from_message_id: null,
    forwarded_from_chat_id: null,
    forwarded_from_sender_id: null,
    edited_at: null,
    deleted_at: null,
    deleted_by: null,
    is_read: false,
    is_delivered: false,
    has_files: false,
    status: "sent",
  };
}
