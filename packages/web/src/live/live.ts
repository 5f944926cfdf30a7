import type { Change, Tacit } from "@tacit/client";

const KINDS = [
  "chats",
  "messages",
  "outbox",
  "members",
  "drafts",
  "profiles",
  "trust",
  "notices",
  "typing",
  "presence",
  "connection",
  "sync",
  "transfer",
  "session",
] as const satisfies readonly Change["kind"][];

/** A kind of change, or one of a single chat: `members:17`. */
export type Topic =
  | (typeof KINDS)[number]
  | `${"messages" | "outbox" | "members" | "drafts" | "notices" | "typing"}:${number}`;

/** Counts the changes of an account by topic, so that a screen can tell whether what it shows is still true. */
export class Live {
  readonly #counts = new Map<Topic, number>();
  readonly #listeners = new Set<() => void>();

  constructor(tacit: Tacit) {
    tacit.on(KINDS, (change) => {
      this.#count(change.kind);
      if ("chatId" in change) this.#count(`${change.kind}:${change.chatId}` as Topic);
      for (const listener of this.#listeners) listener();
    });
  }

  /** Hears every change. @returns ends it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Grows with every change of these topics. */
  version(topics: readonly Topic[]): number {
    return topics.reduce((sum, topic) => sum + (this.#counts.get(topic) ?? 0), 0);
  }

  #count(topic: Topic): void {
    this.#counts.set(topic, (this.#counts.get(topic) ?? 0) + 1);
  }
}
