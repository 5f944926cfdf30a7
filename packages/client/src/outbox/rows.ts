import type { LocalStore } from "../store/local-store.ts";
import type { OutboxRecord, SpooledFile } from "../store/tables.ts";
import type { ChangeFeed } from "../sync/changes.ts";

/** One atomic change of the outbox. */
export interface RowChanges {
  /** New rows and changed ones. */
  readonly put?: readonly OutboxRecord[];
  /** Rows that go, with what their files have in the spool. */
  readonly remove?: readonly OutboxRecord[];
  /** Whether it has to survive a crash of the machine: what a person asked for does, a step of the work does not. */
  readonly durable?: boolean;
}

/** What keeping rows needs. */
export interface RowsDependencies {
  readonly store: LocalStore;
  readonly changes: ChangeFeed;
  /** Removes a file from the spool. */
  readonly discard: (file: SpooledFile) => Promise<void>;
}

/** The rows of the outbox, which nobody else writes, so they are read once. Everything that writes is called within a turn. */
export class Rows {
  readonly #dependencies: RowsDependencies;
  /** In order: a row that changes keeps its place. */
  readonly #rows: Map<string, OutboxRecord>;
  #lastOrder: number;

  private constructor(dependencies: RowsDependencies, rows: readonly OutboxRecord[]) {
    this.#dependencies = dependencies;
    this.#rows = new Map(rows.map((row) => [row.id, row]));
    this.#lastOrder = rows.at(-1)?.order ?? 0;
  }

  /** Reads what an earlier run left. What was under way then waits again. Within a turn. */
  static async load(dependencies: RowsDependencies): Promise<Rows> {
    const rows = new Rows(dependencies, await dependencies.store.range("outbox"));
    const interrupted = rows.all().filter(({ state }) => state === "sending");
    await rows.write({ put: interrupted.map((row) => ({ ...row, state: "queued" })) });
    return rows;
  }

  get(id: string): OutboxRecord | undefined {
    return this.#rows.get(id);
  }

  /** In the order in which they were asked for. */
  all(): OutboxRecord[] {
    return [...this.#rows.values()];
  }

  /** Those of a chat, in order. */
  inChat(chatId: number): OutboxRecord[] {
    return this.all().filter((row) => row.chatId === chatId);
  }

  /** For a new row. Within the turn that writes it. */
  nextOrder(): number {
    this.#lastOrder += 1;
    return this.#lastOrder;
  }

  /** Within a turn. @throws TacitError `store_full`; then nothing has changed. */
  async write({ put = [], remove = [], durable = false }: RowChanges): Promise<void> {
    if (put.length === 0 && remove.length === 0) return;
    await this.#dependencies.store.write(
      (changes) => {
        for (const row of put) changes.put("outbox", [row.order], row);
        for (const row of remove) changes.remove("outbox", [row.order]);
      },
      { durable },
    );
    for (const row of put) this.#rows.set(row.id, row);
    for (const { id } of remove) this.#rows.delete(id);
    this.#tell([...put, ...remove]);
    await this.discardFiles(remove);
  }

  /** Takes note that rows were removed from the store by somebody else's write. @returns them */
  drop(ids: readonly string[]): OutboxRecord[] {
    const dropped = ids.flatMap((id) => this.#rows.get(id) ?? []);
    for (const { id } of dropped) this.#rows.delete(id);
    this.#tell(dropped);
    return dropped;
  }

  /** Removes the files of rows that are gone from the spool. */
  async discardFiles(rows: readonly OutboxRecord[]): Promise<void> {
    const files = rows.flatMap(({ uploads }) => uploads);
    // What cannot be removed now is swept up later: no row names it any more.
    await Promise.allSettled(files.map((file) => this.#dependencies.discard(file)));
  }

  #tell(rows: readonly OutboxRecord[]): void {
    for (const [chatId, messageIds] of touched(rows))
      this.#dependencies.changes.tell({ kind: "outbox", chatId, messageIds });
  }
}

/** The chats of rows, and which of their messages are edited or deleted. */
function touched(rows: readonly OutboxRecord[]): Map<number, number[]> {
  const chats = new Map<number, number[]>();
  for (const { chatId, operation } of rows) {
    const messageIds = chats.get(chatId) ?? [];
    chats.set(chatId, messageIds);
    const isChange = operation.kind === "edit" || operation.kind === "delete";
    if (isChange && operation.messageId !== null) messageIds.push(operation.messageId);
  }
  return chats;
}
