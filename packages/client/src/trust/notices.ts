import type { LocalStore } from "../store/local-store.ts";
import type { ChatRecord, NoticeRecord } from "../store/tables.ts";

/** A notice in each chat that somebody shares with me, after its newest message. Within a turn. */
export async function noticesOf(
  store: LocalStore,
  chats: readonly ChatRecord[],
  kind: NoticeRecord["kind"],
  userId: number,
  at: string,
): Promise<NoticeRecord[]> {
  const shared = await chatsWith(store, chats, userId);
  return shared.map(({ id, lastMessageId }) => ({
    chatId: id,
    id: crypto.randomUUID(),
    kind,
    userId,
    at,
    afterMessageId: lastMessageId ?? 0,
  }));
}

async function chatsWith(
  store: LocalStore,
  chats: readonly ChatRecord[],
  userId: number,
): Promise<ChatRecord[]> {
  const members = await store.getMany(
    "member",
    chats.map(({ id }) => [id, userId]),
  );
  return chats.filter(({ peerId }, at) => {
    const member = members[at];
    return peerId === userId || (member !== undefined && !member.removed);
  });
}

/** The newest message of any chat on this device; 0 if there is none. */
export function newestMessageId(chats: readonly ChatRecord[]): number {
  return chats.reduce((newest, { lastMessageId }) => Math.max(newest, lastMessageId ?? 0), 0);
}
