import "fake-indexeddb/auto";
import { IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { deleteDB, openDB } from "idb";
import { afterEach, expect, test, vi } from "vitest";
import { text, utf8 } from "../crypto/primitives/octets.ts";
import { indexedDb } from "./indexed-db.ts";
import { openStore } from "./open-store.ts";

const SENTENCE = "Meet me behind the old mill at nine.";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Everything in a database, as a browser would show it. */
async function dump(name: string) {
  const database = await openDB(name);
  const stores = [...database.objectStoreNames];
  const values = await Promise.all(stores.map((store) => database.getAll(store)));
  database.close();
  return values.flat();
}

test("the database holds no plaintext, and no key that a script could read", async () => {
  const name = crypto.randomUUID();
  const store = await openStore(indexedDb({ name }));
  await store.write((changes) => {
    changes.put("setting", ["draft"], SENTENCE);
    changes.putPiece("file", 0, utf8(SENTENCE));
  });
  await store.close();
  const values: unknown[] = await dump(name);
  const octets = values.filter((value) => value instanceof Uint8Array);
  const others = values.filter((value) => !(value instanceof Uint8Array));
  expect(others).toEqual([expect.objectContaining({ type: "secret", extractable: false })]);
  expect(octets).toHaveLength(3);
  for (const each of octets) expect(Buffer.from(each).includes("behind the old")).toBe(false);
});

test("tabs that open it at the same moment share one key and see each other's writes", async () => {
  const name = crypto.randomUUID();
  const tabs = await Promise.all(Array.from({ length: 5 }, () => openStore(indexedDb({ name }))));
  for (const [at, tab] of tabs.entries()) await tab.write((changes) => changes.put("setting", [`${at}`], at));
  for (const tab of tabs) expect(await tab.range("setting")).toEqual([0, 1, 2, 3, 4]);
  for (const tab of tabs) await tab.close();
  expect(indexedDb({ name }).sharedAs).toBe(name);
});

test("a tab that destroys it closes it in the others, which say so", async () => {
  const name = crypto.randomUUID();
  const other = await openStore(indexedDb({ name }));
  await indexedDb({ name }).destroy();
  await expect(other.get("setting", ["a"])).rejects.toMatchObject({ code: "closed" });
  await expect(other.write((changes) => changes.put("setting", ["a"], 1))).rejects.toMatchObject({
    code: "closed",
  });
  expect(await dump(name)).toEqual([]);
  await deleteDB(name);
});

test("a tab that does not let go of it is waited for, and not forever", async () => {
  const name = crypto.randomUUID();
  await (await openStore(indexedDb({ name }))).close();
  const frozen = await openDB(name);
  await expect(indexedDb({ name, patience: 20 }).destroy()).rejects.toMatchObject({ code: "store_in_use" });
  const destroyed = indexedDb({ name, patience: 60_000 }).destroy();
  frozen.close();
  await destroyed;
});

test("a database of a later release, or of somebody else, is left alone", async () => {
  const name = crypto.randomUUID();
  (await openDB(name, 2)).close();
  await expect(indexedDb({ name }).open()).rejects.toMatchObject({ code: "store_damaged" });
  const foreign = crypto.randomUUID();
  (await openDB(foreign, 1, { upgrade: (database) => void database.createObjectStore("things") })).close();
  await expect(indexedDb({ name: foreign }).open()).rejects.toMatchObject({ code: "store_damaged" });
});

test("rows without their key are never begun anew", async () => {
  const name = crypto.randomUUID();
  await (await openStore(indexedDb({ name }))).close();
  const database = await openDB(name);
  await database.clear("keys");
  database.close();
  await expect(indexedDb({ name }).open()).rejects.toMatchObject({ code: "store_damaged" });
});

test("a browser that gives no more room, or none at all, is understood", async () => {
  const name = crypto.randomUUID();
  const store = await openStore(indexedDb({ name }));
  const put = vi.spyOn(IDBObjectStore.prototype, "put");
  put.mockImplementation(() => {
    throw new DOMException("", "QuotaExceededError");
  });
  await expect(store.write((changes) => changes.put("setting", ["a"], 1))).rejects.toMatchObject({
    code: "store_full",
  });
  put.mockRestore();
  expect(await store.range("setting")).toEqual([]);
  await store.write((changes) => changes.put("setting", ["a"], 1));
  await store.close();
  const open = vi.spyOn(IDBFactory.prototype, "open").mockImplementation(() => {
    throw new DOMException("", "SecurityError");
  });
  await expect(indexedDb({ name }).open()).rejects.toMatchObject({ code: "store_unavailable" });
  open.mockRestore();
});

test("a page without cryptography or without a database says which it is", async () => {
  vi.stubGlobal("crypto", {});
  await expect(indexedDb().open()).rejects.toMatchObject({ code: "insecure_context" });
  vi.unstubAllGlobals();
  vi.stubGlobal("indexedDB", undefined);
  await expect(indexedDb().open()).rejects.toMatchObject({ code: "store_unavailable" });
});

test("what is sealed in the browser opens nothing but itself", async () => {
  const { records, sealer } = await indexedDb({ name: crypto.randomUUID() }).open();
  const sealed = await sealer.seal(utf8(SENTENCE), "a!");
  expect(text(await sealer.open(sealed, "a!"))).toBe(SENTENCE);
  await expect(sealer.open(sealed, "b!")).rejects.toMatchObject({ code: "store_damaged" });
  await records.close();
});
