import type { Logger } from "pino";
import type { Connection } from "./connection.ts";
import type { FrameHandlers } from "./dispatch.ts";

/** What presence needs from the rest of the server. */
export interface PresenceDependencies {
  readonly log: Logger;
  readonly isOnline: (userId: number) => boolean;
  /** Of these users, those whom `userId` may see: they share a chat and have not blocked that user. */
  readonly visibleTo: (userId: number, others: readonly number[]) => Promise<ReadonlySet<number>>;
  /** Of these users, those who may see `userId`. */
  readonly observersOf: (userId: number, others: readonly number[]) => Promise<ReadonlySet<number>>;
}

/** Who follows whose presence on this node. */
export interface Presence {
  readonly handlers: FrameHandlers;
  /** Tells those who follow this user and may see them how things are now. */
  changed(userId: number): void;
  /** Tells `observerId`, if they follow `userId`, how that user is to be seen now: after a block or its end. */
  refresh(userId: number, observerId: number): void;
}

/** Builds presence: `init` names whom a socket follows, and each newer `init` replaces the earlier one. */
export function createPresence(dependencies: PresenceDependencies): Presence {
  const followed = new Map<Connection, ReadonlySet<number>>();
  const followers = new Map<number, Set<Connection>>();
  const announcing = new Map<number, { again: boolean }>();

  function unfollow(connection: Connection): void {
    for (const userId of followed.get(connection) ?? []) {
      const connections = followers.get(userId);
      connections?.delete(connection);
      if (connections?.size === 0) followers.delete(userId);
    }
    followed.delete(connection);
  }

  function follow(connection: Connection, contacts: ReadonlySet<number>): void {
    if (!followed.has(connection)) void connection.closed.then(() => unfollow(connection));
    unfollow(connection);
    followed.set(connection, contacts);
    for (const userId of contacts) {
      const connections = followers.get(userId);
      if (connections) connections.add(connection);
      else followers.set(userId, new Set([connection]));
    }
  }

  /** What is sent is read at the moment of sending, so that two changes in a row cannot end in the wrong order. */
  async function announce(userId: number): Promise<void> {
    const connections = [...(followers.get(userId) ?? [])];
    const observers = await dependencies.observersOf(userId, [
      ...new Set(connections.map((connection) => connection.userId)),
    ]);
    const frame = presenceFrame(userId, dependencies.isOnline(userId));
    for (const connection of connections) if (observers.has(connection.userId)) connection.send(frame);
  }

  async function announceUntilCurrent(userId: number, state: { again: boolean }): Promise<void> {
    do {
      state.again = false;
      await announce(userId);
    } while (state.again);
  }

  async function refresh(userId: number, observerId: number): Promise<void> {
    const connections = [...(followers.get(userId) ?? [])].filter(
      (connection) => connection.userId === observerId,
    );
    if (connections.length === 0) return;
    const visible = await dependencies.visibleTo(observerId, [userId]);
    const frame = presenceFrame(userId, visible.has(userId) && dependencies.isOnline(userId));
    for (const connection of connections) connection.send(frame);
  }

  const warn = (error: unknown) => dependencies.log.warn({ err: error }, "a presence could not be announced");

  return {
    handlers: {
      init: async ({ contacts }, connection) => {
        follow(connection, new Set(contacts));
        const visible = await dependencies.visibleTo(connection.userId, contacts);
        const online = (userId: number) => visible.has(userId) && dependencies.isOnline(userId);
        return { before: contacts.map((userId) => presenceFrame(userId, online(userId))), ok: {} };
      },
    },
    changed: (userId) => {
      if (!followers.has(userId)) return;
      const underWay = announcing.get(userId);
      if (underWay) {
        underWay.again = true;
        return;
      }
      const state = { again: false };
      announcing.set(userId, state);
      announceUntilCurrent(userId, state)
        .catch(warn)
        .finally(() => announcing.delete(userId));
    },
    refresh: (userId, observerId) => {
      refresh(userId, observerId).catch(warn);
    },
  };
}

function presenceFrame(userId: number, online: boolean) {
  return { type: "presence", user_id: userId, status: online ? "online" : "offline" };
}
