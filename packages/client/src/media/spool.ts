import { LIMITS } from "@tacit/protocol";
import type { FileEncryption } from "../crypto/file.ts";
import { type FileSource, inPieces } from "../crypto/file-pieces.ts";
import { CHUNK_SIZE } from "../crypto/file-shape.ts";
import { TacitError } from "../errors.ts";
import { TAG_LENGTH } from "../platform/aead.ts";
import type { FileCipher } from "../platform/file-cipher.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { AttachmentRecord, SpooledFile } from "../store/tables.ts";
import { mediaDetails } from "./media-details.ts";
import { UNKNOWN_TYPE } from "./mimetypes.ts";
import { type FileToSend, fileToSend, type OutgoingFile } from "./outgoing-file.ts";
import { readSource } from "./read-source.ts";

/** How to prepare a file for its upload. */
export interface SpoolOptions {
  /** In one piece and under its true name, for a chat with somebody whose old client cannot read more; at most 25 MiB. */
  readonly whole?: boolean;
  /** Octets that a thumbnail made here may have. Default and maximum: 24 KiB. Messages with many files have room for less. */
  readonly thumbnailBytes?: number;
  /** Ends the work, with the signal's reason; nothing is left of it. */
  readonly signal?: AbortSignal;
  /** Called with the octets of the file that are done. */
  readonly onProgress?: (done: number) => void;
}

/** What spooling needs. */
export interface SpoolDependencies {
  readonly store: LocalStore;
  readonly cipher: FileCipher;
}

/** Octets of a piece in the store, but for the last: those of an encrypted chunk. */
const PIECE_SIZE = CHUNK_SIZE + TAG_LENGTH;
const MOST_THUMBNAIL = 24 * 1024;
/** An old client holds such a file in memory several times over. */
const MOST_WHOLE = 25 * 1024 * 1024;
const MIB = 1024 * 1024;
/** After that, nobody is still at work on what no message in the outbox names. */
const ABANDONED = 24 * 60 * 60_000;
const MARK = "spool/";
const PAST_MARKS = "spool0";

/**
 * Encrypts a file piece by piece into the store, from where it can be uploaded as often as needed, after a restart too. What
 * was begun is noted in the table `setting` under `spool/<id>`, for {@link sweepSpool}.
 *
 * @param key the message's, 32 octets; `undefined` in a chat that is not encrypted: then the file is kept as it is
 * @throws TacitError `file_too_large` before anything is done, `file_changed`, `store_full`, `not_possible` for an empty file
 *   in a chat that is not encrypted; the signal's reason. Nothing is left behind then.
 */
export async function spool(
  { store, cipher }: SpoolDependencies,
  outgoing: OutgoingFile,
  key: Uint8Array | undefined,
  options: SpoolOptions = {},
): Promise<SpooledFile> {
  const { signal, whole = false } = options;
  signal?.throwIfAborted();
  const file = fileToSend(outgoing);
  checkSize(file.size, whole);
  const readable = key === undefined || whole;
  const details = await mediaDetails(file, readable ? 0 : thumbnailBytes(options), signal);
  let read = 0;
  const source = readSource(file.stream, file.size, { signal, onRead: (octets) => (read = octets) });
  const encryption = key
    ? await cipher.encrypt(key, source, file.size, { whole, signal })
    : notEncrypted(source, file.size);
  checkEncryptedSize(encryption.encryptedSize);
  const spooled: SpooledFile = {
    id: crypto.randomUUID(),
    encryptedSize: encryption.encryptedSize,
    pieces: Math.ceil(encryption.encryptedSize / PIECE_SIZE),
    attachment: { ...attachmentOf(file, encryption.shape, readable), ...details },
  };
  await writePieces(store, spooled, encryption.octets, signal, () => options.onProgress?.(read));
  return spooled;
}

function thumbnailBytes({ thumbnailBytes = MOST_THUMBNAIL }: SpoolOptions): number {
  return Math.min(thumbnailBytes, MOST_THUMBNAIL);
}

function checkSize(size: number, whole: boolean): void {
  if (whole && size > MOST_WHOLE) {
    throw tooLarge(
      `Somebody in this chat uses an old client, which can receive files of at most ${MOST_WHOLE / MIB} MiB.`,
    );
  }
  checkEncryptedSize(size);
}

function checkEncryptedSize(size: number): void {
  if (size > LIMITS.mediaBytes)
    throw tooLarge(`A file can have at most ${LIMITS.mediaBytes / MIB} MiB once it is encrypted.`);
}

function tooLarge(message: string): TacitError {
  return new TacitError("file_too_large", message);
}

type Spoolable = Pick<FileEncryption, "encryptedSize"> & {
  readonly shape: object;
  readonly octets: FileSource;
};

function notEncrypted(octets: FileSource, size: number): Spoolable {
  if (size === 0)
    throw new TacitError("not_possible", "An empty file cannot be sent to a chat that is not encrypted.");
  return { shape: {}, encryptedSize: size, octets };
}

/** @param readable whether its name and type are for everyone to see, as they always were for old clients */
function attachmentOf(file: FileToSend, shape: object, readable: boolean): AttachmentRecord {
  const { name, mimetype, size } = file;
  const shown = readable
    ? { filename: name, mimetype, size }
    : { filename: "file", mimetype: UNKNOWN_TYPE, size };
  return { fileId: null, name, mimetype, size, metadata: { ...shown, ...shape } };
}

async function writePieces(
  store: LocalStore,
  file: SpooledFile,
  octets: FileSource,
  signal: AbortSignal | undefined,
  onPiece: () => void,
): Promise<void> {
  try {
    await store.write((changes) => {
      changes.put("setting", [MARK + file.id], { pieces: file.pieces, startedAt: Date.now() });
    });
    let written = 0;
    for await (const piece of inPieces(octets, PIECE_SIZE)) {
      const at = written++;
      await store.write((changes) => changes.putPiece(file.id, at, piece));
      signal?.throwIfAborted();
      onPiece();
    }
  } catch (error) {
    // What cannot be removed now is swept up later; why it failed is what matters.
    await discardSpooled(store, file).catch(() => undefined);
    throw error;
  }
}

/** The pieces of a spooled file, one at a time. @throws TacitError `store_damaged` if one is missing */
export async function* spooledPieces(
  store: LocalStore,
  { id, pieces }: SpooledFile,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < pieces; at++) {
    const piece = await store.getPiece(id, at);
    if (!piece) throw new TacitError("store_damaged", "A part of the file is missing on this device.");
    yield piece;
  }
}

/** Removes a spooled file. What is gone already is no error. */
export async function discardSpooled(
  store: LocalStore,
  { id, pieces }: Pick<SpooledFile, "id" | "pieces">,
): Promise<void> {
  await store.write((changes) => {
    for (let at = 0; at < pieces; at++) changes.removePiece(id, at);
    changes.remove("setting", [MARK + id]);
  });
}

/**
 * Removes what a program that ended in the middle has left: files that were begun more than a day ago, because another tab
 * may be at work on the others, and that nothing names.
 *
 * @param inUse ids of the files that the outbox names
 */
export async function sweepSpool(store: LocalStore, inUse: ReadonlySet<string>): Promise<void> {
  for (const [mark] of await store.keys("setting", { after: MARK, before: PAST_MARKS })) {
    const [id, row] = [mark.slice(MARK.length), await store.get("setting", [mark])];
    if (!inUse.has(id) && isMark(row) && Date.now() - row.startedAt > ABANDONED) {
      await discardSpooled(store, { id, pieces: row.pieces });
    }
  }
}

function isMark(row: unknown): row is { pieces: number; startedAt: number } {
  return (
    typeof row === "object" &&
    row !== null &&
    "pieces" in row &&
    typeof row.pieces === "number" &&
    "startedAt" in row &&
    typeof row.startedAt === "number"
  );
}
