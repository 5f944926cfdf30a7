import type { ChatRecord, MessageRecord, StoredMessage } from "../store/tables.ts";
import { laterOf, seenId } from "./chat-record.ts";
import { type Draft, isThere } from "./draft.ts";
import type { ChangesInput, ClearedInput, PageInput } from "./inputs.ts";
import { admitted, forgetOriginals, originalKeyOf } from "./originals.ts";
import type { Outcome, ReducerContext } from "./outcome.ts";
import { isUnread, type Tally } from "./unread.ts";

/** What the rows of messages share with the rest of a write. */
export interface MessageRowsContext extends ReducerContext {
  readonly draft: Draft;
  readonly outcome: Outcome;
  readonly tallyOf: (chatId: number) => Tally;
}

/** The reducer's part that concerns messages, and what a chat says about its own. */
export class MessageRows {
  readonly #context: MessageRowsContext;

  constructor(context: MessageRowsContext) {
    this.#context = context;
  }

  /** What changed after what is here. Rows that are here already, by their `seq`, stay. */
  async stream(chat: ChatRecord, { messages, seq, appearance }: ChangesInput<StoredMessage>): Promise<void> {
    const { draft } = this.#context;
    await this.#load(chat.id, messages);
    let current = chat;
    for (const message of [...messages].sort((a, b) => a.seq - b.seq))
      if (message.seq <= seq) current = await this.#streamOne(current, message);
    if (seq > chat.seq) current = { ...current, seq, ...appearance };
    if (current !== chat) draft.put("chat", [chat.id], current);
  }

  /** History. Messages that nobody has heard of yet are left out: they will come in their turn, and may be news then. */
  async addPage(chat: ChatRecord, page: PageInput<StoredMessage>): Promise<void> {
    const { draft, outcome, userId } = this.#context;
    await this.#load(chat.id, page.messages);
    let current = chat;
    for (const message of page.messages) {
      const known = await draft.get("message", [chat.id, message.id]);
      if (!isThere(message) || message.id > (chat.newestId ?? message.id)) continue;
      if (known && known.seq >= message.seq) continue;
      const taken = await admitted(draft, message);
      if (!taken) continue;
      current = this.#put(current, taken);
      // A page that was overtaken by a later one, for which it was gone already: it counts until it is told gone.
      if (isCovered(chat, message.id)) this.#context.tallyOf(chat.id).recount = true;
      if (page.news && isUnread(taken, chat, userId)) note(outcome.arrived, chat.id, message.id);
    }
    draft.put("chat", [chat.id], {
      ...current,
      oldestId: Math.min(chat.oldestId ?? Number.POSITIVE_INFINITY, page.oldestId),
      historyComplete: chat.historyComplete || page.complete,
    });
    // Now everything may be here that is needed to count.
    this.#context.tallyOf(chat.id);
  }

  /**
   * The history of this account begins later now: what came before is gone. In a group some of that may still be read, but
   * not all that changed in it while nobody told, so it is loaded again.
   */
  async hideBefore(chat: ChatRecord): Promise<void> {
    const { draft, outcome, tallyOf } = this.#context;
    const from = chat.historyFromId ?? 0;
    for (const key of await this.#keys(chat.id)) if (key[1] <= from) this.#remove(key);
    const oldestId = chat.oldestId === null ? null : Math.max(chat.oldestId, from + 1);
    const isComplete = chat.historyComplete || (chat.oldestId !== null && chat.oldestId <= from + 1);
    draft.put("chat", [chat.id], {
      ...chat,
      oldestId,
      historyComplete: chat.kind === "private" && isComplete,
      lastMessageId: (await draft.newestMessage(chat.id))?.id ?? null,
      newestId: Math.max(chat.newestId ?? 0, from),
    });
    tallyOf(chat.id).recount = true;
    outcome.restarted.add(chat.id);
    outcome.adopted.add(chat.id);
  }

  /** Makes room on this device. Answers under way begin where this chat no longer does. */
  clear(chat: ChatRecord, { messageIds }: ClearedInput): void {
    const { draft, outcome } = this.#context;
    for (const id of messageIds) this.#remove([chat.id, id]);
    const last = messageIds.at(-1);
    const rest =
      last === undefined || chat.oldestId === null
        ? {}
        : { oldestId: Math.max(chat.oldestId, last + 1), historyComplete: false };
    draft.put("chat", [chat.id], { ...chat, ...rest, historyCleared: true });
    outcome.restarted.add(chat.id);
  }

  /** Removes all of a chat. */
  async dropAll(chatId: number): Promise<void> {
    for (const key of await this.#keys(chatId)) this.#remove(key);
    await forgetOriginals(this.#context.draft, chatId);
  }

  async #streamOne(chat: ChatRecord, message: StoredMessage): Promise<ChatRecord> {
    const { draft } = this.#context;
    const known = await draft.get("message", [chat.id, message.id]);
    if (known && known.seq >= message.seq) return chat;
    // Told twice, and still to come with the history: there it may be news.
    if (!known && message.seq <= chat.seq && !isCovered(chat, message.id)) return chat;
    const taken = isThere(message) ? await admitted(draft, message) : message;
    if (!taken) return chat;
    const changed = isThere(taken)
      ? this.#streamThere(chat, taken, known)
      : await this.#streamDeleted(chat, taken, known);
    return message.id > (chat.newestId ?? 0) ? { ...changed, newestId: message.id } : changed;
  }

  #streamThere(chat: ChatRecord, message: MessageRecord, known: StoredMessage | undefined): ChatRecord {
    const { outcome, tallyOf, userId } = this.#context;
    const isNew = !known && message.id > (chat.newestId ?? 0);
    if (isNew && isUnread(message, chat, userId)) {
      tallyOf(chat.id).change += 1;
      note(outcome.arrived, chat.id, message.id);
    }
    // It was gone already when its page was read, and so left out of a count: as long as it is not told gone, it counts.
    if (!known && !isNew && isCovered(chat, message.id) && isUnread(message, chat, userId))
      tallyOf(chat.id).recount = true;
    const activeAt = isNew ? laterOf(chat.activeAt, message.createdAt) : chat.activeAt;
    return { ...this.#put(chat, message), activeAt };
  }

  async #streamDeleted(
    chat: ChatRecord,
    message: StoredMessage,
    known: StoredMessage | undefined,
  ): Promise<ChatRecord> {
    const { draft, tallyOf, userId } = this.#context;
    draft.put("message", [chat.id, message.id], message);
    if (hasContent(known)) draft.put("unindexed", [chat.id, message.id], true);
    if (isUnread(known, chat, userId)) tallyOf(chat.id).change -= 1;
    const mayHaveCounted =
      message.seq > chat.seq && message.id > seenId(chat) && message.id <= (chat.newestId ?? 0);
    if (!known && mayHaveCounted) tallyOf(chat.id).lost = true;
    if (chat.lastMessageId !== message.id) return chat;
    return { ...chat, lastMessageId: (await draft.newestMessage(chat.id))?.id ?? null };
  }

  #put(chat: ChatRecord, message: MessageRecord): ChatRecord {
    const { draft, outcome, outbox, userId } = this.#context;
    draft.put("message", [chat.id, message.id], message);
    if (hasContent(message)) draft.put("unindexed", [chat.id, message.id], true);
    if (message.senderId !== userId)
      outcome.received.set(chat.id, Math.max(outcome.received.get(chat.id) ?? 0, message.id));
    else if (message.clientMessageId !== null)
      for (const { id, order } of outbox.ordersFor([message.clientMessageId])) {
        draft.remove("outbox", [order]);
        outcome.confirmed.push({ id, chatId: chat.id });
      }
    return { ...chat, lastMessageId: Math.max(chat.lastMessageId ?? 0, message.id) };
  }

  #remove([chatId, id]: [chatId: number, id: number]): void {
    this.#context.draft.remove("message", [chatId, id]);
    this.#context.draft.put("unindexed", [chatId, id], true);
  }

  #keys(chatId: number) {
    return this.#context.draft.keys("message", { prefix: [chatId] }, ([id]) => id === chatId);
  }

  async #load(chatId: number, messages: readonly StoredMessage[]): Promise<void> {
    const { draft } = this.#context;
    await draft.load(
      "message",
      messages.map(({ id }) => [chatId, id]),
    );
    await draft.load(
      "original",
      messages.map(originalKeyOf).filter((key) => key !== undefined),
    );
  }
}

/** Whether all messages from there on are here. */
function isCovered({ historyComplete, oldestId }: ChatRecord, messageId: number): boolean {
  return historyComplete || (oldestId !== null && messageId >= oldestId);
}

function hasContent(message: StoredMessage | undefined): boolean {
  return isThere(message) && message.content !== undefined;
}

function note(arrived: Map<number, number[]>, chatId: number, messageId: number): void {
  const messageIds = arrived.get(chatId) ?? [];
  messageIds.push(messageId);
  arrived.set(chatId, messageIds);
}
