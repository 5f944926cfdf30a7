import { LIMITS, type Session } from "@tacit/protocol";
import type { Bus } from "../../bus/bus.ts";
import type { Database, Sql } from "../../db/database.ts";
import { TacitError } from "../../errors.ts";
import type { Client } from "../../http/client.ts";
import type { Caller } from "../../http/endpoint.ts";
import type { AccessClaims, AccessTokens } from "./access-token.ts";
import type { CityFinder } from "./city.ts";
import { openSealed, type RefreshToken, type RefreshTokens, sealUnder } from "./refresh-token.ts";
import * as store from "./store.ts";

/** What a client holds of its session. */
export interface Tokens {
  readonly token: string;
  readonly refresh_token: string;
  readonly session_id: string;
  /** Seconds. */
  readonly expires_in: number;
}

/** What sessions need from the rest of the server. */
export interface SessionsDependencies {
  readonly database: Database;
  readonly bus: Bus;
  readonly access: AccessTokens;
  readonly refreshing: RefreshTokens;
  readonly cityOf: CityFinder;
  /** The names that go into an access token. */
  readonly namesOf: (
    sql: Sql,
    userId: number,
  ) => Promise<Pick<AccessClaims, "login" | "username" | "nickname">>;
}

/** Opens, refreshes, lists and revokes sessions. */
export function createSessions({ database, bus, access, refreshing, cityOf, namesOf }: SessionsDependencies) {
  async function tokens(sql: Sql, userId: number, sessionId: string, refreshToken: string): Promise<Tokens> {
    const token = access.issue({ userId, sessionId, ...(await namesOf(sql, userId)) });
    return {
      token,
      refresh_token: refreshToken,
      session_id: sessionId,
      expires_in: LIMITS.accessTokenSeconds,
    };
  }

  async function open(sql: Sql, userId: number, client: Client, rememberMe: boolean): Promise<Tokens> {
    const id = crypto.randomUUID();
    const { familyHash, hash, text } = refreshing.first();
    const { deviceName, appVersion, address } = client;
    const days = sessionDays(rememberMe);
    const stored = {
      id,
      userId,
      familyHash,
      refreshHash: hash,
      rememberMe,
      deviceName,
      appVersion,
      address,
      days,
    };
    await store.insertSession(sql, { ...stored, city: cityOf(client) });
    return await tokens(sql, userId, id, text);
  }

  /** @throws {TacitError} `invalid_refresh_token`; if it was a replaced one, the session is over then. */
  async function refresh(refreshToken: string, client: Client): Promise<Tokens> {
    const presented = refreshing.read(refreshToken);
    if (!presented) throw new TacitError("invalid_refresh_token");
    const outcome = await database.transaction((sql) => refreshLocked(sql, presented, client));
    if (outcome && "token" in outcome) return outcome;
    if (outcome) announceRevoked([outcome.revoked]);
    throw new TacitError("invalid_refresh_token");
  }

  async function refreshLocked(sql: Sql, presented: RefreshToken, client: Client) {
    const session = await store.lockLiveFamily(sql, presented.familyHash);
    if (!session) return undefined;
    const refreshed = (await rotate(sql, session, presented, client)) ?? repeatedAnswer(session, presented);
    if (refreshed !== undefined) return await tokens(sql, session.user_id, session.id, refreshed);
    await store.deleteSession(sql, session.user_id, session.id);
    return { revoked: session.id };
  }

  async function rotate(
    sql: Sql,
    session: store.RefreshableSession,
    presented: RefreshToken,
    client: Client,
  ) {
    if (!presented.hash.equals(session.refresh_hash)) return undefined;
    const next = refreshing.next(presented);
    await store.rotate(sql, session.id, {
      refreshHash: next.hash,
      replacedHash: presented.hash,
      sealed: sealUnder(presented, next),
      days: sessionDays(session.remember_me),
      deviceName: client.deviceName,
      appVersion: client.appVersion,
    });
    return next.text;
  }

  function announceRevoked(sessionIds: readonly string[]): void {
    if (sessionIds.length > 0) bus.publish("session.revoked", { sessionIds });
  }

  async function revoke({ userId }: Caller, sessionId: string): Promise<boolean> {
    const revoked = await database.run((sql) => store.deleteSession(sql, userId, sessionId));
    announceRevoked(revoked);
    return revoked.length > 0;
  }

  return {
    /** Opens a session; the transaction must hold the right to it. */
    open,
    refresh,
    announceRevoked,
    /** @returns whether the caller had that session. */
    revoke,
    list: async (caller: Caller): Promise<Session[]> => {
      const sessions = await database.run((sql) => store.listSessions(sql, caller.userId));
      return sessions.map((session) => listed(session, caller));
    },
    revokeOthers: async ({ userId, sessionId }: Caller): Promise<void> =>
      announceRevoked(await database.run((sql) => store.deleteSessions(sql, userId, sessionId))),
    /** Ends sessions within a transaction; the ids are for {@link announceRevoked} after its commit. */
    revokeAll: (sql: Sql, userId: number, { except }: { readonly except?: string } = {}): Promise<string[]> =>
      store.deleteSessions(sql, userId, except ?? null),
  };
}

/** See {@link createSessions}. */
export type Sessions = ReturnType<typeof createSessions>;

function sessionDays(rememberMe: boolean): number {
  return rememberMe ? LIMITS.rememberedSessionDays : LIMITS.sessionDays;
}

/** A lost answer or a second tab: the token that the latest refresh replaced gets that refresh's answer once more. */
function repeatedAnswer(session: store.RefreshableSession, presented: RefreshToken): string | undefined {
  const { replaced_hash, replaced_ago, sealed_refresh_token } = session;
  if (!replaced_hash || !sealed_refresh_token || replaced_ago === null) return undefined;
  if (replaced_ago > LIMITS.refreshReuse || !presented.hash.equals(replaced_hash)) return undefined;
  return openSealed(presented, sealed_refresh_token);
}

function listed(session: store.ListedSession, { sessionId }: Caller): Session {
  const { id, device_name, ip_address, city, app_version, login_at, last_seen_at } = session;
  return {
    id,
    device_name,
    ip_address,
    city,
    app_version,
    login_at: login_at.toISOString(),
    last_seen_at: last_seen_at.toISOString(),
    is_current: id === sessionId,
  };
}
