import type { Chat } from "@tacit/protocol";
import type { ChatRecord } from "../store/tables.ts";

/** A chat of which nothing is here yet but what the server says of it. */
export function newChatRecord(chat: Chat): ChatRecord {
  const readId = chat.last_read_message_id ?? 0;
  const isEmpty = chat.last_message_id === null;
  return {
    id: chat.id,
    kind: chat.kind,
    createdAt: chat.created_at,
    encrypted: chat.encrypted,
    peerId: chat.peer_id,
    seq: chat.seq,
    ...ownFields(chat),
    othersReadId: chat.others_read_message_id ?? 0,
    othersDeliveredId: chat.others_delivered_message_id ?? 0,
    oldestId: isEmpty ? 0 : null,
    historyComplete: isEmpty,
    lastMessageId: null,
    readId,
    deliveredId: readId,
    unread: chat.unread_count,
    newestId: Math.max(chat.last_message_id ?? 0, chat.history_from_id ?? 0),
    ...(chat.kind === "private" ? { membersLoaded: true } : {}),
  };
}

/**
 * What a chat is after the server showed it. `latest`: pointers of others may go back, as they do when the one who had read
 * furthest leaves; otherwise the larger wins.
 */
export function mergedChat(known: ChatRecord, chat: Chat, latest: boolean): ChatRecord {
  const readId = Math.max(known.readId, chat.last_read_message_id ?? 0);
  const others = (mine: number, told: number | null) => (latest ? (told ?? 0) : Math.max(mine, told ?? 0));
  return {
    ...known,
    ...ownFields(chat),
    encrypted: known.encrypted || chat.encrypted,
    peerId: known.peerId ?? chat.peer_id,
    readId,
    deliveredId: Math.max(known.deliveredId, readId),
    othersReadId: others(known.othersReadId, chat.others_read_message_id),
    othersDeliveredId: others(known.othersDeliveredId, chat.others_delivered_message_id),
  };
}

function ownFields(chat: Chat) {
  return {
    title: chat.title,
    avatar: chat.avatar,
    myRole: chat.my_role,
    memberCount: chat.member_count,
    membersVersion: chat.members_version,
    isFavorite: chat.is_favorite,
    isArchived: chat.is_archived,
    mutedUntil: chat.muted_until,
    historyFromId: chat.history_from_id,
    activeAt: chat.updated_at,
  };
}

/** Everything up to this message is seen, or not for me. */
export function seenId({ readId, historyFromId }: ChatRecord): number {
  return Math.max(readId, historyFromId ?? 0);
}

/** The later of two RFC 3339 times; they may be written differently. */
export function laterOf(one: string, other: string): string {
  return Date.parse(other) > Date.parse(one) ? other : one;
}

/** The chats with the latest activity first. */
export function byActivity(chats: readonly ChatRecord[]): ChatRecord[] {
  return [...chats].sort((a, b) => Date.parse(b.activeAt) - Date.parse(a.activeAt));
}

/** Whether not even its newest messages are here. */
export function lacksFirstPage({ oldestId, historyComplete }: ChatRecord): boolean {
  return oldestId === null && !historyComplete;
}
