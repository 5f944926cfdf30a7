import { TacitError } from "../errors.ts";
import type { KeyRange, RecordChange, Records, Sealer, Storage } from "./storage.ts";

/**
 * Keeps everything in memory, for as long as the program holds on to the storage: for bots that sign in anew at each start,
 * and for tests. It can be opened again after it was closed. Nothing is sealed, since the key would lie beside it.
 */
export function memory(): Storage {
  let records = new MemoryRecords();
  return {
    sharedAs: undefined,
    open: async () => {
      records.open();
      return { records, sealer: NOT_SEALED };
    },
    destroy: async () => {
      records.requireClosed();
      records = new MemoryRecords();
    },
  };
}

/** Copies, so that neither side sees what the other does to its octets. */
const NOT_SEALED: Sealer = { seal: (plaintext) => plaintext.slice(), open: (sealed) => sealed.slice() };

class MemoryRecords implements Records {
  readonly #values = new Map<string, Uint8Array>();
  /** The keys of `#values` in order. */
  readonly #keys: string[] = [];
  #isOpen = false;

  open(): void {
    this.requireClosed();
    this.#isOpen = true;
  }

  requireClosed(): void {
    if (this.#isOpen) throw new TacitError("store_in_use", "This storage is open already");
  }

  async get(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return keys.map((key) => this.#values.get(key));
  }

  async range(range: KeyRange): Promise<{ key: string; value: Uint8Array }[]> {
    return this.#keysIn(range).flatMap((key) => {
      const value = this.#values.get(key);
      return value === undefined ? [] : [{ key, value }];
    });
  }

  async keys(range: KeyRange): Promise<string[]> {
    return this.#keysIn(range);
  }

  async write(changes: readonly RecordChange[]): Promise<void> {
    for (const { key, value } of changes) {
      if (value === undefined) this.#remove(key);
      else this.#put(key, value);
    }
  }

  async close(): Promise<void> {
    this.#isOpen = false;
  }

  #keysIn({ from, to, limit = Number.POSITIVE_INFINITY, reverse = false }: KeyRange): string[] {
    const start = this.#placeOf(from);
    const end = Math.max(start, this.#placeOf(to));
    if (!reverse) return this.#keys.slice(start, Math.min(end, start + limit));
    return this.#keys.slice(Math.max(start, end - limit), end).reverse();
  }

  #put(key: string, value: Uint8Array): void {
    if (!this.#values.has(key)) this.#keys.splice(this.#placeOf(key), 0, key);
    this.#values.set(key, value);
  }

  #remove(key: string): void {
    if (this.#values.delete(key)) this.#keys.splice(this.#placeOf(key), 1);
  }

  /** How many keys come before this one. */
  #placeOf(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? "") < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
