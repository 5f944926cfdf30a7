import type { MovedPointer, Pointer } from "./pointers-store.ts";

/** Milliseconds in which further movements of one member in one chat are gathered. */
const WINDOW = 250;
/** Members of one chat announced within a window: the readers of a large group must not flood it. */
const MAX_OPEN = 50;

/** What waits to be announced for one member: at most one movement of each pointer. */
export type Movements = Partial<Record<Pointer, MovedPointer>>;

/** Tells of moving pointers, not more often than anybody can see. */
export interface PointerAnnouncer {
  moved(chatId: number, userId: number, pointer: Pointer, movement: MovedPointer): void;
  /** Announces at once what still waits, and resolves when that is done. */
  close(): Promise<void>;
}

interface ChatState {
  /** Members announced within the last window, each with the timer that ends theirs. */
  readonly open: Map<number, NodeJS.Timeout>;
  /** In the order in which they will be announced. Bounded by the members of the chat. */
  readonly waiting: Map<number, Movements>;
}

/**
 * The first movement of a member is announced at once and opens a window; the latest within it follows at its end. With
 * {@link MAX_OPEN} windows open in a chat, others wait for one to end: late, but nobody's is lost.
 *
 * @param announce must not throw.
 */
export function createPointerAnnouncer(
  announce: (chatId: number, userId: number, movements: Movements) => Promise<void>,
): PointerAnnouncer {
  const chats = new Map<number, ChatState>();
  const underWay = new Set<Promise<void>>();

  function start(chatId: number, userId: number, movements: Movements): void {
    const announcing = announce(chatId, userId, movements).finally(() => underWay.delete(announcing));
    underWay.add(announcing);
  }

  function openWindow(chatId: number, state: ChatState, userId: number, movements: Movements): void {
    state.open.set(
      userId,
      setTimeout(() => endWindow(chatId, state, userId), WINDOW),
    );
    start(chatId, userId, movements);
  }

  function endWindow(chatId: number, state: ChatState, userId: number): void {
    state.open.delete(userId);
    for (const [next, movements] of state.waiting) {
      if (state.open.has(next)) continue;
      state.waiting.delete(next);
      openWindow(chatId, state, next, movements);
      return;
    }
    if (state.open.size === 0) chats.delete(chatId);
  }

  return {
    moved: (chatId, userId, pointer, movement) => {
      const state = chats.get(chatId) ?? { open: new Map(), waiting: new Map() };
      chats.set(chatId, state);
      const movements = merged(state.waiting.get(userId) ?? {}, pointer, movement);
      if (state.open.has(userId) || state.open.size >= MAX_OPEN) state.waiting.set(userId, movements);
      else openWindow(chatId, state, userId, movements);
    },
    close: async () => {
      for (const [chatId, { open, waiting }] of chats) {
        for (const timer of open.values()) clearTimeout(timer);
        for (const [userId, movements] of waiting) start(chatId, userId, movements);
      }
      chats.clear();
      await Promise.all(underWay);
    },
  };
}

/** Answers of the database overtake each other: a movement that arrives late does not take the pointer back. */
function merged(waiting: Movements, pointer: Pointer, { from, to }: MovedPointer): Movements {
  const known = waiting[pointer];
  if (!known) return { ...waiting, [pointer]: { from, to } };
  return { ...waiting, [pointer]: { from: Math.min(known.from, from), to: Math.max(known.to, to) } };
}
