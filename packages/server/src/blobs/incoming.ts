import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { isAlive } from "../live-process.ts";

/** Milliseconds after which a directory of a process that cannot be asked counts as left behind. */
const ABANDONED = 24 * 3600_000;

/** Directories in use by this process, which may hold several stores. */
const ownDirectories = new Set<string>();
let created = 0;

/** The place for files of one store that are still coming in. */
export interface IncomingDirectory {
  readonly path: string;
  /** Removes it with all that is in it. */
  remove(): Promise<void>;
}

/**
 * Makes a directory below `parent` that is this store's alone, and removes those of processes that are gone. Several
 * processes, also of several machines, may share `parent`.
 */
export async function openIncoming(parent: string): Promise<IncomingDirectory> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const path = join(parent, `${localName()}.${process.pid}.${++created}`);
  await removeLeftBehind(parent);
  ownDirectories.add(path);
  await mkdir(path, { recursive: true, mode: 0o700 });
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      ownDirectories.delete(path);
    },
  };
}

async function removeLeftBehind(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (await isLeftBehind(path, name)) await rm(path, { recursive: true, force: true });
  }
}

async function isLeftBehind(path: string, name: string): Promise<boolean> {
  if (ownDirectories.has(path)) return false;
  const [, host, pid] = /^(.*)\.(\d+)\.\d+$/.exec(name) ?? [];
  // A process id comes back: after a restart of its container a server usually has the one it had.
  if (host === localName() && (Number(pid) === process.pid || !isAlive(Number(pid)))) return true;
  const touched = await stat(path).catch(() => null);
  return touched !== null && touched.mtimeMs < Date.now() - ABANDONED;
}

const localName = () => hostname().replace(/[^\w.-]/g, "_");
