import { deleteDB, type IDBPDatabase, openDB } from "idb";
import { TacitError } from "../errors.ts";
import { asTacitError } from "./indexed-db/failures.ts";
import { indexedDbRecords, type TacitDatabase } from "./indexed-db/records.ts";
import { webCryptoSealer } from "./indexed-db/sealer.ts";
import type { OpenStorage, Storage } from "./storage.ts";

/** Goes up when what a database consists of changes; a browser refuses to open one of a later version. */
const VERSION = 1;

/** Under this name the key lies in its object store. */
const KEY = "sealing";

/** How long other tabs may take to let go of the database, in milliseconds. */
const PATIENCE = 5000;

/** Which database of the origin is used, and how. */
export interface IndexedDbOptions {
  /** Its name; by default `tacit`. Each account needs one of its own. */
  readonly name?: string;
  /** How long to wait for other tabs to let go of it, in milliseconds; by default 5000. */
  readonly patience?: number;
}

/**
 * Keeps everything in a database of the browser (IndexedDB), which the tabs of an origin share. Values are sealed with
 * AES-256-GCM under a `CryptoKey` in the same database that no script can read (WebCrypto, not extractable): a script that
 * gets into the page can use it there, but not carry it away. The browser keeps that key in its profile, so it does not
 * protect against whoever has the whole profile. Keys of rows are not sealed: tables and ids can be seen.
 *
 * A browser may throw such databases away when it runs out of room, unless the page asked `navigator.storage.persist()`.
 */
export function indexedDb({ name = "tacit", patience = PATIENCE }: IndexedDbOptions = {}): Storage {
  return {
    sharedAs: name,
    open: () => open(name, patience).catch(asTacitError),
    destroy: () => destroy(name, patience).catch(asTacitError),
  };
}

async function open(name: string, patience: number): Promise<OpenStorage> {
  requirePlatform();
  const database = await openDatabase(name, patience);
  try {
    return { records: indexedDbRecords(database), sealer: webCryptoSealer(await keyOf(database)) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function requirePlatform(): void {
  if (globalThis.indexedDB === undefined)
    throw new TacitError(
      "store_unavailable",
      "There is no IndexedDB here: Node.js has directory() and memory()",
    );
  if (globalThis.crypto?.subtle === undefined)
    throw new TacitError(
      "insecure_context",
      "A page has cryptography only if it came over https or from localhost",
    );
}

async function openDatabase(name: string, patience: number): Promise<IDBPDatabase<TacitDatabase>> {
  const waiting = waitFor(patience);
  const opening = openDB<TacitDatabase>(name, VERSION, {
    upgrade: (database) => {
      database.createObjectStore("records");
      database.createObjectStore("keys");
    },
    blocked: waiting.begin,
    // Another tab destroys the database, or has a later release.
    blocking: (_current, _next, event) => {
      if (event.target instanceof IDBDatabase) event.target.close();
    },
  });
  return await waiting.within(opening, (late) => late.close());
}

async function keyOf(database: IDBPDatabase<TacitDatabase>): Promise<CryptoKey> {
  const known = await database.get("keys", KEY);
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  return await firstKey(database, made);
}

/** Another tab may have been faster: then it is that tab's. */
async function firstKey(database: IDBPDatabase<TacitDatabase>, made: CryptoKey): Promise<CryptoKey> {
  const transaction = database.transaction(["keys", "records"], "readwrite", { durability: "strict" });
  const keys = transaction.objectStore("keys");
  const [known, rows] = await Promise.all([keys.get(KEY), transaction.objectStore("records").count()]);
  if (known) return known;
  if (rows > 0) throw new TacitError("store_damaged", "The key of the storage is missing");
  await Promise.all([keys.put(made, KEY), transaction.done]);
  return made;
}

async function destroy(name: string, patience: number): Promise<void> {
  requirePlatform();
  const waiting = waitFor(patience);
  await waiting.within(deleteDB(name, { blocked: waiting.begin }));
}

/** Tabs close the database when they are asked to, but a frozen one does not hear it. */
function waitFor(patience: number) {
  let begin = () => {};
  const over = new Promise<"over">((resolve) => {
    begin = () => void setTimeout(resolve, patience, "over");
  });
  const within = async <T>(work: Promise<T>, whenLate?: (result: T) => void): Promise<T> => {
    const first = await Promise.race([work.then((result) => ({ result })), over]);
    if (first !== "over") return first.result;
    work.then(whenLate, () => undefined);
    throw new TacitError("store_in_use", "Another tab has the storage open and does not let go of it");
  };
  return { begin: () => begin(), within };
}
