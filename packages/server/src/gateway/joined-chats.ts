import { LIMITS } from "@tacit/protocol";
import type { Connection } from "./connection.ts";

/** What somebody is to a chat. */
export interface Standing {
  /** The other side, in a private chat. */
  readonly peerId: number | null;
  /** One side has blocked the other, so neither is told that the other is there. */
  readonly isSilenced: boolean;
}

/** One socket in one chat. */
export interface Join {
  readonly chatId: number;
  readonly connection: Connection;
  /** undefined while it is not known whether the user is a member. */
  standing: Standing | undefined;
  /** Counts the look-ups of the standing, so that a late answer cannot undo a newer one. */
  round: number;
  /** Whether the others were last told that this socket's user types, and when, on the monotonic clock in ms. */
  told: boolean;
  toldAt: number;
  /** Whether the user types, as last heard. */
  latest: boolean;
  timer: NodeJS.Timeout | null;
}

/** Which sockets of this node have joined which chats. */
export class JoinedChats {
  readonly #byConnection = new Map<Connection, Map<number, Join>>();
  readonly #byChat = new Map<number, Set<Join>>();
  readonly #onLeave: (join: Join) => void;

  /** @param onLeave called when a socket has left by itself: by closing, or by joining too many others. */
  constructor(onLeave: (join: Join) => void) {
    this.#onLeave = onLeave;
  }

  /** Repeatable: a chat that was joined before stays as it is. */
  add(connection: Connection, chatId: number): Join {
    const own = this.#of(connection);
    const existing = own.get(chatId);
    if (existing) return existing;
    const join = { chatId, connection, ...NEW };
    own.set(chatId, join);
    this.#byChat.set(chatId, (this.#byChat.get(chatId) ?? new Set()).add(join));
    const [first] = own.values();
    if (own.size > LIMITS.joinedChats && first) this.#leave(first);
    return join;
  }

  remove(join: Join): void {
    clearTimeout(join.timer ?? undefined);
    this.#byConnection.get(join.connection)?.delete(join.chatId);
    const others = this.#byChat.get(join.chatId);
    others?.delete(join);
    if (others?.size === 0) this.#byChat.delete(join.chatId);
  }

  find(connection: Connection, chatId: number): Join | undefined {
    return this.#byConnection.get(connection)?.get(chatId);
  }

  in(chatId: number): Iterable<Join> {
    return this.#byChat.get(chatId) ?? [];
  }

  by(connection: Connection): Iterable<Join> {
    return this.#byConnection.get(connection)?.values() ?? [];
  }

  #of(connection: Connection): Map<number, Join> {
    const known = this.#byConnection.get(connection);
    if (known) return known;
    const own = new Map<number, Join>();
    this.#byConnection.set(connection, own);
    void connection.closed.then(() => {
      for (const join of [...own.values()]) this.#leave(join);
      this.#byConnection.delete(connection);
    });
    return own;
  }

  #leave(join: Join): void {
    this.remove(join);
    this.#onLeave(join);
  }
}

const NEW = {
  standing: undefined,
  round: 0,
  told: false,
  toldAt: Number.NEGATIVE_INFINITY,
  latest: false,
  timer: null,
};
