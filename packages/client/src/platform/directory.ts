import type { Storage } from "../store/storage.ts";

/** How a directory is sealed. */
export interface DirectoryOptions {
  /**
   * Guards the key that seals everything; asked for at each opening, which it makes about a third of a second longer
   * (Argon2id, RFC 9106, 64 MiB). Unicode forms of the same text (NFKC) count as one. It cannot be changed later, and
   * without it nothing can be read any more. Without a passphrase the key lies in a file beside what it seals, readable
   * for the user alone: then the sealing protects no more than the rights on the files do.
   */
  readonly passphrase?: string;
}

/** @see {@link directory} */
export type OpenDirectory = (path: string, options?: DirectoryOptions) => Storage;
