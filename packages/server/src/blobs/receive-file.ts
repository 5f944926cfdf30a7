import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TacitError } from "../errors.ts";
import type { FreeSpace, ReservedSpace } from "./free-space.ts";

/** Octets gathered before they are written: the most that one upload holds in memory, twice over. */
const WRITE_BYTES = 512 * 1024;

/** Octets after which the disk is set to work. */
const FLUSH_BYTES = 4 * 1024 * 1024;

/** How much may come, and how much is likely to. */
export interface ReceiveLimits {
  readonly maxBytes: number;
  readonly expectedBytes: number;
}

/** A file that is on the disk to stay. */
export interface ReceivedFile {
  readonly size: number;
  /** SHA-256, 32 octets. */
  readonly sha256: Buffer;
}

/**
 * Writes a stream to a new file that only its owner can read, and waits until it is on the disk. If anything fails, the
 * file is gone.
 *
 * @throws {TacitError} `body_too_large`; `storage_full`; `not_ready` when `signal` says that the server stops; whatever the
 *   stream fails with.
 */
export async function receiveFile(
  path: string,
  source: Readable,
  limits: ReceiveLimits,
  space: FreeSpace,
  signal: AbortSignal,
): Promise<ReceivedFile> {
  // It may fail before the pipeline listens; that finds out by itself.
  source.on("error", ignore);
  let reserved: ReservedSpace | undefined;
  try {
    signal.throwIfAborted();
    reserved = await space.reserve(limits.expectedBytes);
    return await writeFile(path, source, limits.maxBytes, reserved, signal);
  } catch (error) {
    source.destroy();
    await rm(path, { force: true });
    if (signal.aborted) throw new TacitError("not_ready", { retryAfter: 1, cause: error });
    throw isStorageFull(error) ? new TacitError("storage_full", { cause: error }) : error;
  } finally {
    reserved?.release();
  }
}

async function writeFile(
  path: string,
  source: Readable,
  maxBytes: number,
  reserved: ReservedSpace,
  signal: AbortSignal,
): Promise<ReceivedFile> {
  const file = await openNew(path);
  try {
    const sink = hashingSink(file, maxBytes, reserved);
    await pipeline(source, sink.stream, { signal });
    await file.sync();
    return sink.received();
  } finally {
    await file.close();
  }
}

/** The directory is made again if somebody else took it for left behind. */
async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return await open(path, "wx", 0o600);
  }
}

function hashingSink(file: FileHandle, maxBytes: number, reserved: ReservedSpace) {
  const hash = createHash("sha256");
  const flusher = flushBehind(file);
  let size = 0;
  const take = async (chunks: readonly Uint8Array[]) => {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
    size += bytes;
    if (size > maxBytes) throw new TacitError("body_too_large");
    const writing = writeAll(file, chunks);
    // Meanwhile: the writing is done by another thread.
    for (const chunk of chunks) hash.update(chunk);
    await writing;
    reserved.use(bytes);
    flusher.wrote(bytes);
  };
  const stream = new Writable({
    highWaterMark: WRITE_BYTES,
    write: (chunk: Uint8Array, _encoding, done) => void take([chunk]).then(() => done(), done),
    writev: (chunks, done) =>
      void take(chunks.map(({ chunk }) => chunk as Uint8Array)).then(() => done(), done),
    final: (done) => void flusher.end().then(() => done(), done),
  });
  return { stream, received: (): ReceivedFile => ({ size, sha256: hash.digest() }) };
}

/** The system may write less than it was given. */
async function writeAll(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  for (let rest = chunks; rest.length > 0; ) {
    const { bytesWritten } = await file.writev(rest as Uint8Array[]);
    rest = without(rest, bytesWritten);
  }
}

function without(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skipped = 0;
  for (const [index, chunk] of chunks.entries()) {
    if (skipped + chunk.length > bytes) return [chunk.subarray(bytes - skipped), ...chunks.slice(index + 1)];
    skipped += chunk.length;
  }
  return [];
}

/** Brings to the disk what was written while more is coming, so that little is left to wait for at the end. */
function flushBehind(file: FileHandle) {
  let waiting = 0;
  let flushing: Promise<void> | null = null;
  let failure: unknown = null;
  const flush = async () => {
    try {
      await file.datasync();
    } catch (error) {
      failure = error;
    }
    flushing = null;
  };
  return {
    wrote(bytes: number): void {
      waiting += bytes;
      if (waiting < FLUSH_BYTES || flushing) return;
      waiting = 0;
      flushing = flush();
    },
    /** @throws what a flush failed with: the next one would not say it again. */
    async end(): Promise<void> {
      await flushing;
      if (failure) throw failure;
    },
  };
}

const ignore = () => undefined;

function isStorageFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "");
}
