import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { utf8 } from "../crypto/primitives/octets.ts";
import { directory as directoryInBrowsers } from "../platform/directory.browser.ts";
import { directory } from "./directory.ts";
import { contentsOf, freshPath } from "./fixtures/place.ts";
import { openStore } from "./open-store.ts";

const SENTENCE = "Meet me behind the old mill at nine.";
const WRONG = { code: "wrong_passphrase" };
const DAMAGED = { code: "store_damaged" };

/** A directory that holds the sentence in every kind of row. */
async function written(passphrase?: string) {
  const path = await freshPath();
  const options = passphrase === undefined ? {} : { passphrase };
  const storage = directory(path, options);
  const store = await openStore(storage);
  await store.write(
    (changes) => {
      changes.put("setting", ["draft"], SENTENCE);
      changes.put("index", ["0"], { words: [SENTENCE] });
      changes.putPiece("file", 0, utf8(SENTENCE));
    },
    { durable: true },
  );
  await store.close();
  return { path, storage };
}

const keyFileOf = (path: string) => join(path, "tacit-key.json");
const recordsOf = (path: string) => join(path, "tacit-records");

test.each([undefined, "correct horse"])(
  "the disk holds no plaintext (passphrase: %s)",
  async (passphrase) => {
    const { path, storage } = await written(passphrase);
    // Opening makes LevelDB rewrite its log as a table.
    await (await openStore(storage)).close();
    const files = (await contentsOf(path)).filter(({ octets }) => octets !== undefined);
    expect(files.length).toBeGreaterThan(3);
    for (const { octets } of files) {
      expect(octets?.includes(SENTENCE)).toBe(false);
      expect(octets?.includes("behind the old")).toBe(false);
      if (passphrase) expect(octets?.includes(passphrase)).toBe(false);
    }
  },
);

test.runIf(process.platform !== "win32")(
  "nobody else can read the key or enter the directories",
  async () => {
    const { path } = await written();
    const modes = Object.fromEntries((await contentsOf(path)).map(({ name, mode }) => [name, mode]));
    expect(modes).toMatchObject({ ".": 0o700, "tacit-key.json": 0o600, "tacit-records": 0o700 });
  },
);

test("a passphrase opens what it sealed, in any Unicode form, and no other one does", async () => {
  const { path } = await written("caf\u00e9");
  const store = await openStore(directory(path, { passphrase: "cafe\u0301" }));
  expect(await store.get("setting", ["draft"])).toBe(SENTENCE);
  await store.close();
  await expect(directory(path, { passphrase: "cafe" }).open()).rejects.toMatchObject(WRONG);
  await (await directory(path, { passphrase: "caf\u00e9" }).open()).records.close();
});

test("a passphrase that is missing, or of no use, is said to be so", async () => {
  const [sealed, plain] = [await written("correct horse"), await written()];
  await expect(directory(sealed.path).open()).rejects.toMatchObject({
    ...WRONG,
    message: "The storage is sealed with a passphrase, and none was given",
  });
  await expect(directory(plain.path, { passphrase: "any" }).open()).rejects.toMatchObject({
    ...WRONG,
    message: "The storage was made without a passphrase, and one was given",
  });
  await expect(directory(sealed.path, { passphrase: "\ud800" }).open()).rejects.toMatchObject({
    code: "malformed",
  });
  expect(() => directory(plain.path, { passphrase: "" })).toThrow(expect.objectContaining(WRONG));
});

test("one program can open it once at a time, and of many at once exactly one does", async () => {
  const path = await freshPath();
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => directory(path).open()));
  const opened = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  expect(opened).toHaveLength(1);
  for (const reason of reasons) expect(reason).toMatchObject({ code: "store_in_use" });
  await expect(directory(path).destroy()).rejects.toMatchObject({ code: "store_in_use" });
  await opened[0]?.records.close();
  await (await openStore(directory(path))).close();
});

test("what is asked of it after it was closed is refused", async () => {
  const { records } = await directory(await freshPath()).open();
  await records.close();
  const range = { from: "", to: "~" };
  for (const read of [() => records.get(["a!"]), () => records.range(range), () => records.keys(range)])
    await expect(read()).rejects.toMatchObject({ code: "closed" });
});

test("a storage whose parts were lost or replaced is never begun anew", async () => {
  const lose = async (damage: (path: string) => Promise<unknown>) => {
    const { path } = await written();
    await damage(path);
    await expect(openStore(directory(path))).rejects.toMatchObject(DAMAGED);
    // Nor by trying once more.
    await expect(openStore(directory(path))).rejects.toMatchObject(DAMAGED);
  };
  await lose((path) => rm(keyFileOf(path)));
  await lose((path) => writeFile(keyFileOf(path), ""));
  await lose((path) => writeFile(keyFileOf(path), '{"version":1,"key":"AAAA"}'));
  await lose((path) => rm(recordsOf(path), { recursive: true }));
  await lose((path) => rm(join(recordsOf(path), "CURRENT")));
  await lose((path) => writeFile(join(recordsOf(path), "CURRENT"), "nonsense"));
  await lose(async (path) => {
    await rm(recordsOf(path), { recursive: true });
    await mkdir(recordsOf(path));
  });
  await lose(async (path) => {
    for (const name of await readdir(recordsOf(path)))
      if (name.endsWith(".log")) await rm(join(recordsOf(path), name));
  });
  await lose(async (path) => {
    const other = await written();
    await cp(keyFileOf(other.path), keyFileOf(path));
  });
});

test("a storage of a later release says that one is needed", async () => {
  const { path } = await written();
  const json = await readFile(keyFileOf(path), "utf8");
  await writeFile(keyFileOf(path), json.replace('"version":1', '"version":2'));
  await expect(directory(path).open()).rejects.toMatchObject({
    ...DAMAGED,
    message: "The storage was made by a later release of Tacit, which has to be used to open it",
  });
});

test("destroying it leaves what is not its own, and an empty directory goes too", async () => {
  const [one, other] = [await written(), await written()];
  await writeFile(join(one.path, "notes.txt"), "mine");
  await one.storage.destroy();
  expect(await readdir(one.path)).toEqual(["notes.txt"]);
  await other.storage.destroy();
  await expect(readdir(other.path)).rejects.toMatchObject({ code: "ENOENT" });
  await other.storage.destroy();
});

test("a place where nothing can be kept is said to be one", async () => {
  const file = await freshPath();
  await writeFile(file, "");
  await expect(directory(join(file, "store")).open()).rejects.toMatchObject({ code: "store_unavailable" });
});

test("a storage that was begun and cut off before it had its key is begun anew", async () => {
  const path = await freshPath();
  await (await directory(path).open()).records.close();
  await rm(keyFileOf(path));
  await (await openStore(directory(path))).close();
});

test("browsers are told to use their database", () => {
  expect(() => directoryInBrowsers("anywhere")).toThrow(
    expect.objectContaining({ code: "store_unavailable" }),
  );
});
