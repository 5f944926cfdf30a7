import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { link, mkdir, readdir, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { EmbeddedPostgresError } from "./errors.ts";

/** Held by the one process that may touch the cluster of a data directory. */
export interface DirectoryLock {
  release(): Promise<void>;
}

const ATTEMPTS = 20;

/**
 * Takes the lock of a data directory, reached by the short path `dataLink`. Throws `already_running`.
 *
 * The lock is a listening unix socket in the directory: the kernel closes it however its process ends, and it
 * works across containers that share the directory. Who listens on the highest number holds the lock. A number
 * is taken by a hard link, which only one process can make, and only after the number below it was found dead.
 * The highest number is never removed, not even by its holder: that is what makes taking over free of races.
 */
export async function lockDirectory(dataLink: string): Promise<DirectoryLock> {
  try {
    return await tryToLock(dataLink);
  } catch (error) {
    // Whoever holds the lock takes the short paths of everybody else away.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw alreadyRunning();
    throw error;
  }
}

async function tryToLock(dataLink: string): Promise<DirectoryLock> {
  const directory = join(dataLink, "lock");
  await makeDirectory(directory);
  const own = join(directory, `new-${randomBytes(6).toString("hex")}`);
  const server = await listen(own);
  try {
    await takeNumber(directory, own);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    await rm(own, { force: true });
  }
  return { release: () => close(server) };
}

// Not with `recursive`: where the short path is gone, that would make a directory that nobody else locks.
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

async function takeNumber(directory: string, own: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const highest = Math.max(0, ...(await numbers(directory)));
    if (highest > 0 && (await isAlive(join(directory, `${highest}`)))) throw alreadyRunning();
    if (await tryLink(own, join(directory, `${highest + 1}`))) {
      if (await becameHighest(directory, highest + 1)) return;
    }
  }
  throw alreadyRunning();
}

// The list of numbers may have been old: then the number taken had been used and removed before, and a
// higher one exists.
async function becameHighest(directory: string, number: number): Promise<boolean> {
  const all = await numbers(directory);
  const isHighest = Math.max(...all) === number;
  const obsolete = isHighest ? all.filter((other) => other < number) : [number];
  await Promise.all(obsolete.map((other) => rm(join(directory, `${other}`), { force: true })));
  return isHighest;
}

async function numbers(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.filter((name) => /^[1-9]\d*$/.test(name)).map(Number);
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(path);
  await once(server, "listening");
  server.unref();
  return server;
}

// Only a refused connection proves that nobody listens; no file means that the list was old.
async function isAlive(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code !== "ECONNREFUSED" && code !== "ENOENT";
  } finally {
    socket.destroy();
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function alreadyRunning(): EmbeddedPostgresError {
  const message =
    "Another Tacit server already runs on this data directory: stop it first, or choose another data directory.";
  return new EmbeddedPostgresError("already_running", message);
}
