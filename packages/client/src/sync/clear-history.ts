import type { LocalStore } from "../store/local-store.ts";
import type { ChatRecord } from "../store/tables.ts";
import type { Turns } from "../turns.ts";
import type { Applier } from "./applier.ts";
import { seenId } from "./chat-record.ts";

/** What clearing needs. */
export interface ClearingDependencies {
  readonly store: LocalStore;
  readonly applier: Applier;
  readonly pipeline: Turns;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** So many messages of a chat stay, so that it can be opened and read without the network. */
const KEPT = 50;
/** Rows of one write: whatever else is to be written waits for so long. */
const BATCH = 1000;

/**
 * Removes the messages of a chat from this device but the newest, and those that are not read. What went is loaded again
 * when somebody reads there, no longer by itself. Broken off, it has removed the oldest.
 */
export async function clearHistory(dependencies: ClearingDependencies, chatId: number): Promise<void> {
  const { store, applier, pipeline, signal } = dependencies;
  let isMore = true;
  while (isMore && !signal.aborted)
    isMore = await pipeline.take(async () => {
      const chat = await store.get("chat", [chatId]);
      if (!chat) return false;
      const messageIds = await oldest(store, chat);
      await applier.write([{ kind: "cleared", chatId, messageIds }]);
      return messageIds.length === BATCH;
    });
}

async function oldest(store: LocalStore, chat: ChatRecord): Promise<number[]> {
  const newest = await store.keys("message", { prefix: [chat.id], limit: KEPT, reverse: true });
  const [, firstKept = 0] = newest[KEPT - 1] ?? [];
  const firstUnread = chat.unread > 0 ? seenId(chat) + 1 : firstKept;
  const before = Math.min(firstKept, firstUnread, chat.lastMessageId ?? firstKept);
  if (before < 1) return [];
  const keys = await store.keys("message", { prefix: [chat.id], before, limit: BATCH });
  return keys.map(([, id]) => id);
}
