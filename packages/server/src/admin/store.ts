import type { Sql } from "../db/database.ts";

/** An invite as stored. */
export interface StoredInvite {
  readonly code: string;
  readonly uses: number;
  readonly uses_left: number;
  readonly expires_at: Date | null;
  readonly created_at: Date;
  readonly created_by: number;
}

/** What an administrator chooses of an invite; `expiresIn` in seconds. */
export interface NewInvite {
  readonly code: string;
  readonly uses: number;
  readonly expiresIn: number | null;
}

/** @returns nothing, with nothing stored, unless the maker is an administrator now. */
export async function insertInvite(
  sql: Sql,
  adminId: number,
  invite: NewInvite,
): Promise<StoredInvite | undefined> {
  const [stored] = await sql<StoredInvite[]>`
    INSERT INTO invites (code, uses, uses_left, expires_at, created_by)
    SELECT ${invite.code}, ${invite.uses}, ${invite.uses}, now() + make_interval(secs => ${invite.expiresIn}), user_id
    FROM credentials WHERE user_id = ${adminId} AND is_admin AND disabled_at IS NULL
    RETURNING code, uses, uses_left, expires_at, created_at, created_by`;
  return stored;
}

/** Those that can still be used, newest first. */
export async function listInvites(sql: Sql, limit: number): Promise<StoredInvite[]> {
  return await sql<StoredInvite[]>`
    SELECT code, uses, uses_left, expires_at, created_at, created_by FROM invites
    WHERE uses_left > 0 AND (expires_at IS NULL OR expires_at > now())
    ORDER BY created_at DESC, code LIMIT ${limit}`;
}

/** @returns whether there was one. */
export async function deleteInvite(sql: Sql, adminId: number, code: string): Promise<boolean> {
  const { count } = await sql`
    DELETE FROM invites WHERE code = ${code}
      AND EXISTS (SELECT FROM credentials WHERE user_id = ${adminId} AND is_admin AND disabled_at IS NULL)`;
  return count === 1;
}

/** True if the invite could be used now. */
export async function isUsableInvite(sql: Sql, code: string): Promise<boolean> {
  const [row] = await sql`
    SELECT FROM invites WHERE code = ${code} AND uses_left > 0 AND (expires_at IS NULL OR expires_at > now())`;
  return row !== undefined;
}

/** Uses an invite up by one. @returns whether it could be used. */
export async function consumeInvite(sql: Sql, code: string): Promise<boolean> {
  const { count } = await sql`
    UPDATE invites SET uses_left = uses_left - 1
    WHERE code = ${code} AND uses_left > 0 AND (expires_at IS NULL OR expires_at > now())`;
  return count === 1;
}

/** An account with what administrators see of it. */
export interface AccountRow {
  readonly id: number;
  readonly username: string;
  readonly nickname: string;
  readonly avatar: string | null;
  readonly created_at: Date;
  readonly is_admin: boolean;
  readonly disabled: boolean;
  readonly last_seen_at: Date | null;
}

/** Which accounts to list: with `text` in a folded name or with the id `id`, and an id below `beforeId`. */
export interface AccountFilter {
  readonly text: string;
  readonly id: number | null;
  readonly beforeId: number | null;
  readonly limit: number;
}

/** Newest first. Names are matched as the search of users matches them. */
export async function listAccounts(
  sql: Sql,
  { text, id, beforeId, limit }: AccountFilter,
): Promise<AccountRow[]> {
  const part = text.replaceAll("ς", "σ");
  return await sql<AccountRow[]>`
    SELECT u.id, u.username, u.nickname, u.avatar, u.created_at, c.is_admin, c.disabled_at IS NOT NULL AS disabled,
      (SELECT max(s.last_seen_at) FROM auth_sessions s WHERE s.user_id = u.id) AS last_seen_at
    FROM users u JOIN credentials c ON c.user_id = u.id
    WHERE (${beforeId}::bigint IS NULL OR u.id < ${beforeId}::bigint)
      AND (${part} = '' OR u.id = ${id}::bigint OR strpos(translate(u.username_key, 'ς', 'σ'), ${part}) > 0
        OR strpos(translate(u.nickname_key, 'ς', 'σ'), ${part}) > 0)
    ORDER BY u.id DESC LIMIT ${limit}`;
}

/** Nothing if it is deleted. */
export async function findAccount(sql: Sql, userId: number): Promise<AccountRow | undefined> {
  const [account] = await sql<AccountRow[]>`
    SELECT u.id, u.username, u.nickname, u.avatar, u.created_at, c.is_admin, c.disabled_at IS NOT NULL AS disabled,
      (SELECT max(s.last_seen_at) FROM auth_sessions s WHERE s.user_id = u.id) AS last_seen_at
    FROM users u JOIN credentials c ON c.user_id = u.id WHERE u.id = ${userId}`;
  return account;
}

/** What an administrator can change of an account. */
export interface Standing {
  readonly is_admin: boolean;
  readonly disabled: boolean;
}

/** Locks every administrator, so that changes to who is one come one after the other. @returns the active ones. */
export async function lockAdministrators(sql: Sql): Promise<number[]> {
  const rows = await sql<{ user_id: number; disabled: boolean }[]>`
    SELECT user_id, disabled_at IS NOT NULL AS disabled FROM credentials
    WHERE is_admin ORDER BY user_id FOR NO KEY UPDATE`;
  return rows.filter(({ disabled }) => !disabled).map(({ user_id }) => user_id);
}

/** Locks an account; nothing if there is none. */
export async function lockStanding(sql: Sql, userId: number): Promise<Standing | undefined> {
  const [standing] = await sql<Standing[]>`
    SELECT is_admin, disabled_at IS NOT NULL AS disabled FROM credentials WHERE user_id = ${userId}
    FOR NO KEY UPDATE`;
  return standing;
}

/** Of an account that is disabled already, the moment when it was stays. */
export async function updateStanding(
  sql: Sql,
  userId: number,
  { is_admin, disabled }: Standing,
): Promise<void> {
  await sql`
    UPDATE credentials SET is_admin = ${is_admin},
      disabled_at = CASE WHEN ${disabled}::boolean THEN coalesce(disabled_at, now()) END
    WHERE user_id = ${userId}`;
}
