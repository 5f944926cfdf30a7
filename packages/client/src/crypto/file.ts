import { openAead, sealAead } from "#platform/aead";
import { KEY_LENGTH, TAG_LENGTH } from "../platform/aead.ts";
import { CryptoError } from "./errors.ts";
import { type FileSource, inPieces } from "./file-pieces.ts";
import { encryptedSize, type FileShape, newPieces, type Pieces, readPieces, shapeOf } from "./file-shape.ts";
import { checkLength, type Octets } from "./primitives/octets.ts";

/** What may be asked of a transfer through the cipher. */
export interface FileOptions {
  /** Called after every piece with the octets of plaintext that are done. */
  readonly onProgress?: (done: number) => void;
  /** Ends the work before the next piece, with the signal's reason. A source that waits must heed it by itself. */
  readonly signal?: AbortSignal;
}

/** How to encrypt a file. */
export interface EncryptFileOptions extends FileOptions {
  /** In one piece, whatever its size: for old clients, which cannot read chunks. It is then wholly in memory. */
  readonly whole?: boolean;
}

/** A file that is being encrypted. */
export interface FileEncryption {
  /** For the file's entry in `metadata`, beside its `size`, which is that of the plaintext. */
  readonly shape: FileShape;
  /** How many octets `octets` will give. */
  readonly encryptedSize: number;
  /** What to upload. It can be read once: a second try is a new encryption, with nonces of its own. */
  readonly octets: AsyncGenerator<Octets, void, undefined>;
}

/**
 * Encrypts a file with ChaCha20-Poly1305 (RFC 8439): in one piece up to 1 MiB, else in chunks of 1 MiB, one of which is
 * in memory at a time. All nonces are fresh and random: none is ever a parameter, so none can be used twice.
 *
 * @param messageKey the key of the message that the file belongs to, 32 octets; it must not be wiped before the end
 * @param size of the source in octets
 * @throws CryptoError `wrong_length`, `malformed` for a size that is none; while reading `file_incomplete` or
 *   `file_too_long` if the source has not that size.
 */
export function encryptFile(
  messageKey: Uint8Array,
  source: FileSource,
  size: number,
  options: EncryptFileOptions = {},
): FileEncryption {
  checkLength(messageKey, KEY_LENGTH);
  const pieces = newPieces(size, options.whole ?? false);
  return {
    shape: shapeOf(pieces),
    encryptedSize: encryptedSize(size, pieces),
    octets: sealPieces(messageKey, source, size, pieces, options),
  };
}

async function* sealPieces(
  key: Uint8Array,
  source: FileSource,
  size: number,
  pieces: Pieces,
  options: FileOptions,
): AsyncGenerator<Octets, void, undefined> {
  let done = 0;
  for await (const [nonce, piece] of numbered(source, pieces.size, pieces.nonces, options)) {
    if (piece.length !== Math.min(pieces.size, size - done)) throw wrongSize(done + piece.length, size);
    yield sealAead(key, nonce, piece);
    done += piece.length;
    options.onProgress?.(done);
  }
}

function wrongSize(actual: number, announced: number): CryptoError {
  return new CryptoError(actual < announced ? "file_incomplete" : "file_too_long");
}

/**
 * Decrypts a file, chunk by chunk if it has chunks; every piece that is given out was verified. Chunks that were cut
 * off, left out, repeated, added or put in another order end it with an error, so what came before is the file only
 * once the iteration has ended by itself.
 *
 * @param messageKey the key of the message that names the file, 32 octets; it must not be wiped before the end
 * @param metadata the file's entry in `metadata`, as it was delivered
 * @throws CryptoError `wrong_length`, `malformed`; while reading `decryption_failed`, `file_incomplete`,
 *   `file_too_long`.
 */
export function decryptFile(
  messageKey: Uint8Array,
  source: FileSource,
  metadata: unknown,
  options: FileOptions = {},
): AsyncGenerator<Octets, void, undefined> {
  checkLength(messageKey, KEY_LENGTH);
  return openPieces(messageKey, source, readPieces(metadata), options);
}

async function* openPieces(
  key: Uint8Array,
  source: FileSource,
  { nonces, size }: Pieces,
  options: FileOptions,
): AsyncGenerator<Octets, void, undefined> {
  let done = 0;
  let left = nonces.length;
  for await (const [nonce, piece] of numbered(source, size + TAG_LENGTH, nonces, options)) {
    left -= 1;
    if (left > 0 && piece.length < size + TAG_LENGTH) throw new CryptoError("file_incomplete");
    const plaintext = openAead(key, nonce, piece);
    done += plaintext.length;
    yield plaintext;
    options.onProgress?.(done);
  }
}

/** The pieces of a source, each with its nonce: exactly as many as there are nonces. An empty file is one empty piece. */
async function* numbered(
  source: FileSource,
  pieceSize: number,
  nonces: readonly Octets[],
  { signal }: FileOptions,
): AsyncGenerator<readonly [Octets, Octets]> {
  let at = 0;
  signal?.throwIfAborted();
  for await (const piece of inPieces(source, pieceSize)) {
    signal?.throwIfAborted();
    const nonce = nonces[at++];
    if (!nonce) throw new CryptoError("file_too_long");
    yield [nonce, piece];
  }
  const [only, ...more] = nonces;
  if (at === 0 && only && more.length === 0) yield [only, new Uint8Array(0)];
  else if (at < nonces.length) throw new CryptoError("file_incomplete");
}
