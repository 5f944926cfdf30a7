import type { Chat, Message, Tacit } from "@tacit/client";

/** What arrived in a chat and nobody has read yet. */
export interface Arrival {
  readonly chat: Chat;
  /** The newest one. */
  readonly message: Message;
  /** How many, since somebody last read there. */
  readonly count: number;
}

/** Milliseconds for which messages are gathered: a burst is announced once. */
const GATHERED_FOR = 250;

/** Tells what arrives and is to be announced: of every chat the newest message and how many there are. @returns ends it */
export function gatherArrivals(tacit: Tacit, onArrival: (arrivals: readonly Arrival[]) => void): () => void {
  const counts = new Map<number, number>();
  const newest = new Map<number, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = async () => {
    timer = undefined;
    const chats = [...newest];
    newest.clear();
    const arrivals = await Promise.all(
      chats.map(([chatId, messageId]) => arrivalOf(tacit, chatId, messageId, counts.get(chatId) ?? 1)),
    );
    const told = arrivals.filter((arrival) => arrival !== undefined);
    if (told.length > 0) onArrival(told);
  };
  const stops = [
    tacit.on("arrived", ({ chatId, messageIds }) => {
      counts.set(chatId, (counts.get(chatId) ?? 0) + messageIds.length);
      newest.set(chatId, Math.max(newest.get(chatId) ?? 0, ...messageIds));
      timer ??= setTimeout(() => void tell(), GATHERED_FOR);
    }),
    tacit.on("chats", ({ chatIds }) => {
      for (const chatId of chatIds) if (!tacit.chats.get(chatId)?.unread) counts.delete(chatId);
    }),
  ];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

/** Nothing for what was read, deleted or muted meanwhile. */
async function arrivalOf(
  tacit: Tacit,
  chatId: number,
  messageId: number,
  count: number,
): Promise<Arrival | undefined> {
  const chat = tacit.chats.get(chatId);
  const message = await chat?.message(messageId);
  if (!chat || !message || chat.mutedUntil || chat.readId >= messageId) return undefined;
  return { chat, message, count };
}
