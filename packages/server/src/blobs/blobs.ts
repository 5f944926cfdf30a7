import type { Readable } from "node:stream";

/** Where uploaded bytes are kept, by name: opaque, immutable, and unknown to the database until a row names them. */
export interface Blobs {
  /**
   * Writes all of a stream to a temporary place, in constant memory, and hashes it. Until {@link ReceivedBlob.keep} nobody
   * can open it; if the stream fails, nothing is left.
   *
   * @param expectedBytes at most that many are likely to come, as `Content-Length` says: room is kept free for them
   *   meanwhile. By default `maxBytes`.
   * @throws {TacitError} `body_too_large` once there are more than `maxBytes`; `storage_full`; whatever the stream fails with.
   */
  receive(source: Readable, maxBytes: number, expectedBytes?: number): Promise<ReceivedBlob>;
  /**
   * Opens a blob, or a part of it. The stream has to be read to its end or destroyed.
   *
   * @throws {BlobMissingError} if there is none of that name.
   */
  open(name: string, range?: ByteRange): Promise<Readable>;
  /** Removes a blob; one that is not there is no error. */
  remove(name: string): Promise<void>;
  /** Removes what is still being received. */
  close(): Promise<void>;
}

/** Octets of a blob, both ends included, from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What was received and is not kept yet. Exactly one of `keep` and `discard` is called. */
export interface ReceivedBlob {
  /** Octets. */
  readonly size: number;
  /** SHA-256, 32 octets. */
  readonly sha256: Buffer;
  /** Moves it into place, durably and at once. `name`: 4 to 64 hexadecimal digits. */
  keep(name: string): Promise<void>;
  /** Removes it. */
  discard(): Promise<void>;
}

/** There is no blob of this name, although a row says so: removed by hand, or a backup without its blobs. */
export class BlobMissingError extends Error {
  override readonly name = "BlobMissingError";
}
