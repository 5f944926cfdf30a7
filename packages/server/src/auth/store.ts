import type { Sql } from "../db/database.ts";

/** What proves that someone is the owner of an account. */
export interface Credentials {
  readonly user_id: number;
  readonly login: string;
  readonly login_key: string;
  readonly password_hash: string;
  readonly recovery_hash: string | null;
  readonly is_admin: boolean;
  readonly disabled: boolean;
}

/** Logins of more UTF-16 units exist nowhere: a folded one has at most 64 characters, each of which NFKC can expand to 18. */
const LONGEST_KEY = 4_096;

/** By the folded login; nothing if nobody has it. */
export async function findByLogin(sql: Sql, loginKey: string): Promise<Credentials | undefined> {
  const [found] = await sql<Credentials[]>`
    SELECT user_id, login, login_key, password_hash, recovery_hash, is_admin, disabled_at IS NOT NULL AS disabled
    FROM credentials WHERE login_key = ${loginKey.length > LONGEST_KEY ? "" : loginKey}`;
  return found;
}

/** Nothing if the account is deleted. */
export async function findByUser(sql: Sql, userId: number): Promise<Credentials | undefined> {
  const [found] = await sql<Credentials[]>`
    SELECT user_id, login, login_key, password_hash, recovery_hash, is_admin, disabled_at IS NOT NULL AS disabled
    FROM credentials WHERE user_id = ${userId}`;
  return found;
}

/** Until the transaction ends nobody can change the password, disable the account or delete it. */
export async function holdCredentials(sql: Sql, userId: number): Promise<Credentials | undefined> {
  const [held] = await sql<Credentials[]>`
    SELECT user_id, login, login_key, password_hash, recovery_hash, is_admin, disabled_at IS NOT NULL AS disabled
    FROM credentials WHERE user_id = ${userId} FOR SHARE`;
  return held;
}

/** What a new account signs in with. */
export interface NewCredentials {
  readonly userId: number;
  readonly login: string;
  readonly loginKey: string;
  readonly passwordHash: string;
  readonly recoveryHash: string | null;
  readonly isAdmin: boolean;
}

/** Fails on `credentials_login_key_unique` if the login is taken. */
export async function insertCredentials(sql: Sql, account: NewCredentials): Promise<void> {
  await sql`
    INSERT INTO credentials (user_id, login, login_key, password_hash, recovery_hash, is_admin)
    VALUES (${account.userId}, ${account.login}, ${account.loginKey}, ${account.passwordHash},
      ${account.recoveryHash}, ${account.isAdmin})`;
}

/** True once anyone has ever registered, also when they are gone. */
export async function hasFirstUser(sql: Sql): Promise<boolean> {
  const [row] = await sql`SELECT FROM instance WHERE first_user_id IS NOT NULL`;
  return row !== undefined;
}

/** @returns true for exactly one user of an instance. The row is locked only as long as there is none. */
export async function claimFirst(sql: Sql, userId: number): Promise<boolean> {
  const { count } = await sql`UPDATE instance SET first_user_id = ${userId} WHERE first_user_id IS NULL`;
  return count === 1;
}

/** New secrets of an account; without a recovery hash the old one stays. */
export interface NewSecrets {
  readonly passwordHash: string;
  readonly recoveryHash: string | null;
}

/**
 * Replaces the secrets, unless the account was disabled or, where `verifiedHash` is given, its password is no longer
 * the one that was checked.
 *
 * @returns whether it happened.
 */
export async function updateSecrets(
  sql: Sql,
  userId: number,
  { passwordHash, recoveryHash }: NewSecrets,
  verifiedHash: string | null,
): Promise<boolean> {
  const { count } = await sql`
    UPDATE credentials SET password_hash = ${passwordHash}, recovery_hash = coalesce(${recoveryHash}, recovery_hash)
    WHERE user_id = ${userId} AND disabled_at IS NULL
      AND (${verifiedHash}::text IS NULL OR password_hash = ${verifiedHash})`;
  return count === 1;
}

/** The only valid recovery token of its user from now on. */
export async function replaceRecoveryToken(
  sql: Sql,
  userId: number,
  tokenHash: Buffer,
  milliseconds: number,
): Promise<void> {
  await deleteRecoveryTokens(sql, userId);
  await sql`
    INSERT INTO recovery_tokens (token_hash, user_id, expires_at)
    VALUES (${tokenHash}, ${userId}, now() + make_interval(secs => ${milliseconds / 1000}))`;
}

/** @returns whose token it is, while it is valid. */
export async function recoveryTokenOwner(sql: Sql, tokenHash: Buffer): Promise<number | undefined> {
  const [row] = await sql<{ user_id: number }[]>`
    SELECT user_id FROM recovery_tokens WHERE token_hash = ${tokenHash} AND expires_at > now()`;
  return row?.user_id;
}

/** @returns true for exactly one caller. */
export async function useRecoveryToken(sql: Sql, tokenHash: Buffer): Promise<boolean> {
  const { count } =
    await sql`DELETE FROM recovery_tokens WHERE token_hash = ${tokenHash} AND expires_at > now()`;
  return count === 1;
}

/** Voids whatever recovery was begun. */
export async function deleteRecoveryTokens(sql: Sql, userId: number): Promise<void> {
  await sql`DELETE FROM recovery_tokens WHERE user_id = ${userId}`;
}

/** @returns how many expired tokens, at most `limit`, are gone now. */
export async function deleteExpiredRecoveryTokens(sql: Sql, limit: number): Promise<number> {
  const { count } = await sql`
    DELETE FROM recovery_tokens WHERE token_hash IN (
      SELECT token_hash FROM recovery_tokens WHERE expires_at <= now() LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
  return count;
}

/** From here to the end of the transaction nobody can sign in to the account. */
export async function lockCredentials(sql: Sql, userId: number): Promise<void> {
  await sql`SELECT FROM credentials WHERE user_id = ${userId} FOR NO KEY UPDATE`;
}

/** Takes sessions, recovery tokens and known addresses along. */
export async function deleteCredentials(sql: Sql, userId: number): Promise<void> {
  await sql`DELETE FROM credentials WHERE user_id = ${userId}`;
}
