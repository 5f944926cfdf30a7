import type { Kdf, KeyBundle } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";

/** Someone's public key as stored. Without an identity key, the directory key signed. */
export interface StoredPublicKey {
  readonly user_id: number;
  readonly public_key: string;
  readonly identity_key: string | null;
  readonly signature: string;
  readonly key_version: number;
  readonly signed_at: Date;
}

/** What seals and unseals the private keys; opaque here. Fields left out stay as they are. */
export interface SealedFields {
  readonly pkebymk: string;
  readonly salt: string;
  readonly pkebyrk?: string | undefined;
  readonly kdf?: Kdf | undefined;
}

/** A public key that is about to be stored. */
export type NewPublicKey = Omit<StoredPublicKey, "user_id" | "signed_at">;

/** The first keys of an account. */
export async function insertKeys(
  sql: Sql,
  userId: number,
  key: NewPublicKey,
  sealed: SealedFields & { readonly pkebyrk: string },
): Promise<void> {
  await sql`
    INSERT INTO user_keys (user_id, public_key, identity_key, signature, key_version, pkebymk, pkebyrk, salt, kdf)
    VALUES (${userId}, ${key.public_key}, ${key.identity_key}, ${key.signature}, ${key.key_version},
      ${sealed.pkebymk}, ${sealed.pkebyrk}, ${sealed.salt}, ${json(sql, sealed.kdf)})`;
}

/** @returns whether the account has keys. */
export async function updateSealed(sql: Sql, userId: number, sealed: SealedFields): Promise<boolean> {
  const { count } = await sql`
    UPDATE user_keys SET pkebymk = ${sealed.pkebymk}, salt = ${sealed.salt},
      pkebyrk = COALESCE(${sealed.pkebyrk ?? null}, pkebyrk), kdf = COALESCE(${json(sql, sealed.kdf)}, kdf)
    WHERE user_id = ${userId}`;
  return count === 1;
}

/** @returns whether it happened: only to the version just before the new one. */
export async function updatePublicKey(sql: Sql, userId: number, key: NewPublicKey): Promise<boolean> {
  const { count } = await sql`
    UPDATE user_keys SET public_key = ${key.public_key}, identity_key = ${key.identity_key},
      signature = ${key.signature}, key_version = ${key.key_version}, signed_at = now()
    WHERE user_id = ${userId} AND key_version = ${key.key_version}::bigint - 1`;
  return count === 1;
}

/** Public keys of these users; whoever has none is left out. */
export async function findPublicKeys(sql: Sql, userIds: readonly number[]): Promise<StoredPublicKey[]> {
  return await sql<StoredPublicKey[]>`
    SELECT user_id, public_key, identity_key, signature, key_version, signed_at
    FROM user_keys WHERE user_id = ANY(${[...userIds]}) ORDER BY user_id`;
}

/** The sealed bundle with the public key it belongs to. */
export async function findBundle(
  sql: Sql,
  userId: number,
): Promise<(KeyBundle & { pubk: string }) | undefined> {
  const [bundle] = await sql<(KeyBundle & { pubk: string })[]>`
    SELECT pkebymk, pkebyrk, salt, kdf, key_version, public_key AS pubk FROM user_keys WHERE user_id = ${userId}`;
  return bundle;
}

/** Removes keys and vault. */
export async function deleteKeys(sql: Sql, userId: number): Promise<void> {
  await sql`DELETE FROM user_keys WHERE user_id = ${userId}`;
  await sql`DELETE FROM vaults WHERE user_id = ${userId}`;
}

function json(sql: Sql, kdf: Kdf | undefined) {
  return kdf === undefined ? null : sql.json(kdf);
}
