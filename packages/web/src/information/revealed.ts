import type { Chat, Message, Person } from "@tacit/client";

/** Messages that are looked through for those of one person. */
const MOST_READ = 500;
/** Octets of JSON that the server takes; some are left for what is around. */
const MOST_OCTETS = 60_000;

/** The newest messages of somebody in a chat that say something, oldest first. */
export async function lastMessagesOf(chat: Chat, { id }: Person, count: number): Promise<readonly Message[]> {
  const found: Message[] = [];
  let read = 0;
  for await (const message of chat.history()) {
    if (message.sender.id === id && message.text !== "" && !message.system) found.unshift(message);
    read += 1;
    if (found.length === count || read === MOST_READ) break;
  }
  return found;
}

/** What a report says of the newest of these messages, as many as are wanted and fit; of none, nothing at all. */
export function revealedOf(all: readonly Message[], count: number) {
  const messages: Message[] = [];
  let octets = 0;
  for (const message of count > 0 ? all.slice(-count).toReversed() : []) {
    octets += new TextEncoder().encode(JSON.stringify(shownOf(message))).length + 1;
    if (octets > MOST_OCTETS) break;
    messages.unshift(message);
  }
  const messageIds = messages.flatMap(({ id }) => id ?? []);
  const report = messages.length > 0 ? { messageIds, revealed: { messages: messages.map(shownOf) } } : {};
  return { messages, report };
}

function shownOf({ id, sentAt, text }: Message) {
  return { id, sent_at: sentAt.toISOString(), text };
}
