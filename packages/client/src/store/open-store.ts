import { isJsonObject } from "../crypto/json-shape.ts";
import { text, utf8 } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import { Turns } from "../turns.ts";
import type { Changes, KeyOf, LocalStore, RowRange, Table, ValueOf } from "./local-store.ts";
import { EVERYTHING, keyOf, keyRangeOf, partsOf } from "./row-keys.ts";
import type { OpenStorage, RecordChange, Records, Sealer, Storage } from "./storage.ts";

/** Goes up when rows are written in a way that this release would misread. */
const FORMAT = 1;
const FORMAT_KEY = keyOf("format", []);
const SPOOL = "spool";

/** Tables that hold whatever their owner likes; all others hold objects. */
const ANY_JSON: ReadonlySet<Table> = new Set(["unindexed", "index", "setting"]);

/**
 * Opens a storage as rows of {@link LocalStore}: JSON, sealed and bound to the row's key, so that nobody who can write to
 * the disk can put one row in the place of another.
 *
 * @throws TacitError as `Storage.open`; `store_damaged` too if the storage is of a later release or was never one of ours
 */
export async function openStore(storage: Storage): Promise<LocalStore> {
  const opened = await storage.open();
  try {
    await checkFormat(opened);
    return new Rows(opened);
  } catch (error) {
    await opened.records.close();
    throw error;
  }
}

async function checkFormat({ records, sealer }: OpenStorage): Promise<void> {
  // In this order: another tab may be writing the format, then the first rows.
  const isNew = (await records.keys({ ...EVERYTHING, limit: 1 })).length === 0;
  const [sealed] = await records.get([FORMAT_KEY]);
  if (sealed) return requireFormat(readJson(await sealer.open(sealed, FORMAT_KEY)));
  if (!isNew) throw damaged("The storage does not say of which format it is");
  const value = await sealer.seal(writeJson(FORMAT), FORMAT_KEY);
  await records.write([{ key: FORMAT_KEY, value }], { durable: true });
}

function requireFormat(format: unknown): void {
  if (format === FORMAT) return;
  throw damaged("The storage was written by a later release of Tacit, which has to be used to open it");
}

class Rows implements LocalStore {
  readonly #records: Records;
  readonly #sealer: Sealer;
  /** Sealing may take turns with other work, and one write must not overtake another. */
  readonly #writes = new Turns();
  #closed: Promise<void> | undefined;

  constructor({ records, sealer }: OpenStorage) {
    this.#records = records;
    this.#sealer = sealer;
  }

  async get<T extends Table>(table: T, key: KeyOf<T>): Promise<ValueOf<T> | undefined> {
    const [value] = await this.getMany(table, [key]);
    return value;
  }

  async getMany<T extends Table>(table: T, keys: readonly KeyOf<T>[]): Promise<(ValueOf<T> | undefined)[]> {
    this.#requireOpen();
    const recordKeys = keys.map((key) => keyOf(table, key));
    const found = await this.#records.get(recordKeys);
    return Promise.all(recordKeys.map((key, at) => this.#openRow(table, key, found[at])));
  }

  async range<T extends Table>(table: T, range?: RowRange<T>): Promise<ValueOf<T>[]> {
    this.#requireOpen();
    const found = await this.#records.range(keyRangeOf(table, range));
    return Promise.all(found.map(({ key, value }) => this.#readRow(table, key, value)));
  }

  async keys<T extends Table>(table: T, range?: RowRange<T>): Promise<KeyOf<T>[]> {
    this.#requireOpen();
    const keys = await this.#records.keys(keyRangeOf(table, range));
    return keys.map((key) => partsOf(table, key));
  }

  async getPiece(fileId: string, piece: number): Promise<Uint8Array | undefined> {
    this.#requireOpen();
    const key = keyOf(SPOOL, [fileId, piece]);
    const [sealed] = await this.#records.get([key]);
    return sealed && this.#sealer.open(sealed, key);
  }

  async write(collect: (changes: Changes) => void, options?: { readonly durable?: boolean }): Promise<void> {
    this.#requireOpen();
    const collected = collectChanges(collect);
    if (collected.size === 0) return;
    const sealed = Promise.all([...collected].map(([key, value]) => this.#seal(key, value)));
    // Until its turn comes nobody would be there to hear of a failure.
    sealed.catch(() => undefined);
    await this.#writes.take(async () => this.#records.write(await sealed, options));
  }

  close(): Promise<void> {
    this.#closed ??= this.#writes.take(() => this.#records.close());
    return this.#closed;
  }

  #requireOpen(): void {
    if (this.#closed) throw new TacitError("closed", "The storage was closed");
  }

  async #seal(key: string, plaintext: Uint8Array | undefined): Promise<RecordChange> {
    return plaintext === undefined ? { key } : { key, value: await this.#sealer.seal(plaintext, key) };
  }

  async #openRow<T extends Table>(
    table: T,
    key: string,
    sealed: Uint8Array | undefined,
  ): Promise<ValueOf<T> | undefined> {
    return sealed && this.#readRow(table, key, sealed);
  }

  async #readRow<T extends Table>(table: T, key: string, sealed: Uint8Array): Promise<ValueOf<T>> {
    const value = readJson(await this.#sealer.open(sealed, key));
    if (!ANY_JSON.has(table) && !isJsonObject(value)) throw damaged("A row of the storage is none");
    // Sealed under this very key, so it is what this program once put there.
    return value as ValueOf<T>;
  }
}

/** What each record becomes; `undefined` for one that is removed. */
function collectChanges(collect: (changes: Changes) => void): Map<string, Uint8Array | undefined> {
  const collected = new Map<string, Uint8Array | undefined>();
  collect({
    put: (table, key, value) => void collected.set(keyOf(table, key), writeJson(value)),
    remove: (table, key) => void collected.set(keyOf(table, key), undefined),
    putPiece: (fileId, piece, octets) => void collected.set(keyOf(SPOOL, [fileId, piece]), octets),
    removePiece: (fileId, piece) => void collected.set(keyOf(SPOOL, [fileId, piece]), undefined),
  });
  return collected;
}

function writeJson(value: unknown): Uint8Array {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined) throw new TypeError("What is put into the store has to be JSON");
  return utf8(json);
}

function readJson(octets: Uint8Array): unknown {
  try {
    return JSON.parse(text(octets));
  } catch {
    throw damaged("A row of the storage is no JSON");
  }
}

function damaged(message: string): TacitError {
  return new TacitError("store_damaged", message);
}
