import { chmod, chown, lstat, mkdtemp, readdir, readlink, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failureFromFile } from "./diagnosis.ts";
import type { Owner } from "./privileges.ts";

/** Names PostgreSQL's socket file. */
export const SOCKET_PORT = 5432;

const PREFIX = "tacit-pg-";
// What the shortest limit of a socket's path allows (macOS: 104 with the closing zero).
const LONGEST_PATH = 103;
// A short way to the data directory: says whose the directory is, and lets a socket be made below a long path.
const DATA_LINK = "data";

/** A private directory for sockets, under the temporary directory because a socket's path must be short. */
export interface SocketDirectory {
  readonly path: string;
  /** A short path that leads to the data directory. */
  readonly dataLink: string;
  /** Lets PostgreSQL's user, and besides root nobody else, enter. */
  giveTo(owner: Owner): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Makes a fresh directory of mode 0700 for the sockets of one run.
 * Throws an `EmbeddedPostgresError` about the temporary directory.
 */
export async function makeSocketDirectory(dataDirectory: string): Promise<SocketDirectory> {
  const path = await mkdtemp(join(parentDirectory(), PREFIX)).catch((error: unknown) => {
    throw failureFromFile(parentDirectory(), error);
  });
  await chmod(path, 0o700);
  const dataLink = join(path, DATA_LINK);
  await symlink(dataDirectory, dataLink);
  return {
    path,
    dataLink,
    giveTo: (owner) => chown(path, owner.uid, owner.gid),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/**
 * Removes the socket directories that dead runs left behind: those of this data directory (whose lock the
 * caller holds) and those whose data directory is gone.
 */
export async function removeDeadSocketDirectories(
  dataDirectory: string,
  keep: SocketDirectory,
): Promise<void> {
  const parent = parentDirectory();
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (!name.startsWith(PREFIX) || path === keep.path) continue;
    if (await isDead(path, dataDirectory)) await rm(path, { recursive: true, force: true });
  }
}

function parentDirectory(): string {
  const longest = join(tmpdir(), `${PREFIX}XXXXXX`, `.s.PGSQL.${SOCKET_PORT}`);
  return Buffer.byteLength(longest) <= LONGEST_PATH ? tmpdir() : "/tmp";
}

// Anything unexpected (another user's directory, no link) is left alone.
async function isDead(path: string, dataDirectory: string): Promise<boolean> {
  try {
    if (!(await lstat(path)).isDirectory()) return false;
    const data = await readlink(join(path, DATA_LINK));
    return data === dataDirectory || !(await exists(data));
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT",
  );
}
