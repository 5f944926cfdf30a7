import { mkdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { TacitError } from "../errors.ts";
import { asTacitError } from "../store/directory/failures.node.ts";
import { createKey, readKey } from "../store/directory/key-file.node.ts";
import { destroyLevel, type Level, openLevel } from "../store/directory/level.node.ts";
import { levelRecords } from "../store/directory/level-records.node.ts";
import { aesGcmSealer } from "../store/directory/sealer.node.ts";
import type { OpenStorage, Sealer } from "../store/storage.ts";
import type { DirectoryOptions, OpenDirectory } from "./directory.ts";

const KEY_FILE = "tacit-key.json";
const RECORDS = "tacit-records";

/** Sorts after all keys of records, and is none: it tells an emptied storage from a new one, and whether the key fits. */
const MARK = "~mark";

/**
 * Keeps everything in a directory of this computer (Node.js only). If it is not there it is made, for its owner alone (mode
 * 0700); one that is there keeps its mode and whatever else lies in it. Within it are `tacit-key.json` (0600) and
 * `tacit-records` (0700), a LevelDB: LevelDB's own files are readable for all (0644 but for the umask), and nobody else gets
 * into the directory that they are in. Windows has no such modes: there its rights are those of the directory above.
 *
 * Values are sealed with AES-256-GCM. Keys of rows are not: tables, ids and times of change can be seen by who reads the
 * disk. One program at a time can have it open. 16 MiB of the disk are left free, so that what is there stays readable.
 *
 * @throws TacitError `wrong_passphrase` for an empty one
 */
export const directory: OpenDirectory = (path, options = {}) => {
  if (options.passphrase === "") throw new TacitError("wrong_passphrase", "The passphrase is empty");
  return {
    sharedAs: undefined,
    open: () => open(path, options).catch(asTacitError),
    destroy: () => destroy(path).catch(asTacitError),
  };
};

async function open(path: string, { passphrase }: DirectoryOptions): Promise<OpenStorage> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const keyFile = join(path, KEY_FILE);
  const known = await readKey(keyFile, passphrase);
  // LevelDB's lock is taken before anything is made: of two programs that begin at once, one makes the key.
  const level = await openLevel(join(path, RECORDS), { isNew: known === undefined });
  try {
    const sealer = await unseal(level, keyFile, known, passphrase);
    return { records: levelRecords(level, path), sealer };
  } catch (error) {
    await level.close();
    throw error;
  }
}

async function unseal(
  level: Level,
  keyFile: string,
  known: Uint8Array | undefined,
  passphrase: string | undefined,
): Promise<Sealer> {
  // Again, under the lock: another program may have made the key and closed.
  const key = known ?? (await readKey(keyFile, passphrase));
  if (key) return await checkMark(level, aesGcmSealer(key));
  const [row] = await level.keys({ lt: MARK, limit: 1 }).all();
  if (row !== undefined) throw new TacitError("store_damaged", "The key of the storage is missing");
  return await begin(level, keyFile, passphrase);
}

/** The key comes last: as long as it is missing, the storage is a new one. */
async function begin(level: Level, keyFile: string, passphrase: string | undefined): Promise<Sealer> {
  const { key, save } = await createKey(keyFile, passphrase);
  const sealer = aesGcmSealer(key);
  await level.put(MARK, await sealer.seal(new Uint8Array(), MARK), { sync: true });
  await save();
  return sealer;
}

async function checkMark(level: Level, sealer: Sealer): Promise<Sealer> {
  const mark = await level.get(MARK);
  if (!mark) throw new TacitError("store_damaged", "The records of the storage are missing");
  await sealer.open(mark, MARK);
  return sealer;
}

async function destroy(path: string): Promise<void> {
  const records = join(path, RECORDS);
  await destroyLevel(records);
  await rm(join(path, KEY_FILE), { force: true });
  await rm(records, { recursive: true, force: true });
  // It may hold what is not ours, or be a mount point; then it stays.
  await rmdir(path).catch(() => undefined);
}
