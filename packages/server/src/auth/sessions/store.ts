import type { Sql } from "../../db/database.ts";

/** What a new session is stored with. */
export interface NewSession {
  readonly id: string;
  readonly userId: number;
  readonly familyHash: Buffer;
  readonly refreshHash: Buffer;
  readonly rememberMe: boolean;
  readonly deviceName: string | null;
  readonly appVersion: string | null;
  readonly address: string;
  readonly city: string;
  readonly days: number;
}

/** Stores a new session, which lives `days` from now. */
export async function insertSession(sql: Sql, session: NewSession): Promise<void> {
  await sql`
    INSERT INTO auth_sessions
      (id, user_id, family_hash, refresh_hash, remember_me, device_name, app_version, ip_address, city, expires_at)
    VALUES (${session.id}, ${session.userId}, ${session.familyHash}, ${session.refreshHash}, ${session.rememberMe},
      ${session.deviceName}, ${session.appVersion}, ${session.address}, ${session.city},
      now() + make_interval(days => ${session.days}))`;
}

/** A session as its refresh sees it. */
export interface RefreshableSession {
  readonly id: string;
  readonly user_id: number;
  readonly refresh_hash: Buffer;
  readonly replaced_hash: Buffer | null;
  /** Milliseconds since the latest refresh. */
  readonly replaced_ago: number | null;
  readonly sealed_refresh_token: Buffer | null;
  readonly remember_me: boolean;
}

/** Locks the row: refreshes of one session come one after the other. */
export async function lockLiveFamily(sql: Sql, familyHash: Buffer): Promise<RefreshableSession | undefined> {
  // clock_timestamp, because now() is before the refresh that this one waited for.
  const [session] = await sql<RefreshableSession[]>`
    SELECT id, user_id, refresh_hash, replaced_hash, sealed_refresh_token, remember_me,
      (extract(epoch FROM clock_timestamp() - replaced_at) * 1000)::float8 AS replaced_ago
    FROM auth_sessions WHERE family_hash = ${familyHash} AND expires_at > clock_timestamp()
    FOR NO KEY UPDATE`;
  return session;
}

/** What a refresh changes. */
export interface Rotation {
  readonly refreshHash: Buffer;
  readonly replacedHash: Buffer;
  readonly sealed: Buffer;
  readonly days: number;
  /** As the client calls itself now; nothing leaves what is known. */
  readonly deviceName: string | null;
  readonly appVersion: string | null;
}

/** Puts the next refresh token in the current one's place; the caller holds the row's lock. */
export async function rotate(sql: Sql, sessionId: string, rotation: Rotation): Promise<void> {
  await sql`
    UPDATE auth_sessions SET refresh_hash = ${rotation.refreshHash}, replaced_hash = ${rotation.replacedHash},
      replaced_at = clock_timestamp(), sealed_refresh_token = ${rotation.sealed}, last_seen_at = clock_timestamp(),
      expires_at = clock_timestamp() + make_interval(days => ${rotation.days}),
      device_name = coalesce(${rotation.deviceName}, device_name),
      app_version = coalesce(${rotation.appVersion}, app_version)
    WHERE id = ${sessionId}`;
}

/** A live session, with how many milliseconds ago it was last seen. */
export async function liveSession(
  sql: Sql,
  sessionId: string,
): Promise<{ user_id: number; seen_ago: number } | undefined> {
  const [session] = await sql<{ user_id: number; seen_ago: number }[]>`
    SELECT user_id, (extract(epoch FROM now() - last_seen_at) * 1000)::float8 AS seen_ago
    FROM auth_sessions WHERE id = ${sessionId} AND expires_at > now()`;
  return session;
}

/** Notes, at most once a minute, that a session is in use; and from where, which is kept up to date by the day. */
export async function touch(sql: Sql, sessionId: string, addressHash: Buffer): Promise<void> {
  await sql`
    WITH seen AS (
      UPDATE auth_sessions SET last_seen_at = now()
      WHERE id = ${sessionId} AND last_seen_at <= now() - interval '1 minute' RETURNING user_id)
    INSERT INTO known_addresses AS known (user_id, address_hash) SELECT user_id, ${addressHash} FROM seen
    ON CONFLICT (user_id, address_hash) DO UPDATE SET last_success_at = now()
    WHERE known.last_success_at < now() - interval '1 day'`;
}

/** A session as its owner's list shows it. */
export interface ListedSession {
  readonly id: string;
  readonly device_name: string | null;
  readonly ip_address: string | null;
  readonly city: string;
  readonly app_version: string | null;
  readonly login_at: Date;
  readonly last_seen_at: Date;
}

/** Newest first. */
export async function listSessions(sql: Sql, userId: number): Promise<ListedSession[]> {
  return await sql<ListedSession[]>`
    SELECT id, device_name, ip_address, city, app_version, login_at, last_seen_at
    FROM auth_sessions WHERE user_id = ${userId} AND expires_at > now()
    ORDER BY login_at DESC, id LIMIT 1000`;
}

/** @returns its id in the form in which it is stored, or nothing if that user had no such session. */
export async function deleteSession(sql: Sql, userId: number, sessionId: string): Promise<string[]> {
  const deleted = await sql<{ id: string }[]>`
    DELETE FROM auth_sessions WHERE id = ${sessionId} AND user_id = ${userId} AND expires_at > now() RETURNING id`;
  return deleted.map(({ id }) => id);
}

/** @returns the ids of the sessions that are no more. */
export async function deleteSessions(sql: Sql, userId: number, except: string | null): Promise<string[]> {
  const deleted = await sql<{ id: string }[]>`
    DELETE FROM auth_sessions WHERE user_id = ${userId} AND id IS DISTINCT FROM ${except}::uuid RETURNING id`;
  return deleted.map(({ id }) => id);
}

/** @returns the ids of at most `limit` expired sessions, now deleted. */
export async function deleteExpiredSessions(sql: Sql, limit: number): Promise<string[]> {
  const deleted = await sql<{ id: string }[]>`
    DELETE FROM auth_sessions WHERE id IN (
      SELECT id FROM auth_sessions WHERE expires_at <= now() LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING id`;
  return deleted.map(({ id }) => id);
}
