import type { Sql } from "../db/database.ts";

/** A file as it is uploaded. */
export interface NewFile {
  readonly ownerId: number;
  readonly chatId: number;
  readonly filename: string;
  readonly mimetype: string;
  /** Octets. */
  readonly size: number;
  /** 32 octets. */
  readonly sha256: Buffer;
}

/** A file as its readers get it. */
export interface StoredFile {
  readonly id: number;
  readonly filename: string;
  readonly size: number;
  readonly sha256: Buffer;
  /** Its name in the store of blobs. */
  readonly blob: string;
}

/**
 * Whether this user is a member of the chat, which stays so to the end of the transaction. The chat itself is not
 * locked; but messages of this very member wait, so this comes as late as possible.
 */
export async function lockMember(sql: Sql, chatId: number, userId: number): Promise<boolean> {
  const rows = await sql`
    SELECT 1 FROM chat_members WHERE chat_id = ${chatId} AND user_id = ${userId} AND left_at IS NULL FOR SHARE`;
  return rows.length > 0;
}

/** Uploads of one user that count against the quota are stored one after another. */
export async function lockQuota(sql: Sql, userId: number): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('media quota of ' || ${userId}::bigint, 0))`;
}

/** Octets of all files that a user has uploaded and that still exist. */
export async function usedBytes(sql: Sql, userId: number): Promise<number> {
  const [row] = await sql<{ used: number }[]>`
    SELECT COALESCE(sum(size), 0)::bigint AS used FROM files WHERE owner_id = ${userId}`;
  return row?.used ?? 0;
}

/**
 * Notes a blob that is about to be kept, so that it is removed in an hour if nothing comes of it: neither a crash nor an
 * error may leave it for ever. @returns what {@link insertFile} takes back.
 */
export async function releaseInAnHour(sql: Sql, blob: string): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO released_blobs (blob, not_before) VALUES (${blob}, now() + interval '1 hour') RETURNING id`;
  return row?.id ?? 0;
}

/** Adds a file whose blob is the released one, which now stays. Undefined if it was removed in the meantime. */
export async function insertFile(
  sql: Sql,
  releasedBlobId: number,
  { ownerId, chatId, filename, mimetype, size, sha256 }: NewFile,
): Promise<number | undefined> {
  const [row] = await sql<{ id: number }[]>`
    WITH kept AS (DELETE FROM released_blobs WHERE id = ${releasedBlobId} RETURNING blob)
    INSERT INTO files (owner_id, chat_id, after_message_id, filename, mimetype, size, sha256, blob)
    SELECT ${ownerId}, ${chatId}, COALESCE((SELECT max(id) FROM messages WHERE chat_id = ${chatId}), 0), ${filename},
      ${mimetype}, ${size}, ${sha256}, kept.blob
    FROM kept
    RETURNING id`;
  return row?.id;
}

/** A file, if this user may read it. */
export async function findReadable(
  sql: Sql,
  readerId: number,
  fileId: number,
): Promise<StoredFile | undefined> {
  const [file] = await sql<StoredFile[]>`
    SELECT id, filename, size, sha256, blob FROM files
    WHERE id = ${fileId} AND may_read_file(${readerId}, ${fileId})`;
  return file;
}
