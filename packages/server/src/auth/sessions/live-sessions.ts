import type { Bus } from "../../bus/bus.ts";

/** What is remembered of a session that was live a moment ago. */
export interface LiveSession {
  readonly userId: number;
  /** Milliseconds since the epoch, by this node's clock. */
  lastSeenAt: number;
  readonly trustedUntil: number;
}

/** Milliseconds. A revocation arrives over the bus; this is how long a lost one can go unnoticed. */
const TRUSTED = 5_000;
/** Milliseconds: longer than any lookup can be under way. */
const REVOKED = 60_000;
const ENTRIES = 20_000;

/** The sessions that this node has lately found alive, so that a request needs no query for them. */
export interface LiveSessions {
  get(sessionId: string): LiveSession | undefined;
  add(sessionId: string, userId: number, seenAgo: number): LiveSession;
  /** True if the session was revoked lately: whatever a lookup that began before says. */
  isRevoked(sessionId: string): boolean;
}

/** Listens for revocations until the bus closes. */
export function liveSessions(bus: Bus): LiveSessions {
  const live = new Map<string, LiveSession>();
  const revoked = new Map<string, number>();
  bus.subscribe("session.revoked", ({ sessionIds }) => {
    for (const id of sessionIds) {
      live.delete(id);
      setBounded(revoked, id, Date.now() + REVOKED);
    }
  });
  return {
    get: (id) => {
      const session = live.get(id);
      if (session && session.trustedUntil > Date.now()) return session;
      live.delete(id);
      return undefined;
    },
    add: (id, userId, seenAgo) => {
      const now = Date.now();
      const session = { userId, lastSeenAt: now - seenAgo, trustedUntil: now + TRUSTED };
      setBounded(live, id, session);
      return session;
    },
    isRevoked: (id) => (revoked.get(id) ?? 0) > Date.now(),
  };
}

/** Drops the oldest entry when full: maps keep the order of insertion. */
function setBounded<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= ENTRIES) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
