import { statfs } from "node:fs/promises";
import { TacitError } from "../../errors.ts";
import type { KeyRange, RecordChange, Records } from "../storage.ts";
import { asTacitError, storeFull } from "./failures.node.ts";
import type { Level } from "./level.node.ts";

/** What is left free, in octets: LevelDB needs room to merge its files, and to open them at all. */
const RESERVE = 16 * 1024 * 1024;

/** Read at a time, in octets; the default of 16 KiB makes a long range slow. */
const READ_AHEAD = 1024 * 1024;

/** @param path any on the same disk, to see how much room it has */
export function levelRecords(level: Level, path: string): Records {
  return new LevelRecords(level, path);
}

class LevelRecords implements Records {
  readonly #level: Level;
  readonly #path: string;
  /** A write failed half way: what came after it would be lost at the next opening. */
  #hasFailed = false;

  constructor(level: Level, path: string) {
    this.#level = level;
    this.#path = path;
  }

  async get(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return await inOurTerms(() => this.#level.getMany([...keys]));
  }

  async range(range: KeyRange): Promise<{ key: string; value: Uint8Array }[]> {
    const entries = await inOurTerms(() => this.#level.iterator(optionsFor(range)).all());
    return entries.map(([key, value]) => ({ key, value }));
  }

  async keys(range: KeyRange): Promise<string[]> {
    return await inOurTerms(() => this.#level.keys(optionsFor(range)).all());
  }

  async write(changes: readonly RecordChange[], options: { readonly durable?: boolean } = {}): Promise<void> {
    if (this.#hasFailed)
      throw new TacitError(
        "store_full",
        "The disk was full: the storage has to be opened again before it can change",
      );
    await this.#requireRoom(changes);
    await this.#level.batch(changes.map(operationOf), { sync: options.durable === true }).catch((error) => {
      this.#hasFailed = true;
      asTacitError(error);
    });
  }

  async close(): Promise<void> {
    await this.#level.close();
  }

  /** Removing is always allowed, since it makes room. */
  async #requireRoom(changes: readonly RecordChange[]): Promise<void> {
    const size = changes.reduce((sum, { key, value }) => sum + (value ? key.length + value.length : 0), 0);
    if (size === 0) return;
    const { bavail, bsize } = await statfs(this.#path);
    // Twice: in LevelDB's log, and in the table that is made of it.
    if (bavail * bsize < 2 * size + RESERVE) throw storeFull();
  }
}

/** A closed LevelDB throws at once, or rejects. */
async function inOurTerms<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    return asTacitError(error);
  }
}

function optionsFor({ from, to, limit = -1, reverse = false }: KeyRange) {
  return { gte: from, lt: to, limit, reverse, highWaterMarkBytes: READ_AHEAD };
}

function operationOf({ key, value }: RecordChange) {
  return value === undefined ? ({ type: "del", key } as const) : ({ type: "put", key, value } as const);
}
