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

  /** Not a timer: those of a hidden page may wait for a minute. */
  readonly #bell = new MessageChannel();
  #isRung = false;

  constructor(tacit: Pick<Tacit, "on">) {
    this.#bell.port1.onmessage = () => {
      this.#isRung = false;
      for (const listener of this.#listeners) listener();
    };
    tacit.on(KINDS, (change) => {
      this.#count(change.kind);
      if ("chatId" in change) this.#count(`${change.kind}:${change.chatId}` as Topic);
      this.#ring();
    });
  }

  /** Hears that something has changed, once for all that comes together. @returns ends it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Grows with every change of these topics. */
  version(topics: readonly Topic[]): number {
    return topics.reduce((sum, topic) => sum + (this.#counts.get(topic) ?? 0), 0);
  }

  /** Hundreds of changes in a row, such as who is online, would each draw the screen, and React gives up at fifty. */
  #ring(): void {
    if (this.#isRung) return;
    this.#isRung = true;
    this.#bell.port2.postMessage(undefined);
  }

  #count(topic: Topic): void {
    this.#counts.set(topic, (this.#counts.get(topic) ?? 0) + 1);
  }
}
