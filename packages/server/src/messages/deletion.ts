import type { ClientEventOf } from "@tacit/protocol";
import { advanceChat, type LockedChat, lockChat } from "../chats/change.ts";
import type { Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import { eraseMessage, findChangeable } from "./changes-store.ts";
import type { ChangeDependencies, Changed } from "./edit.ts";
import { removeNamedFiles } from "./files-store.ts";

/**
 * Erases a message for everyone, with the files that no other message names, by its author or by who manages the chat, and
 * tells every member's sockets. A message that is deleted already stays as it is, and nobody is told.
 *
 * @throws {TacitError} `not_a_member`, `unknown_message`, `forbidden`.
 */
export async function deleteMessage(
  { database, bus, resumeSweeping }: ChangeDependencies,
  userId: number,
  { chat_id: chatId, message_id: messageId }: ClientEventOf<"delete_message">,
): Promise<Changed> {
  const deletion = await database.transaction(async (sql) => {
    const chat = await lockChat(sql, chatId, userId, "not_a_member");
    return await applyDeletion(sql, chat, userId, messageId);
  });
  const { seq, deletedAt, audienceVersion, removedFiles } = deletion;
  if (removedFiles) resumeSweeping();
  if (deletedAt) {
    const deleted_at = deletedAt.toISOString();
    const frame = { type: "message_deleted", chat_id: chatId, message_id: messageId, deleted_at };
    bus.publish("chat.event", {
      chatId,
      seq,
      audienceVersion,
      frame: { ...frame, deleted_by: userId, seq },
    });
  }
  return { messageId, seq };
}

interface Deletion {
  readonly seq: number;
  /** null: it was deleted before. */
  readonly deletedAt: Date | null;
  readonly audienceVersion: number;
  readonly removedFiles: boolean;
}

async function applyDeletion(
  sql: Sql,
  chat: LockedChat,
  userId: number,
  messageId: number,
): Promise<Deletion> {
  const message = await findChangeable(sql, chat, messageId);
  if (!message) throw new TacitError("unknown_message");
  if (message.sender_id !== userId && chat.role === "member") throw new TacitError("forbidden");
  if (message.deleted_at) {
    const { audience_version: audienceVersion } = chat;
    return { seq: message.seq, deletedAt: null, audienceVersion, removedFiles: false };
  }
  const { seq, audience_version: audienceVersion } = await advanceChat(sql, chat.id);
  const deletedAt = await eraseMessage(sql, { chatId: chat.id, messageId, deletedBy: userId, seq });
  const removedFiles = await removeNamedFiles(sql, { chatId: chat.id, messageId });
  return { seq, deletedAt, audienceVersion, removedFiles };
}
