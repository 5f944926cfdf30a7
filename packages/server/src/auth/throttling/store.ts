import type { Sql } from "../../db/database.ts";

/** Free attempts, and how long the one that uses them up blocks; each further one doubles it. */
export interface BackoffRule {
  readonly free: number;
  readonly seconds: number;
  readonly maxSeconds: number;
  /** After so long without an attempt, all are forgotten. */
  readonly quietSeconds: number;
}

/**
 * Counts an attempt as it begins, in one statement, so that of any number of parallel ones no more get through than
 * may. The block begins with the attempt that uses up the last free one: whoever comes before its outcome waits too.
 *
 * @returns false, with nothing counted, while blocked.
 */
export async function countAttempt(sql: Sql, key: Buffer, rule: BackoffRule): Promise<boolean> {
  const { free, seconds, maxSeconds, quietSeconds } = rule;
  const counted = await sql`
    INSERT INTO throttles AS t (key, attempts, blocked_until, window_ends_at)
    VALUES (${key}, 1, CASE WHEN ${free}::int <= 1 THEN clock_timestamp() + make_interval(secs => ${seconds}) END,
      clock_timestamp() + make_interval(secs => ${quietSeconds}))
    ON CONFLICT (key) DO UPDATE SET
      attempts = CASE WHEN t.window_ends_at > clock_timestamp() THEN t.attempts + 1 ELSE 1 END,
      blocked_until = CASE WHEN t.window_ends_at > clock_timestamp() AND t.attempts + 1 >= ${free}
        THEN clock_timestamp() + make_interval(
          secs => least(${seconds} * power(2, least(t.attempts + 1 - ${free}, 30)), ${maxSeconds})) END,
      window_ends_at = excluded.window_ends_at
    WHERE t.blocked_until IS NULL OR t.blocked_until <= clock_timestamp()
    RETURNING key`;
  return counted.count > 0;
}

/** Takes one attempt back, and the block that it began. */
export async function uncount(sql: Sql, key: Buffer): Promise<void> {
  await sql`UPDATE throttles SET attempts = greatest(attempts - 1, 0), blocked_until = NULL WHERE key = ${key}`;
}

/** Forgets all attempts. */
export async function forgetAttempts(sql: Sql, key: Buffer): Promise<void> {
  await sql`DELETE FROM throttles WHERE key = ${key}`;
}

/** At most `limit` in each window of `seconds` that begins with the first. */
export interface WindowRule {
  readonly limit: number;
  readonly seconds: number;
}

/** @returns false, with nothing counted, when the window is full. */
export async function countInWindow(sql: Sql, key: Buffer, { limit, seconds }: WindowRule): Promise<boolean> {
  const counted = await sql`
    INSERT INTO throttles AS t (key, attempts, window_ends_at)
    SELECT ${key}, 1, clock_timestamp() + make_interval(secs => ${seconds}) WHERE ${limit}::int > 0
    ON CONFLICT (key) DO UPDATE SET
      attempts = CASE WHEN t.window_ends_at > clock_timestamp() THEN t.attempts + 1 ELSE 1 END,
      window_ends_at = CASE WHEN t.window_ends_at > clock_timestamp() THEN t.window_ends_at
        ELSE excluded.window_ends_at END
    WHERE t.window_ends_at <= clock_timestamp() OR t.attempts < ${limit}::int
    RETURNING key`;
  return counted.count > 0;
}

/** Seconds until {@link countAttempt} or {@link countInWindow} may count again, at least 1. */
export async function secondsToWait(sql: Sql, key: Buffer): Promise<number> {
  const [row] = await sql<{ seconds: number }[]>`
    SELECT ceil(extract(epoch FROM coalesce(blocked_until, window_ends_at) - clock_timestamp()))::int AS seconds
    FROM throttles WHERE key = ${key}`;
  return Math.max(row?.seconds ?? 1, 1);
}

/** True if the account was used with success from that address within the last 30 days. */
export async function isKnownAddress(sql: Sql, loginKey: string, addressHash: Buffer): Promise<boolean> {
  const [row] = await sql`
    SELECT FROM known_addresses JOIN credentials USING (user_id)
    WHERE login_key = ${loginKey} AND address_hash = ${addressHash} AND last_success_at > now() - interval '30 days'`;
  return row !== undefined;
}

/** Notes that an account was used with success from an address. */
export async function rememberAddress(sql: Sql, loginKey: string, addressHash: Buffer): Promise<void> {
  await sql`
    INSERT INTO known_addresses (user_id, address_hash)
    SELECT user_id, ${addressHash} FROM credentials WHERE login_key = ${loginKey} FOR KEY SHARE
    ON CONFLICT (user_id, address_hash) DO UPDATE SET last_success_at = now()`;
}

/** @returns how many entries, at most `limit`, were past their time and are gone now. */
export async function deleteOldEntries(sql: Sql, limit: number): Promise<number> {
  const throttles = await sql`
    DELETE FROM throttles WHERE key IN (
      SELECT key FROM throttles WHERE window_ends_at <= now() LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
  const addresses = await sql`
    DELETE FROM known_addresses WHERE (user_id, address_hash) IN (
      SELECT user_id, address_hash FROM known_addresses
      WHERE last_success_at <= now() - interval '30 days' LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
  return Math.max(throttles.count, addresses.count);
}
