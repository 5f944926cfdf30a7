import type { LocalStore } from "../store/local-store.ts";
import type { ChatRecord, MessageRecord, OutboxRecord, StoredMessage } from "../store/tables.ts";
import { contentOf, Message, type MessageActions, stateOf } from "./message.ts";

/** Which messages of a chat. */
export interface PageOptions {
  /** Before this message; without it, the newest, and after them what is still to be sent. */
  readonly before?: number;
  /** After this message, the first ones; what waits to be sent is not among them. Only what this device holds. */
  readonly after?: number;
  /** At most so many that are sent. Default 50. */
  readonly limit?: number;
}

/** Reads a page of what this device holds, oldest first, with what waits in the outbox laid over it. */
export class Timeline {
  readonly #store: LocalStore;
  readonly #actions: MessageActions;
  readonly #ownId: number;

  constructor(store: LocalStore, actions: MessageActions, ownId: number) {
    this.#store = store;
    this.#actions = actions;
    this.#ownId = ownId;
  }

  async page(chat: ChatRecord, { before, after, limit = 50 }: PageOptions): Promise<Message[]> {
    // The outbox is read first: what leaves it in between is then among the messages, and shown once.
    const waiting = await this.#waiting(chat.id);
    const records =
      after === undefined
        ? await this.#recordsBefore(chat, before, limit)
        : await this.#recordsAfter(chat, after, limit);
    const shown = records.filter((record) => !isGoing(waiting, record));
    const messages = shown.map((record) => this.#message(chat, record, waiting));
    return before === undefined && after === undefined
      ? [...messages, ...this.#unsent(chat, waiting, records)]
      : messages;
  }

  /** One message; `undefined` if it is not here or deleted. */
  async one(chat: ChatRecord, id: number): Promise<Message | undefined> {
    const waiting = await this.#waiting(chat.id);
    const record = await this.#store.get("message", [chat.id, id]);
    if (!record || record.deleted) return undefined;
    return this.#message(chat, record, waiting);
  }

  async #waiting(chatId: number): Promise<OutboxRecord[]> {
    const rows = await this.#store.range("outbox");
    return rows.filter((row) => row.chatId === chatId);
  }

  /** Tombstones are skipped, so it takes as many reads as it needs. */
  async #recordsBefore(
    chat: ChatRecord,
    before: number | undefined,
    limit: number,
  ): Promise<MessageRecord[]> {
    const found: MessageRecord[] = [];
    if (chat.oldestId === null) return found;
    const after = Math.max(chat.oldestId - 1, 0);
    let end = before;
    while (found.length < limit) {
      const want = limit - found.length;
      const rows = await this.#store.range("message", {
        prefix: [chat.id],
        after,
        ...(end !== undefined && { before: end }),
        limit: want,
        reverse: true,
      });
      found.push(...rows.filter(isLive));
      if (rows.length < want) break;
      end = rows.at(-1)?.id;
    }
    return found.reverse();
  }

  async #recordsAfter(chat: ChatRecord, after: number, limit: number): Promise<MessageRecord[]> {
    const found: MessageRecord[] = [];
    if (chat.oldestId === null) return found;
    let start = Math.max(after, chat.oldestId - 1);
    while (found.length < limit) {
      const want = limit - found.length;
      const rows = await this.#store.range("message", { prefix: [chat.id], after: start, limit: want });
      found.push(...rows.filter(isLive));
      start = rows.at(-1)?.id ?? start;
      if (rows.length < want) break;
    }
    return found;
  }

  #message(chat: ChatRecord, record: MessageRecord, waiting: readonly OutboxRecord[]): Message {
    const outbox = changeOf(waiting, record);
    const state = stateOf(record, outbox, chat, this.#ownId);
    const text = contentOf(editOf(waiting, record))?.text ?? record.content?.text ?? "";
    const { senderId } = record;
    const isMine = senderId === this.#ownId;
    return new Message(chat.id, this.#actions, { record, outbox, state, senderId, isMine, text });
  }

  /** What is in the outbox and not among the stored ones yet, as it will be. */
  #unsent(chat: ChatRecord, waiting: readonly OutboxRecord[], stored: readonly MessageRecord[]): Message[] {
    const mine = stored.filter(({ senderId }) => senderId === this.#ownId);
    const here = new Set(mine.map(({ clientMessageId }) => clientMessageId));
    const rows = waiting.filter(
      ({ id, operation: { kind } }) => (kind === "send" || kind === "forward") && !here.has(id),
    );
    const targets = rows.map((outbox) => ({ outbox, id: 0, clientMessageId: outbox.id }));
    return targets
      .filter((target) => !isGoing(waiting, target))
      .map((target) => {
        const { outbox } = target;
        const state = stateOf(undefined, outbox, chat, this.#ownId);
        const text = contentOf(editOf(waiting, target) ?? outbox)?.text ?? "";
        return new Message(chat.id, this.#actions, {
          record: undefined,
          outbox,
          state,
          senderId: this.#ownId,
          isMine: true,
          text,
        });
      });
  }
}

type Target = Pick<MessageRecord, "id" | "clientMessageId">;

/** Whether an edit or deletion in the outbox is about this message, which may have had no id when that was asked for. */
function isAbout({ operation }: OutboxRecord, { id, clientMessageId }: Target): boolean {
  if (operation.kind !== "edit" && operation.kind !== "delete") return false;
  if (operation.messageId !== null) return operation.messageId === id;
  return operation.clientMessageId !== undefined && operation.clientMessageId === clientMessageId;
}

/** The latest edit that waits. */
function editOf(waiting: readonly OutboxRecord[], target: Target): OutboxRecord | undefined {
  return waiting.findLast((row) => row.operation.kind === "edit" && isAbout(row, target));
}

/** The latest that waits or has failed: an edit, or a deletion that was refused. */
function changeOf(waiting: readonly OutboxRecord[], target: Target): OutboxRecord | undefined {
  return waiting.findLast((row) => isAbout(row, target));
}

function isGoing(waiting: readonly OutboxRecord[], target: Target): boolean {
  return waiting.some(
    (row) => row.operation.kind === "delete" && row.state !== "failed" && isAbout(row, target),
  );
}

const isLive = (row: StoredMessage): row is MessageRecord => row.deleted === undefined;
