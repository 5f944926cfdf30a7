import { LIMITS } from "@tacit/protocol";
import { blobOf } from "../media/collect.ts";
import type { AttachmentRecord } from "../store/tables.ts";

/** What may be asked of a transfer. */
export interface TransferOptions {
  /** Ends it, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Octets of plaintext that are done, of `size`. */
  readonly onProgress?: (done: number) => void;
}

/** Fetches a file and decrypts it: what {@link Attachment} needs of the media module. */
export type Download = (
  file: AttachmentRecord,
  key: string | undefined,
  options: TransferOptions,
) => AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>;

/** A file of a message. */
export class Attachment {
  /** What its sender calls it, with no folders in it. Nothing proves that it is safe to open. */
  readonly name: string;
  /** What its sender says it is. Nothing proves it. */
  readonly mimetype: string;
  /** Octets of plaintext, as its sender says. */
  readonly size: number;
  /** Pixels, of pictures and videos. */
  readonly width: number | undefined;
  /** Pixels, of pictures and videos. */
  readonly height: number | undefined;
  /** Milliseconds, of voice and video messages. */
  readonly duration: number | undefined;
  /** Loudness over time, 0 to 255. */
  readonly waveform: readonly number[] | undefined;
  /** A small picture of it, as a `data:` address. */
  readonly thumbnailUrl: string | undefined;
  readonly #record: AttachmentRecord;
  readonly #key: string | undefined;
  readonly #download: Download;

  /** @internal */
  constructor(record: AttachmentRecord, key: string | undefined, download: Download) {
    this.name = record.name;
    this.mimetype = record.mimetype;
    this.size = record.size;
    this.width = record.width;
    this.height = record.height;
    this.duration = record.duration;
    this.waveform = record.waveform;
    this.thumbnailUrl =
      record.thumbnail && `data:${pictureType(record.thumbnail)};base64,${record.thumbnail}`;
    this.#record = record;
    this.#key = key;
    this.#download = download;
  }

  /**
   * The file, piece by piece, in constant memory. Every piece was verified; it is the whole file only once the iteration has
   * ended by itself.
   * @throws TacitError `unknown_file`, `unreachable`, `timeout`; CryptoError `decryption_failed`, `file_incomplete`,
   *   `file_too_long` if it is not what its sender encrypted.
   */
  stream(options: TransferOptions = {}): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    return this.#download(this.#record, this.#key, options);
  }

  /**
   * The whole file, in memory. Its type is that of pictures, sound, video and plain text; anything else is
   * `application/octet-stream`, because the address of a blob is of the page's origin, and what a sender wrote must not run
   * there.
   * @throws as {@link Attachment.stream}; TacitError `file_too_large`
   */
  async blob(options: TransferOptions = {}): Promise<Blob> {
    const type = INERT.test(this.mimetype) ? this.mimetype : "application/octet-stream";
    return await blobOf(this.stream(options), type, LIMITS.mediaBytes);
  }
}

/** What no browser runs anything of. */
const INERT = /^(?:image\/(?!svg)|audio\/|video\/|text\/plain(?:;|$))/i;

/** By the first octets, so that no sender chooses what a browser takes it for. */
function pictureType(base64: string): string {
  if (base64.startsWith("/9j/")) return "image/jpeg";
  return base64.startsWith("iVBOR") ? "image/png" : "image/webp";
}
