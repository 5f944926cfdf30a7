import { createFileCipher } from "#platform/file-cipher";
import type { Octets } from "../crypto/primitives/octets.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { AttachmentRecord, SpooledFile } from "../store/tables.ts";
import type { AccountApi } from "../transport/api.ts";
import type { Session } from "../transport/session.ts";
import { download } from "./download.ts";
import type { OutgoingFile } from "./outgoing-file.ts";
import { discardSpooled, type SpoolOptions, spool, sweepSpool } from "./spool.ts";
import { type TransferOptions, upload } from "./upload.ts";

/** What the outbox needs of files. */
export interface Uploads {
  /** Uploads a spooled file, which stays in the spool. @returns its `file_id` @throws as `upload` */
  upload(chatId: number, file: SpooledFile, options?: TransferOptions): Promise<number>;
  /** Removes a file from the spool; one that is gone already is no error. */
  discard(file: SpooledFile): Promise<void>;
}

/** The files of one account. None of it takes turns: pieces belong to whoever spooled them. */
export interface Media extends Uploads {
  /** Encrypts a file into the store. @param key the message's, 32 octets @throws as `spool` */
  spool(file: OutgoingFile, key: Uint8Array | undefined, options?: SpoolOptions): Promise<SpooledFile>;
  /** Removes what was begun and never sent. @param inUse ids of the files that the outbox names */
  sweep(inUse: ReadonlySet<string>): Promise<void>;
  /** A file of a message. @param key the message's, in base64 @throws as `download` */
  download(
    attachment: AttachmentRecord,
    key: string | undefined,
    options?: TransferOptions,
  ): AsyncGenerator<Octets, void, undefined>;
}

/** What media needs. */
export interface MediaDependencies {
  readonly api: Pick<AccountApi, "server" | "raw">;
  readonly session: Pick<Session, "accessToken" | "renew">;
  readonly store: LocalStore;
  /** Milliseconds without progress after which a transfer has failed. Default 60,000. */
  readonly patience?: number;
  /** Milliseconds to wait before each try to go on with a download. Default: 500, 2,000, 5,000. */
  readonly delays?: readonly number[];
}

/** The files of one account. */
export function createMedia(dependencies: MediaDependencies): Media {
  const { api, session, store, patience = 60_000, delays = [500, 2000, 5000] } = dependencies;
  const cipher = createFileCipher();
  return {
    spool: (file, key, options) => spool({ store, cipher }, file, key, options),
    sweep: (inUse) => sweepSpool(store, inUse),
    discard: (file) => discardSpooled(store, file),
    upload: (chatId, file, options) =>
      upload({ server: api.server, session, store, patience }, chatId, file, options),
    download: (attachment, key, options) =>
      download({ api, cipher, patience, delays }, attachment, key, options),
  };
}
