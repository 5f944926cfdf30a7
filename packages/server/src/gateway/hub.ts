import { CLOSE_CODES } from "@tacit/protocol";
import type { Connection } from "./connection.ts";

/** Milliseconds between pings: a dead peer misses one and is found by the next, within a minute. */
const PING_INTERVAL = 25_000;

/** Who is connected to this node. */
export interface Hub {
  add(connection: Connection): void;
  connectionsOf(userId: number): Iterable<Connection>;
  isOnline(userId: number): boolean;
  /** Closes the sockets of these sessions with 4401. */
  endSessions(sessionIds: readonly string[]): void;
  /** Closes the sockets of these users, or of all, with 1012: they missed something and have to catch up. */
  restart(userIds: readonly number[] | null): void;
  readonly size: number;
  /** Closes every socket with 1012 and waits until their last frames are handled. */
  close(): Promise<void>;
}

/** @param onPresence called with the first socket of a user and when the last one is gone. */
export function createHub(onPresence: (userId: number) => void): Hub {
  const all = new Set<Connection>();
  const byUser = new Map<number, Set<Connection>>();
  const bySession = new Map<string, Set<Connection>>();
  let isClosing = false;
  const pinging = setInterval(() => {
    for (const connection of all) connection.ping();
  }, PING_INTERVAL);
  pinging.unref();

  function remove(connection: Connection): void {
    all.delete(connection);
    removeFrom(bySession, connection.sessionId, connection);
    if (removeFrom(byUser, connection.userId, connection)) onPresence(connection.userId);
  }

  return {
    add: (connection) => {
      all.add(connection);
      addTo(bySession, connection.sessionId, connection);
      if (addTo(byUser, connection.userId, connection)) onPresence(connection.userId);
      void connection.closed.then(() => remove(connection));
      // Its handshake was under way when the others were closed.
      if (isClosing) connection.close(CLOSE_CODES.restart, "restart");
    },
    connectionsOf: (userId) => byUser.get(userId) ?? [],
    isOnline: (userId) => byUser.has(userId),
    endSessions: (sessionIds) => {
      for (const connection of sessionIds.flatMap((id) => [...(bySession.get(id) ?? [])])) {
        connection.close(CLOSE_CODES.session_ended, "session ended");
      }
    },
    restart: (userIds) => {
      const concerned = userIds ? userIds.flatMap((id) => [...(byUser.get(id) ?? [])]) : [...all];
      for (const connection of concerned) connection.close(CLOSE_CODES.restart, "catch up");
    },
    get size() {
      return all.size;
    },
    close: async () => {
      isClosing = true;
      clearInterval(pinging);
      for (const connection of all) connection.close(CLOSE_CODES.restart, "restart");
      await Promise.all([...all].map(({ closed }) => closed));
    },
  };
}

/** @returns true if this is the first of its key. */
function addTo<K>(index: Map<K, Set<Connection>>, key: K, connection: Connection): boolean {
  const existing = index.get(key);
  if (existing) existing.add(connection);
  else index.set(key, new Set([connection]));
  return !existing;
}

/** @returns true if it was the last of its key. */
function removeFrom<K>(index: Map<K, Set<Connection>>, key: K, connection: Connection): boolean {
  const existing = index.get(key);
  existing?.delete(connection);
  if (!existing || existing.size > 0) return false;
  return index.delete(key);
}
