import type { Me, User } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";

/** A username or nickname as shown, and folded for comparison. */
export interface FoldedName {
  readonly shown: string;
  readonly key: string;
}

/** Adds a profile. Fails on `users_username_key_unique` if the folded username is taken. */
export async function insertUser(sql: Sql, username: FoldedName, nickname: FoldedName): Promise<User> {
  const [user] = await sql<User[]>`
    INSERT INTO users (username, username_key, nickname, nickname_key)
    VALUES (${username.shown}, ${username.key}, ${nickname.shown}, ${nickname.key})
    RETURNING id, username, nickname, avatar`;
  if (!user) throw new Error("an inserted user was not returned");
  return user;
}

/** Profiles of these users, deleted ones included, in no particular order. */
export async function findProfiles(sql: Sql, userIds: readonly number[]): Promise<User[]> {
  return await sql<User[]>`SELECT id, username, nickname, avatar FROM users WHERE id = ANY(${[...userIds]})`;
}

/** My own profile, with what only I may see of it; nothing once the account is deleted. */
export async function findMe(sql: Sql, userId: number): Promise<Me | undefined> {
  const [row] = await sql<(Omit<Me, "created_at"> & { created_at: Date })[]>`
    SELECT u.id, c.login, u.username, u.nickname, u.avatar, k.key_version, u.created_at, c.is_admin
    FROM users u JOIN credentials c ON c.user_id = u.id JOIN user_keys k ON k.user_id = u.id
    WHERE u.id = ${userId} AND u.deleted_at IS NULL`;
  return row && { ...row, created_at: row.created_at.toISOString() };
}

/** Fails on `users_username_key_unique` if the folded username is taken. @returns whether there is such an account. */
export async function updateUsername(sql: Sql, userId: number, username: FoldedName): Promise<boolean> {
  const { count } = await sql`
    UPDATE users SET username = ${username.shown}, username_key = ${username.key}, updated_at = now()
    WHERE id = ${userId} AND deleted_at IS NULL`;
  return count === 1;
}

/** @returns whether there is such an account. */
export async function updateNickname(sql: Sql, userId: number, nickname: FoldedName): Promise<boolean> {
  const { count } = await sql`
    UPDATE users SET nickname = ${nickname.shown}, nickname_key = ${nickname.key}, updated_at = now()
    WHERE id = ${userId} AND deleted_at IS NULL`;
  return count === 1;
}

/** Locks a profile. @returns its picture's path, or nothing at all if there is no such account. */
export async function lockAvatar(
  sql: Sql,
  userId: number,
): Promise<{ readonly avatar: string | null } | undefined> {
  const [user] = await sql<{ avatar: string | null }[]>`
    SELECT avatar FROM users WHERE id = ${userId} AND deleted_at IS NULL FOR NO KEY UPDATE`;
  return user;
}

/** Sets the picture of a profile that is locked. */
export async function updateAvatar(sql: Sql, userId: number, avatar: string | null): Promise<void> {
  await sql`UPDATE users SET avatar = ${avatar}, updated_at = now() WHERE id = ${userId}`;
}

/**
 * People whose folded username or nickname contains `text`, or whose id is `id`: that one first, then exact usernames,
 * then those that begin with it. `strpos` knows no wildcards, so nothing has to be escaped. Reads every row: 0.1 s for
 * 100,000 people.
 */
export async function searchProfiles(
  sql: Sql,
  search: {
    readonly text: string;
    readonly id: number | null;
    readonly except: number;
    readonly limit: number;
  },
): Promise<User[]> {
  const { text, name, nick } = comparison(sql, search.text);
  return await sql<User[]>`
    SELECT id, username, nickname, avatar FROM users
    WHERE deleted_at IS NULL AND id <> ${search.except}
      AND (id = ${search.id}::bigint OR strpos(${name}, ${text}) > 0 OR strpos(${nick}, ${text}) > 0)
    ORDER BY id IS NOT DISTINCT FROM ${search.id}::bigint DESC, ${name} = ${text} DESC, starts_with(${name}, ${text}) DESC, id
    LIMIT ${search.limit}`;
}

/**
 * A small sigma is written differently at the end of a word, and the end of what was typed may be in the middle of
 * one. Only for such texts, because `translate` takes ten times as long as the search itself.
 */
function comparison(sql: Sql, text: string) {
  if (!/[σς]/.test(text)) return { text, name: sql`username_key`, nick: sql`nickname_key` };
  return {
    text: text.replaceAll("ς", "σ"),
    name: sql`translate(username_key, 'ς', 'σ')`,
    nick: sql`translate(nickname_key, 'ς', 'σ')`,
  };
}

/** Those of the users that exist and are not deleted. None of them can be deleted before the transaction ends. */
export async function lockExisting(sql: Sql, userIds: readonly number[]): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    SELECT id FROM users WHERE id = ANY(${[...userIds]}) AND deleted_at IS NULL ORDER BY id FOR SHARE`;
  return rows.map(({ id }) => id);
}

/** Turns the profile into a tombstone under `name` and forgets who blocked whom. @returns it, or nothing if it was one. */
export async function eraseUser(sql: Sql, userId: number, name: string): Promise<User | undefined> {
  const [tombstone] = await sql<User[]>`
    UPDATE users SET username = ${name}, username_key = NULL, nickname = ${name}, nickname_key = '', avatar = NULL,
      updated_at = now(), deleted_at = now()
    WHERE id = ${userId} AND deleted_at IS NULL
    RETURNING id, username, nickname, avatar`;
  if (tombstone) await sql`DELETE FROM blocks WHERE user_id = ${userId} OR blocked_id = ${userId}`;
  return tombstone;
}
