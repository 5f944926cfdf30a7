import type { Chat, Message, Role } from "@tacit/protocol";

/** A message as it was sent or edited, before the server has said anything about it. */
export interface Written {
  readonly chatId: number;
  readonly senderId: number;
  readonly text: string;
  /** User id -> that user's envelope; null: it went out in the open. */
  readonly envelopes: Readonly<Record<number, object>> | null;
  readonly replyTo: number | null;
  readonly forwardedFrom: number | null;
}

/** A chat as it was when it was made. */
export interface Made {
  readonly id: number;
  readonly kind: Chat["kind"];
  readonly title: string | null;
  readonly encrypted: boolean;
  readonly members: Readonly<Record<number, Role>>;
}

/** What people did, as they know it themselves: each text is written only once. */
export class ActionRecord {
  readonly made = new Map<number, Made>();
  readonly written = new Map<string, Written>();
  /** Texts of messages and edits that were acknowledged, with the `seq` that the `ok` named. */
  readonly acknowledged = new Map<string, { readonly chatId: number; readonly seq: number }>();
  /** Deletions that were acknowledged: `chat id/message id`. */
  readonly deleted = new Set<string>();
  /** `chat id/user id/read or delivered` -> the furthest that was answered. */
  readonly pointers = new Map<string, number>();
  readonly titles = new Set<string>();
  /** Messages that people know to be there, perhaps deleted by now. */
  readonly messages: Pick<Message, "id" | "chat_id" | "sender_id">[] = [];
  accepted = 0;
  /** How often each code was the answer. */
  readonly refusals = new Map<string, number>();
  #texts = 0;

  /** A text that nobody wrote before. */
  newText(what: string): string {
    this.#texts += 1;
    return `${what} ${this.#texts}`;
  }

  refused(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  movedPointer(chatId: number, userId: number, pointer: "read" | "delivered", position: number | null): void {
    const key = `${chatId}/${userId}/${pointer}`;
    this.pointers.set(key, Math.max(this.pointers.get(key) ?? 0, position ?? 0));
  }

  pointer(chatId: number, userId: number, pointer: "read" | "delivered"): number {
    return this.pointers.get(`${chatId}/${userId}/${pointer}`) ?? 0;
  }
}
