import type { Changes, KeyOf, LocalStore, RowRange, Table, ValueOf } from "../store/local-store.ts";
import type { MessageRecord, StoredMessage } from "../store/tables.ts";

interface Row<T extends Table> {
  readonly key: KeyOf<T>;
  readonly value: ValueOf<T> | undefined;
  readonly isChanged: boolean;
}

type Rows = { readonly [T in Table]: Map<string, Row<T>> };

/** Rows read at a time, where nobody knows how many are needed. */
const ROWS_AT_ONCE = 200;

/** One write in the making: what is read here shows what was put here before. For use within one turn. */
export class Draft {
  readonly #store: LocalStore;
  readonly #rows: Rows = {
    account: new Map(),
    sync: new Map(),
    chat: new Map(),
    message: new Map(),
    original: new Map(),
    draft: new Map(),
    member: new Map(),
    profile: new Map(),
    pin: new Map(),
    notice: new Map(),
    outbox: new Map(),
    unindexed: new Map(),
    index: new Map(),
    setting: new Map(),
  };

  constructor(store: LocalStore) {
    this.#store = store;
  }

  async get<T extends Table>(table: T, key: KeyOf<T>): Promise<ValueOf<T> | undefined> {
    await this.load(table, [key]);
    return this.#of(table).get(key.join())?.value;
  }

  /** Reads rows at once that will be looked at one by one. */
  async load<T extends Table>(table: T, keys: readonly KeyOf<T>[]): Promise<void> {
    const rows = this.#of(table);
    const missing = keys.filter((key) => !rows.has(key.join()));
    if (missing.length === 0) return;
    const values = await this.#store.getMany(table, missing);
    for (const [index, key] of missing.entries())
      rows.set(key.join(), { key, value: values[index], isChanged: false });
  }

  put<T extends Table>(table: T, key: KeyOf<T>, value: ValueOf<T>): void {
    this.#of(table).set(key.join(), { key, value, isChanged: true });
  }

  remove<T extends Table>(table: T, key: KeyOf<T>): void {
    this.#of(table).set(key.join(), { key, value: undefined, isChanged: true });
  }

  /** Keys of the rows in a range that are there, in no particular order. */
  async keys<T extends Table>(
    table: T,
    range: RowRange<T>,
    holds: (key: KeyOf<T>) => boolean,
  ): Promise<KeyOf<T>[]> {
    const rows = this.#of(table);
    const stored = await this.#store.keys(table, range);
    const put = [...rows.values()].filter(
      ({ key, value, isChanged }) => isChanged && value !== undefined && holds(key),
    );
    return [...stored.filter((key) => !rows.get(key.join())?.isChanged), ...put.map(({ key }) => key)];
  }

  /** The newest message of a chat that is not deleted. */
  async newestMessage(chatId: number): Promise<MessageRecord | undefined> {
    let newest: MessageRecord | undefined;
    for (const message of this.#changedMessages(chatId))
      if (isThere(message) && message.id > (newest?.id ?? 0)) newest = message;
    for await (const message of this.#storedMessages(chatId, true)) {
      if (message.id < (newest?.id ?? 0)) break;
      if (isThere(message)) return message;
    }
    return newest;
  }

  /** How many messages after `afterId` satisfy `counts`, but at most `max`. */
  async countMessages(
    chatId: number,
    afterId: number,
    counts: (message: StoredMessage) => boolean,
    max: number,
  ): Promise<number> {
    let count = 0;
    for (const message of this.#changedMessages(chatId))
      if (message.id > afterId && counts(message)) count += 1;
    for await (const message of this.#storedMessages(chatId, false, afterId)) {
      if (count >= max) break;
      if (counts(message)) count += 1;
    }
    return Math.min(count, max);
  }

  /** What was put or removed: the keys, by table. */
  changed<T extends Table>(table: T): KeyOf<T>[] {
    return [...this.#of(table).values()].filter(({ isChanged }) => isChanged).map(({ key }) => key);
  }

  /** Writes all of it. @throws TacitError `store_full` */
  async write(): Promise<void> {
    const tables = Object.keys(this.#rows) as Table[];
    if (tables.every((table) => this.changed(table).length === 0)) return;
    await this.#store.write((changes) => {
      for (const table of tables) this.#collect(table, changes);
    });
  }

  #collect<T extends Table>(table: T, changes: Changes): void {
    for (const { key, value, isChanged } of this.#of(table).values()) {
      if (!isChanged) continue;
      if (value === undefined) changes.remove(table, key);
      else changes.put(table, key, value);
    }
  }

  #of<T extends Table>(table: T): Map<string, Row<T>> {
    return this.#rows[table];
  }

  *#changedMessages(chatId: number): Generator<StoredMessage> {
    for (const { key, value, isChanged } of this.#rows.message.values())
      if (isChanged && value && key[0] === chatId) yield value;
  }

  /** Those of the store that were not touched here. */
  async *#storedMessages(chatId: number, reverse: boolean, afterId?: number): AsyncGenerator<StoredMessage> {
    for (let edge = afterId; ; ) {
      const bound = edge === undefined ? {} : reverse ? { before: edge } : { after: edge };
      const range = { prefix: [chatId], ...bound, reverse, limit: ROWS_AT_ONCE } as const;
      const messages = await this.#store.range("message", range);
      for (const message of messages)
        if (!this.#rows.message.get(`${chatId},${message.id}`)?.isChanged) yield message;
      edge = messages.at(-1)?.id;
      if (edge === undefined || messages.length < ROWS_AT_ONCE) return;
    }
  }
}

/** Whether it is a message, and not what is left of one. */
export function isThere(message: StoredMessage | undefined): message is MessageRecord {
  return message !== undefined && message.deleted === undefined;
}
