import type { LocalStore } from "../store/local-store.ts";
import type { MessageRecord, OutboxRecord } from "../store/tables.ts";

/** A row that changes a message that exists, or will. */
export type Follower = OutboxRecord & {
  readonly operation: Extract<OutboxRecord["operation"], { readonly kind: "edit" | "delete" }>;
};

/** The message that a follower is about: its id, or that of its row in the outbox as long as it has none. */
export type Target = { readonly messageId: number | null; readonly clientMessageId?: string };

export function isFollower(row: OutboxRecord): row is Follower {
  return row.operation.kind === "edit" || row.operation.kind === "delete";
}

/** The rows that are about this message. */
export function followersOf(rows: readonly OutboxRecord[], target: Target): Follower[] {
  return rows.filter(isFollower).filter(({ operation }) => isSame(operation, target));
}

function isSame(one: Target, other: Target): boolean {
  if (one.messageId !== null && one.messageId === other.messageId) return true;
  return one.clientMessageId !== undefined && one.clientMessageId === other.clientMessageId;
}

/** So many messages of a chat are looked through for one that was sent from here a while ago. */
const LOOKED_THROUGH = 1_000;

/** My message that was sent with this id, if it is among the newest of its chat on this device. */
export async function findSent(
  store: LocalStore,
  { chatId, ownUserId, id }: { readonly chatId: number; readonly ownUserId: number; readonly id: string },
): Promise<MessageRecord | undefined> {
  const newest = await store.range("message", { prefix: [chatId], reverse: true, limit: LOOKED_THROUGH });
  for (const message of newest)
    if (!message.deleted && message.clientMessageId === id && message.senderId === ownUserId) return message;
  return undefined;
}
