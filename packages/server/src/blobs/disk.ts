import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncDirectory } from "../durable-files.ts";
import { BlobMissingError, type Blobs, type ByteRange } from "./blobs.ts";
import { freeSpace } from "./free-space.ts";
import { openIncoming } from "./incoming.ts";
import { receiveFile } from "./receive-file.ts";

/** Octets read from the disk at a time. */
const READ_BYTES = 256 * 1024;

/**
 * Keeps blobs as files: `<directory>/<first two digits>/<name>`, and what is still coming in below `incoming/`. Removes
 * what an earlier process left there. Several processes may share the directory.
 *
 * @throws {UnusableDirectoryError} with a sentence for the operator.
 */
export async function diskBlobs(directory: string): Promise<Blobs> {
  const incoming = await prepare(directory);
  const space = freeSpace(directory);
  const closing = new AbortController();
  const receiving = new Set<Promise<unknown>>();
  const shards = createShards(directory);
  const pathOf = (name: string) => join(shards.pathOf(name), name);
  return {
    receive(source, maxBytes, expectedBytes = maxBytes) {
      const path = join(incoming.path, randomUUID());
      const limits = { maxBytes, expectedBytes: Math.min(expectedBytes, maxBytes) };
      const receipt = receiveFile(path, source, limits, space, closing.signal);
      receiving.add(receipt);
      const forget = () => void receiving.delete(receipt);
      receipt.then(forget, forget);
      return receipt.then(({ size, sha256 }) => ({
        size,
        sha256,
        keep: async (name) => {
          const kept = pathOf(name);
          await shards.make(name);
          await rename(path, kept);
          await syncDirectory(shards.pathOf(name));
        },
        discard: () => rm(path, { force: true }),
      }));
    },
    open: async (name, range) => openFile(pathOf(name), range),
    remove: async (name) => rm(pathOf(name), { force: true }),
    async close() {
      closing.abort();
      await Promise.allSettled(receiving);
      await incoming.remove();
    },
  };
}

/** The folder for uploaded files cannot be used; the message is one plain sentence that says what to do. */
export class UnusableDirectoryError extends Error {
  override readonly name = "UnusableDirectoryError";
}

async function prepare(directory: string) {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return await openIncoming(join(directory, "incoming"));
  } catch (cause) {
    throw new UnusableDirectoryError(
      `Uploaded files cannot be kept in ${directory} (${(cause as NodeJS.ErrnoException).code}): give it to the user who runs Tacit, or set DATA_DIR to another folder.`,
      { cause },
    );
  }
}

async function openFile(path: string, range: ByteRange | undefined) {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    throw new BlobMissingError("This blob is not in the store.", { cause: error });
  });
  return file.createReadStream({ ...range, highWaterMark: READ_BYTES });
}

/** Directories by the first digits of the names, because a directory with a million entries is slow in some file systems. */
function createShards(directory: string) {
  const made = new Map<string, Promise<void>>();
  const pathOf = (name: string) => {
    if (!/^[0-9a-f]{4,64}$/.test(name)) throw new RangeError("A blob's name is 4 to 64 hexadecimal digits.");
    return join(directory, name.slice(0, 2));
  };
  const makeDurably = async (path: string) => {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await syncDirectory(directory);
  };
  return {
    pathOf,
    /** Once in a process is enough, and no earlier one may have come as far as making it durable. */
    make(name: string): Promise<void> {
      const path = pathOf(name);
      const making = made.get(path) ?? makeDurably(path);
      made.set(path, making);
      return making.catch((error: unknown) => {
        made.delete(path);
        throw error;
      });
    },
  };
}
