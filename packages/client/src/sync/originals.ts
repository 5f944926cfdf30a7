import type { KeyOf } from "../store/local-store.ts";
import type { MessageRecord, StoredMessage } from "../store/tables.ts";
import { type Draft, isThere } from "./draft.ts";

/**
 * What a signature covers says by whom a message is and what they call it, but not the server's id of it: a server could give
 * out the same message again under another id, or an earlier edit of it after the chat was gone for a while.
 *
 * @returns the message as it may be stored: one whose edit was brought back is not shown; `undefined` for a copy
 */
export async function admitted(draft: Draft, message: MessageRecord): Promise<MessageRecord | undefined> {
  const key = originalKeyOf(message);
  if (!key) return message;
  const known = await draft.get("original", key);
  if (known?.id !== undefined && known.id !== message.id) return undefined;
  const rev = message.rev ?? 0;
  if (known && rev < known.rev) return rolledBack(message, known.rev);
  if (known?.id !== message.id || known.rev !== rev) draft.put("original", key, { id: message.id, rev });
  return message;
}

/** The key of the table `original`; nothing for what was not verified, which anybody could have named so. */
export function originalKeyOf(message: StoredMessage): KeyOf<"original"> | undefined {
  if (!isThere(message) || message.trust !== "verified" || message.clientMessageId === null) return undefined;
  return [message.chatId, `${message.senderId}/${message.clientMessageId.toLowerCase()}`];
}

/** The chat goes. If it comes back, what was edited must not come back as it was before. */
export async function forgetOriginals(draft: Draft, chatId: number): Promise<void> {
  const keys = await draft.keys("original", { prefix: [chatId] }, ([id]) => id === chatId);
  await draft.load("original", keys);
  for (const key of keys) {
    const { rev = 0 } = (await draft.get("original", key)) ?? {};
    if (rev === 0) draft.remove("original", key);
    else draft.put("original", key, { rev });
  }
}

function rolledBack(message: MessageRecord, rev: number): MessageRecord {
  const { content: _, raw: __, ...rest } = message;
  return { ...rest, trust: "unverified_sender", rev, unreadable: "forged" };
}
