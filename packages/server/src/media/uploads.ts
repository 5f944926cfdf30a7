import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { LIMITS, type UploadedFile } from "@tacit/protocol";
import type { Blobs, ReceivedBlob } from "../blobs/blobs.ts";
import type { Database, Sql } from "../db/database.ts";
import { invalidField, TacitError } from "../errors.ts";
import * as store from "./store.ts";

/** What uploading needs from the rest of the server. */
export interface UploadDependencies {
  readonly database: Database;
  readonly blobs: Blobs;
  /** Whether this user is a member of the chat now. */
  readonly isMember: (sql: Sql, chatId: number, userId: number) => Promise<boolean>;
  /** Octets of all files of one user; 0 for no limit. */
  readonly quotaBytes: number;
}

/** What a file is called and where it goes. */
export interface UploadDescription {
  readonly chatId: number;
  readonly filename: string;
  readonly mimetype: string;
}

/** How files get in. */
export interface Uploads {
  /**
   * Refuses early, before anything is written, what {@link store} would refuse; the chat may be unknown yet.
   *
   * @throws {TacitError} `not_a_member`, `quota_exceeded`.
   */
  admit(userId: number, chatId: number | undefined): Promise<void>;
  /** @throws {TacitError} `body_too_large`, `storage_full`; whatever the stream fails with. */
  receive(content: Readable, expectedBytes: number | undefined): Promise<ReceivedBlob>;
  /**
   * Stores what was received, or leaves nothing of it. Throws what `describe` throws, too.
   *
   * @throws {TacitError} `not_a_member`, `quota_exceeded`, `invalid_input` for an empty file.
   */
  store(userId: number, blob: ReceivedBlob, describe: () => UploadDescription): Promise<UploadedFile>;
}

interface Upload extends UploadDescription {
  readonly ownerId: number;
  readonly blob: ReceivedBlob;
}

/** Builds it. */
export function createUploads(dependencies: UploadDependencies): Uploads {
  const { database, blobs, isMember, quotaBytes } = dependencies;
  return {
    admit: (userId, chatId) =>
      database.run(async (sql) => {
        if (chatId !== undefined) requireMember(await isMember(sql, chatId, userId));
        await requireRoom(sql, userId, 1, quotaBytes);
      }),
    receive: (content, expectedBytes) => blobs.receive(content, LIMITS.mediaBytes, expectedBytes),
    store: async (ownerId, blob, describe) => {
      const blobName = randomBytes(32).toString("hex");
      const { upload, releasedBlobId } = await announce(dependencies, blobName, blob, () => ({
        ...describe(),
        ownerId,
        blob,
      }));
      try {
        await blob.keep(blobName);
        return await database.transaction((sql) => insert(sql, upload, releasedBlobId, quotaBytes));
      } catch (error) {
        // If this fails too, the sweeper does it in an hour.
        await blobs.remove(blobName).catch(() => undefined);
        throw error;
      }
    },
  };
}

/** Checks what can be checked without locks and notes the blob, before it is put where a crash would leave it. */
async function announce(
  { database, isMember }: UploadDependencies,
  blobName: string,
  blob: ReceivedBlob,
  describe: () => Upload,
) {
  try {
    const upload = describe();
    if (blob.size === 0) throw invalidField("/file", "must not be empty");
    const releasedBlobId = await database.run(async (sql) => {
      requireMember(await isMember(sql, upload.chatId, upload.ownerId));
      return await store.releaseInAnHour(sql, blobName);
    });
    return { upload, releasedBlobId };
  } catch (error) {
    await blob.discard();
    throw error;
  }
}

async function insert(
  sql: Sql,
  { ownerId, chatId, filename, mimetype, blob: { size, sha256 } }: Upload,
  releasedBlobId: number,
  quotaBytes: number,
): Promise<UploadedFile> {
  if (quotaBytes > 0) await store.lockQuota(sql, ownerId);
  await requireRoom(sql, ownerId, size, quotaBytes);
  requireMember(await store.lockMember(sql, chatId, ownerId));
  const file = { ownerId, chatId, filename, mimetype, size, sha256 };
  const fileId = await store.insertFile(sql, releasedBlobId, file);
  // The process was stopped for an hour, and the blob is gone.
  if (fileId === undefined) throw new TacitError("not_ready", { retryAfter: 1 });
  return { file_id: fileId, filename, mimetype, size };
}

function requireMember(isMember: boolean): void {
  if (!isMember) throw new TacitError("not_a_member");
}

async function requireRoom(sql: Sql, userId: number, bytes: number, quotaBytes: number): Promise<void> {
  if (quotaBytes === 0) return;
  if ((await store.usedBytes(sql, userId)) + bytes > quotaBytes) throw new TacitError("quota_exceeded");
}
