import type { DBSchema, IDBPDatabase, IDBPObjectStore } from "idb";
import type { KeyRange, RecordChange, Records } from "../storage.ts";
import { asTacitError } from "./failures.ts";

/** What a database consists of. */
export interface TacitDatabase extends DBSchema {
  records: { key: string; value: Uint8Array };
  keys: { key: string; value: CryptoKey };
}

type Database = IDBPDatabase<TacitDatabase>;
type RecordStore = IDBPObjectStore<TacitDatabase, ["records"], "records", "readonly">;

/** The object store `records` of a database, each method in one transaction. */
export function indexedDbRecords(database: Database): Records {
  return {
    get: (keys) => get(database, keys).catch(asTacitError),
    range: (range) => entries(database, range).catch(asTacitError),
    keys: (range) => keysIn(database, range).catch(asTacitError),
    write: (changes, options) => write(database, changes, options).catch(asTacitError),
    close: async () => database.close(),
  };
}

async function get(database: Database, keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
  const store = database.transaction("records").store;
  return await Promise.all(keys.map((key) => store.get(key)));
}

async function entries(database: Database, range: KeyRange): Promise<{ key: string; value: Uint8Array }[]> {
  if (isEmpty(range)) return [];
  const store = database.transaction("records").store;
  const bounds = await boundsOf(store, range);
  const [keys, values] = await Promise.all([
    store.getAllKeys(bounds, range.limit),
    store.getAll(bounds, range.limit),
  ]);
  const found = keys.flatMap((key, at) => {
    const value = values[at];
    return value === undefined ? [] : [{ key, value }];
  });
  return range.reverse ? found.reverse() : found;
}

async function keysIn(database: Database, range: KeyRange): Promise<string[]> {
  if (isEmpty(range)) return [];
  const store = database.transaction("records").store;
  const keys = await store.getAllKeys(await boundsOf(store, range), range.limit);
  return range.reverse ? keys.reverse() : keys;
}

/** To IndexedDB a limit of 0 is none, and a range without room is an error. */
function isEmpty({ from, to, limit }: KeyRange): boolean {
  return limit === 0 || from >= to;
}

/** A cursor walks slowly and jumps fast: from the end it is sent to where the last rows begin, which are then read at once. */
async function boundsOf(store: RecordStore, { from, to, limit, reverse }: KeyRange): Promise<IDBKeyRange> {
  const all = IDBKeyRange.bound(from, to, false, true);
  if (!reverse || limit === undefined) return all;
  const last = await store.openKeyCursor(all, "prev");
  const first = limit > 1 ? await last?.advance(limit - 1) : last;
  return first ? IDBKeyRange.bound(first.key, to, false, true) : all;
}

async function write(
  database: Database,
  changes: readonly RecordChange[],
  { durable = false }: { readonly durable?: boolean } = {},
): Promise<void> {
  const durability = durable ? "strict" : "relaxed";
  const { store, done } = database.transaction("records", "readwrite", { durability });
  const requests = changes.map(({ key, value }) =>
    value === undefined ? store.delete(key) : store.put(value, key),
  );
  await Promise.all([...requests, done]);
}
