import type { ConnectionState } from "../transport/transport.ts";

/** What has changed on this device, for whoever shows it: each can be structured-cloned to other tabs. */
export type Change =
  /** Chats that came, went or changed. */
  | { readonly kind: "chats"; readonly chatIds: readonly number[] }
  /** Messages that came, went or changed. */
  | { readonly kind: "messages"; readonly chatId: number; readonly messageIds: readonly number[] }
  /** New messages of others that arrived live or were caught up, never history: what a person is notified of. */
  | { readonly kind: "arrived"; readonly chatId: number; readonly messageIds: readonly number[] }
  /** What waits to be sent in a chat; `messageIds` are those that are out already, and are being edited or deleted. */
  | { readonly kind: "outbox"; readonly chatId: number; readonly messageIds: readonly number[] }
  | { readonly kind: "members"; readonly chatId: number }
  /** What somebody has begun to write in a chat, also in another tab. */
  | { readonly kind: "drafts"; readonly chatId: number }
  | { readonly kind: "profiles"; readonly userIds: readonly number[] }
  /** Pins, verified contacts, identities that changed. */
  | { readonly kind: "trust"; readonly userIds: readonly number[] }
  | { readonly kind: "notices"; readonly chatId: number }
  | { readonly kind: "typing"; readonly chatId: number; readonly userId: number; readonly isTyping: boolean }
  | { readonly kind: "presence"; readonly userId: number; readonly online: boolean }
  | { readonly kind: "connection"; readonly state: ConnectionState }
  /** Whether everything missed has been caught up. */
  | { readonly kind: "sync"; readonly state: "catching_up" | "up_to_date" }
  /** Octets of a message's files that are uploaded. */
  | { readonly kind: "transfer"; readonly outboxId: string; readonly done: number; readonly total: number }
  /** `signed_out`: the server has ended the session; all data stays. `wiped`: everything of the account is being removed here. */
  | { readonly kind: "session"; readonly state: "signed_out" | "wiped" };

/** Tells changes to whoever listens. A listener that throws does not keep the others from hearing. */
export class ChangeFeed {
  readonly #listeners = new Set<(change: Change) => void>();

  /** @returns ends it */
  listen(listener: (change: Change) => void): () => void {
    const entry = (change: Change) => listener(change);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  tell(change: Change): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        // As an event target does it: the program hears of it, the others hear the change.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
