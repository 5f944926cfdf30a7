import type { Readable } from "node:stream";
import type { BaseLogger } from "pino";
import { BlobMissingError, type Blobs, type ByteRange } from "../blobs/blobs.ts";
import type { Database } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import { findReadable, type StoredFile } from "./store.ts";

/** What downloading needs from the rest of the server. */
export interface DownloadDependencies {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly log: Pick<BaseLogger, "error">;
}

/** How files get out. */
export interface Downloads {
  /** @throws {TacitError} `unknown_file`, also for one that this user may not read. */
  find(userId: number, fileId: number): Promise<StoredFile>;
  /** Opens all of a file or a part. @throws {TacitError} `unknown_file` if its content is gone. */
  open(file: StoredFile, range: ByteRange | undefined): Promise<Readable>;
}

/** Builds it. */
export function createDownloads({ database, blobs, log }: DownloadDependencies): Downloads {
  return {
    find: async (userId, fileId) => {
      const file = await database.run((sql) => findReadable(sql, userId, fileId));
      if (!file) throw new TacitError("unknown_file");
      return file;
    },
    open: async (file, range) => {
      try {
        return await blobs.open(file.blob, range);
      } catch (error) {
        if (!(error instanceof BlobMissingError)) throw error;
        log.error({ file: file.id, blob: file.blob }, "the content of a file is missing in the media folder");
        throw new TacitError("unknown_file");
      }
    },
  };
}
