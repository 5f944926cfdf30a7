import type { Sql } from "../db/database.ts";

/** A vault with the version that its content has. */
export interface StoredVault {
  readonly etag: string;
  readonly sealed: Buffer;
}

/** The user's vault, if there is one. */
export async function findVault(sql: Sql, userId: number): Promise<StoredVault | undefined> {
  const [vault] = await sql<StoredVault[]>`SELECT etag, sealed FROM vaults WHERE user_id = ${userId}`;
  return vault;
}

/** @returns whether it happened: not over a vault that is there, not for an account that is gone. */
export async function insertVault(sql: Sql, userId: number, vault: StoredVault): Promise<boolean> {
  const { count } = await sql`
    INSERT INTO vaults (user_id, etag, sealed)
    SELECT user_id, ${vault.etag}, ${vault.sealed} FROM user_keys WHERE user_id = ${userId} FOR SHARE
    ON CONFLICT DO NOTHING`;
  return count === 1;
}

/** @param over the versions that may be overwritten, or any. @returns whether it happened. */
export async function updateVault(
  sql: Sql,
  userId: number,
  vault: StoredVault,
  over: readonly string[] | "any",
): Promise<boolean> {
  const allowed = over === "any" ? sql`` : sql`AND etag = ANY(${[...over]})`;
  const { count } = await sql`
    UPDATE vaults SET etag = ${vault.etag}, sealed = ${vault.sealed}, updated_at = now()
    WHERE user_id = ${userId} ${allowed}`;
  return count === 1;
}
