import type { BaseLogger } from "pino";
import type { Bus } from "../../bus/bus.ts";
import type { Database } from "../../db/database.ts";
import { TacitError } from "../../errors.ts";
import type { Client } from "../../http/client.ts";
import type { Caller } from "../../http/endpoint.ts";
import type { KeyedHash } from "../keyed-hash.ts";
import { addressHash } from "../throttling/throttling.ts";
import type { AccessTokens } from "./access-token.ts";
import { type LiveSession, liveSessions } from "./live-sessions.ts";
import { liveSession, touch } from "./store.ts";

/** Milliseconds between two updates of `last_seen_at`. */
const SEEN_INTERVAL = 60_000;

/** What finding the caller of a request needs. */
export interface AuthenticationDependencies {
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Pick<BaseLogger, "warn">;
  readonly access: AccessTokens;
  readonly hashOf: KeyedHash;
}

/** Finds whose live session an `Authorization` header (RFC 6750) names. */
export function createAuthentication({ database, bus, log, access, hashOf }: AuthenticationDependencies) {
  const live = liveSessions(bus);

  async function find(sessionId: string): Promise<LiveSession> {
    const known = live.get(sessionId);
    if (known) return known;
    const found = await database.run((sql) => liveSession(sql, sessionId));
    // A revocation may have overtaken the lookup.
    if (!found || live.isRevoked(sessionId)) throw new TacitError("unauthorized");
    return live.add(sessionId, found.user_id, found.seen_ago);
  }

  /** Not awaited: that a session was seen is worth no one's waiting. */
  function noteUse(sessionId: string, session: LiveSession, client: Client): void {
    if (Date.now() - session.lastSeenAt < SEEN_INTERVAL) return;
    session.lastSeenAt = Date.now();
    const address = addressHash(hashOf, client.address);
    database
      .run((sql) => touch(sql, sessionId, address))
      .catch((error: unknown) => log.warn({ err: error }, "could not note that a session was used"));
  }

  return {
    /** @throws {TacitError} `unauthorized`. */
    authenticate: async (authorization: string | undefined, client: Client): Promise<Caller> => {
      const [, token] = /^Bearer +([\w.-]+)$/i.exec(authorization ?? "") ?? [];
      const claims = token && access.read(token);
      if (!claims) throw new TacitError("unauthorized");
      const session = await find(claims.sessionId);
      if (session.userId !== claims.userId) throw new TacitError("unauthorized");
      noteUse(claims.sessionId, session, client);
      return claims;
    },
  };
}
