import { nextTask } from "#platform/next-task";
import { TacitError } from "../errors.ts";
import type { KeyOf, LocalStore } from "../store/local-store.ts";
import type { StoredMessage } from "../store/tables.ts";
import { Turns } from "../turns.ts";
import { type Entry, type Found, Shard, type Wanted } from "./shard.ts";

/** What the index needs. */
export interface MessageIndexDependencies {
  readonly store: LocalStore;
  readonly turns: Turns;
}

type Row = KeyOf<"unindexed">;

/** Rows that are taken in and written in one turn: other writers of the store wait for so long. */
const BATCH = 1000;
/** Milliseconds of work at a stretch: half of a frame at 60 a second, so that a page goes on being drawn. */
const STRETCH = 8;
/** So many rows may be taken in anew by each search; more are written. */
const WORTH_WRITING = 250;

/** The index over all messages: its shards, in memory once somebody has asked for them, and on the disk. */
export class MessageIndex {
  readonly #store: LocalStore;
  readonly #turns: Turns;
  /** One update at a time, each of which takes several turns of the account's. */
  readonly #updates = new Turns();
  #shards: Shard[] | undefined;
  /** Messages whose row is still in `unindexed`, though the shards in memory have them; by id, the `seq` that they have. */
  readonly #taken = new Map<number, number>();

  constructor({ store, turns }: MessageIndexDependencies) {
    this.#store = store;
    this.#turns = turns;
  }

  /** Newest first: ids grow with time on the whole server. */
  find(wanted: Wanted, fuzzy: boolean): Found[] {
    const found = (this.#shards ?? []).flatMap((shard) => shard.find(wanted, fuzzy));
    return found.sort((a, b) => b.id - a.id);
  }

  /** Takes in what has changed, and writes the index if much has. Not within a turn. */
  update(): Promise<void> {
    return this.#updates.take(async () => {
      this.#shards ??= (await this.#read()) ?? (await this.#startOver());
      const shards = this.#shards;
      const rows = byShard(await this.#store.keys("unindexed"), shards);
      for (const batch of batches(rows)) await this.#turns.take(() => this.#takeIn(shards, batch));
    });
  }

  /**
   * Lets go of what is in memory, after updates that are under way: of many messages it is hundreds of megabytes, which a page
   * notices at every turn. What was not written is still noted in the store.
   *
   * @param isNeeded looked at when it would be let go
   */
  release(isNeeded: () => boolean): Promise<void> {
    return this.#updates.take(async () => {
      if (isNeeded()) return;
      this.#shards = undefined;
      this.#taken.clear();
    });
  }

  /** @returns `undefined` if a part of it cannot be read */
  async #read(): Promise<Shard[] | undefined> {
    const shards: Shard[] = [];
    for (const [name] of await this.#store.keys("index")) {
      const stored = await this.#store.get("index", [name]).catch(unlessDamaged);
      const shard = name === nameOf(shards.length) ? Shard.read(name, stored) : undefined;
      if (!shard) return undefined;
      shards.push(shard);
    }
    return shards;
  }

  /** The index is made anew from the messages. Its parts go last: if this is broken off, it begins again. */
  async #startOver(): Promise<Shard[]> {
    for (const batch of batches(await this.#store.keys("message")))
      await this.#turns.take(() =>
        this.#store.write((changes) => {
          for (const row of batch) changes.put("unindexed", row, true);
        }),
      );
    const names = await this.#store.keys("index");
    await this.#turns.take(() =>
      this.#store.write((changes) => {
        for (const name of names) changes.remove("index", name);
      }),
    );
    return [];
  }

  /** Within a turn. */
  async #takeIn(shards: Shard[], rows: readonly Row[]): Promise<void> {
    const messages = await this.#store.getMany("message", rows);
    let begun = performance.now();
    for (const [at, [chatId, id]] of rows.entries()) {
      if (performance.now() - begun > STRETCH) {
        await nextTask();
        begun = performance.now();
      }
      const message = messages[at];
      const seq = message?.seq ?? 0;
      if (this.#taken.get(id) === seq) continue;
      place(shards, { id, chatId, senderId: senderOf(message), text: textOf(message) });
      this.#taken.set(id, seq);
    }
    if (rows.length >= WORTH_WRITING) await this.#write(shards, rows).catch(unlessFull);
  }

  async #write(shards: readonly Shard[], rows: readonly Row[]): Promise<void> {
    const dirty = shards.filter((shard) => shard.dirty);
    await this.#store.write((changes) => {
      for (const shard of dirty) changes.put("index", [shard.name], shard.stored());
      for (const row of rows) changes.remove("unindexed", row);
    });
    for (const shard of dirty) shard.dirty = false;
    for (const [, id] of rows) this.#taken.delete(id);
  }
}

/** Rows of one shard stand together, so that a batch changes few shards. New ones come last. */
function byShard(rows: readonly Row[], shards: readonly Shard[]): Row[] {
  const placed = rows.map((row) => {
    const at = shards.findIndex((shard) => shard.has(row[1]));
    return { row, at: at < 0 ? shards.length : at };
  });
  return placed.sort((a, b) => a.at - b.at).map(({ row }) => row);
}

function* batches(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let at = 0; at < rows.length; at += BATCH) yield rows.slice(at, at + BATCH);
}

function place(shards: Shard[], entry: Entry): void {
  const known = shards.find((shard) => shard.has(entry.id));
  // Ids are unique on a server that is honest. With any other, what came first stays to be found.
  if (known && known.chatOf(entry.id) !== entry.chatId) return;
  if (entry.text === "") known?.remove(entry.id);
  else (known ?? withRoom(shards)).put(entry);
}

function withRoom(shards: Shard[]): Shard {
  const last = shards.at(-1);
  if (last && !last.full) return last;
  const shard = Shard.empty(nameOf(shards.length));
  shards.push(shard);
  return shard;
}

/** Sorts as the shards do. */
function nameOf(at: number): string {
  return `shard-${String(at).padStart(6, "0")}`;
}

function senderOf(message: StoredMessage | undefined): number {
  return !message || message.deleted ? 0 : message.senderId;
}

/** What somebody would look for: what the message says, and what its files are called. */
function textOf(message: StoredMessage | undefined): string {
  if (!message || message.deleted || !message.content) return "";
  const { text, attachments } = message.content;
  return [text, ...attachments.map(({ name }) => name)].join("\n").trim();
}

function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof TacitError && error.code === "store_damaged")) throw error;
}

/** Without room on the disk the index in memory still finds everything. */
function unlessFull(error: unknown): void {
  if (!(error instanceof TacitError && error.code === "store_full")) throw error;
}
