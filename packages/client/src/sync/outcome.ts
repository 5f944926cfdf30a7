import type { AwaitedMessages } from "./dependencies.ts";

/** Whose state it is. */
export interface ReducerContext {
  readonly userId: number;
  readonly outbox: Pick<AwaitedMessages, "ordersFor">;
}

/** What follows from a write, for whoever made it. */
export interface Outcome {
  /** Chats in which something was missed. */
  readonly behind: Set<number>;
  /** Chats whose number of unread messages only the server can tell. */
  readonly uncertain: Set<number>;
  /** Chats that are new here: their history is to be loaded. */
  readonly adopted: Set<number>;
  /** Chats of which something went, so that answers under way may not fit any more. */
  readonly restarted: Set<number>;
  /** Chats with other members, or other keys, than before. */
  readonly membership: Set<number>;
  /** Messages of others that are news. */
  readonly arrived: Map<number, number[]>;
  /** The newest message of others that was stored, by chat. */
  readonly received: Map<number, number>;
  /** What the outbox waited for. */
  readonly confirmed: { readonly id: string; readonly chatId: number }[];
  hasNewPeople: boolean;
  /** A chat went: what was noted of it counts for nothing. */
  forget(chatId: number): void;
}

/** Nothing follows, so far. */
export function newOutcome(): Outcome {
  const outcome: Outcome = {
    behind: new Set(),
    uncertain: new Set(),
    adopted: new Set(),
    restarted: new Set(),
    membership: new Set(),
    arrived: new Map(),
    received: new Map(),
    confirmed: [],
    hasNewPeople: false,
    forget: (chatId) => {
      const { behind, uncertain, adopted, arrived, received } = outcome;
      for (const noted of [behind, uncertain, adopted, arrived, received]) noted.delete(chatId);
    },
  };
  return outcome;
}
