/** Everything that nodes tell each other. Hints only: whoever misses one finds the truth in PostgreSQL. */
export interface BusEvents {
  /** These sessions are over: forget them and close their sockets. */
  "session.revoked": { readonly sessionIds: readonly string[] };
  /** A change that took a `seq` in a chat, for all sockets of all members. */
  "chat.event": ChatEvent;
  /** Someone began or ended to type in a chat, for the sockets that joined it. */
  "chat.typing": { readonly chatId: number; readonly userId: number; readonly isTyping: boolean };
  /** `ownerId` has blocked `otherId`, or no longer does. */
  "block.changed": { readonly ownerId: number; readonly otherId: number };
  /** A frame for every socket of these users, outside any chat's order. */
  "user.event": { readonly userIds: readonly number[]; readonly frame: object };
}

/** What a node needs to deliver one change of a chat. */
export interface ChatEvent {
  readonly chatId: number;
  readonly seq: number;
  /** Rises whenever somebody joins, leaves or returns: an older audience must not be used. */
  readonly audienceVersion: number;
  /** The server event without recipients' secrets. */
  readonly frame: object;
  /** Envelopes by user id: each recipient is sent only their own, in `message.envelopes`. */
  readonly envelopes?: Readonly<Record<string, object>> | null;
  /** Members for whom the message is not, as it is from before they came: they get this frame, under the same `seq`. */
  readonly instead?: { readonly userIds: readonly number[]; readonly frame: object };
  /** Who is told although no longer a member: someone who was removed. */
  readonly also?: readonly number[];
}

export type BusTopic = keyof BusEvents;

/** Publish and subscribe between the nodes of one instance, the own node included. */
export interface Bus {
  /** Never throws, never waits: a hint that is lost costs latency, not a message. */
  publish<T extends BusTopic>(topic: T, event: BusEvents[T]): void;
  /** @returns a function that ends the subscription. */
  subscribe<T extends BusTopic>(topic: T, handler: (event: BusEvents[T]) => void): () => void;
  close(): Promise<void>;
}
