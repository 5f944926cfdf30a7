import { NONCE_LENGTH, TAG_LENGTH } from "../platform/aead.ts";
import { CryptoError } from "./errors.ts";
import { jsonObject } from "./json-shape.ts";
import { fromBase64, type Octets, randomBytes, toBase64 } from "./primitives/octets.ts";

/** A file in one piece: what of `metadata` says how it is encrypted. */
export interface WholeFile {
  /** Nonce of 12 octets, in base64. */
  readonly nonce: string;
}

/** A file in chunks: what of `metadata` says how it is encrypted. */
export interface ChunkedFile {
  /** A nonce for each chunk, in order; each 12 octets in base64. */
  readonly nonces: readonly string[];
  /** Octets of plaintext in every chunk but the last, which has at least one and at most so many. */
  readonly chunk_size: number;
  /** As many as there are nonces. */
  readonly chunk_count: number;
}

/** How a file is encrypted; spread it into the file's entry in `metadata`. */
export type FileShape = WholeFile | ChunkedFile;

/** Octets of plaintext in a chunk, and in the largest file that is encrypted in one piece unless that is asked for. */
export const CHUNK_SIZE = 1024 * 1024;

/** More than any server takes; a bound for what a reader gathers in memory before it can be verified. */
const MOST_IN_ONE_PIECE = 64 * 1024 * 1024;

/** A {@link FileShape} as it is worked with. */
export interface Pieces {
  readonly nonces: readonly Octets[];
  /** Octets of plaintext in every piece but the last. */
  readonly size: number;
}

/** Fresh random nonces for a file of so many octets. @throws CryptoError `malformed` for a size that is none. */
export function newPieces(size: number, whole: boolean): Pieces {
  if (!Number.isSafeInteger(size) || size < 0) throw new CryptoError("malformed");
  const pieceSize = whole || size <= CHUNK_SIZE ? Math.max(size, 1) : CHUNK_SIZE;
  const count = Math.max(1, Math.ceil(size / pieceSize));
  return { nonces: Array.from({ length: count }, () => randomBytes(NONCE_LENGTH)), size: pieceSize };
}

/** What `metadata` says of these pieces. */
export function shapeOf({ nonces, size }: Pieces): FileShape {
  const [nonce, ...more] = nonces.map(toBase64);
  if (nonce !== undefined && more.length === 0) return { nonce };
  return { nonces: nonces.map(toBase64), chunk_size: size, chunk_count: nonces.length };
}

/**
 * Reads from a file's entry in `metadata` how it is encrypted. `null` is as good as absent.
 * @throws CryptoError `malformed` also if a nonce is there twice, or the chunks cannot add up to `size`.
 */
export function readPieces(metadata: unknown): Pieces {
  const { nonce, nonces, chunk_size, chunk_count, size } = jsonObject(metadata);
  if (nonces === undefined || nonces === null) {
    return { nonces: [nonceOf(nonce)], size: MOST_IN_ONE_PIECE };
  }
  if (!Array.isArray(nonces) || nonces.length === 0 || chunk_count !== nonces.length) malformed();
  if (new Set(nonces).size !== nonces.length || nonces.includes(nonce)) malformed();
  const pieceSize = chunkSizeOf(chunk_size);
  if (typeof size !== "number" || Math.ceil(size / pieceSize) !== nonces.length) malformed();
  return { nonces: nonces.map(nonceOf), size: pieceSize };
}

function chunkSizeOf(value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value)) malformed();
  if (value < 1 || value > MOST_IN_ONE_PIECE) malformed();
  return value;
}

function nonceOf(value: unknown): Octets {
  const nonce = typeof value === "string" ? fromBase64(value) : malformed();
  return nonce.length === NONCE_LENGTH ? nonce : malformed();
}

function malformed(): never {
  throw new CryptoError("malformed");
}

/** Octets of a file of `size` octets once it is encrypted: what is uploaded. */
export function encryptedSize(size: number, { nonces }: Pieces): number {
  return size + nonces.length * TAG_LENGTH;
}
