import type { Chat, Message } from "@tacit/client";

/** Messages that are read at a time. */
export const PAGE = 50;

/** Whether this device holds the chat from its beginning. */
export const isComplete = (chat: Chat) => chat.historyComplete;

/** Whether a page reaches to the beginning of the chat. */
export function isWhole(chat: Chat, page: readonly Message[], limit: number): boolean {
  return page.filter(({ id }) => id !== undefined).length < limit && isComplete(chat);
}

/** Id of the oldest message that this device holds. */
export async function oldestOf(chat: Chat): Promise<number | undefined> {
  const [oldest] = await chat.messages({ after: 0, limit: 1 });
  return oldest?.id;
}

/** What comes after a message, or the newest; `hasMore` if that was not all. */
export async function readAfter(
  chat: Chat,
  id: number | undefined,
): Promise<{ messages: Message[]; hasMore: boolean }> {
  if (id === undefined) return { messages: await chat.messages({ limit: PAGE }), hasMore: false };
  const limit = PAGE * 4;
  const messages = await chat.messages({ after: id, limit });
  return { messages, hasMore: messages.length === limit };
}

/** Ids of the messages that may have got another tick. Pointers only grow: if the first that can has not, none has. */
export async function movedTicks(chat: Chat, sent: readonly Message[]): Promise<number[]> {
  const mine = sent.filter(({ state }) => state === "sent" || state === "delivered");
  const firsts = [
    mine.find(({ state }) => state === "sent"),
    mine.find(({ state }) => state === "delivered"),
  ];
  for (const first of firsts) {
    if (first?.id === undefined) continue;
    if ((await chat.message(first.id))?.state !== first.state) return mine.flatMap(({ id }) => id ?? []);
  }
  return [];
}

/** Messages by their ids, as far as they are there: few are read one by one, many in one go. */
export async function readThese(chat: Chat, ids: readonly number[]): Promise<Message[]> {
  // By pages: a message whose deletion is under way is in none.
  if (ids.length <= 8) {
    const pages = await Promise.all(ids.map((id) => chat.messages({ after: id - 1, limit: 1 })));
    return pages.flat().filter(({ id }) => id !== undefined && ids.includes(id));
  }
  const wanted = new Set(ids);
  const last = Math.max(...ids);
  const found: Message[] = [];
  for (let after = Math.min(...ids) - 1; after < last; ) {
    const page = await chat.messages({ after, limit: 200 });
    found.push(...page.filter(({ id }) => id !== undefined && wanted.has(id)));
    after = page.length < 200 ? last : (page.at(-1)?.id ?? last);
  }
  return found;
}

const UNSETTLED: ReadonlySet<Message["state"]> = new Set(["queued", "sending", "failed", "held"]);

/** Ids of the messages that are out, and whose edit or deletion is not. */
export function unsettledAmong(sent: readonly Message[]): number[] {
  return sent.flatMap(({ id, state }) => (id !== undefined && UNSETTLED.has(state) ? [id] : []));
}

/** Ids of the messages that these people wrote, or that were forwarded from them. */
export function idsBy(people: ReadonlySet<number>, sent: readonly Message[]): number[] {
  return sent.flatMap(({ id, sender, forwardedFrom }) =>
    id !== undefined && (people.has(sender.id) || (forwardedFrom && people.has(forwardedFrom.id)))
      ? [id]
      : [],
  );
}
