import { LIMITS, type ServerEvent } from "@tacit/protocol";
import type { SyncDependencies } from "./dependencies.ts";

const GATHER_CONTACTS = 1_000;
const TYPING = 6_000;

/** What it needs. */
export type PresenceDependencies = Pick<
  SyncDependencies,
  "connection" | "store" | "changes" | "userId" | "delays"
>;

/** Who is there and who types, which is nowhere kept. */
export class Presence {
  readonly #dependencies: PresenceDependencies;
  /** Chats that somebody looks at, by how many do. */
  readonly #followed = new Map<number, number>();
  /** Chats that the socket of now has joined. */
  readonly #joined = new Set<number>();
  readonly #typing = new Map<string, ReturnType<typeof setTimeout>>();
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(dependencies: PresenceDependencies) {
    this.#dependencies = dependencies;
  }

  /** A new socket knows nothing: it names contacts and joins chats again. */
  async opened(): Promise<void> {
    this.#joined.clear();
    for (const chatId of this.#followed.keys()) this.#join(chatId);
    await this.#nameContacts();
  }

  /** There are people who were not known before. */
  newPeople(): void {
    if (this.#isClosed) return;
    const delay = this.#dependencies.delays?.contacts ?? GATHER_CONTACTS;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#nameContacts().catch(() => {});
    }, delay);
  }

  /** Somebody looks at a chat, until the function that it gives is called. */
  follow(chatId: number): () => void {
    const watchers = this.#followed.get(chatId) ?? 0;
    this.#followed.set(chatId, watchers + 1);
    if (watchers === 0) this.#join(chatId);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#unfollow(chatId);
    };
  }

  /** Tells the others who look at a chat. */
  type(chatId: number, isTyping: boolean): void {
    this.#join(chatId);
    this.#dependencies.connection.tell({ type: "typing", chat_id: chatId, is_typing: isTyping });
  }

  /** @returns whether the event was about this, so that there is nothing else to be done about it. */
  take(event: ServerEvent): boolean {
    switch (event.type) {
      case "presence": {
        const { user_id: userId, status } = event;
        this.#dependencies.changes.tell({ kind: "presence", userId, online: status === "online" });
        return true;
      }
      case "typing":
        this.#type(event.chat_id, event.user_id, event.is_typing);
        return true;
      case "message_new":
        if (this.#typing.has(keyOf(event.chat_id, event.message.sender_id)))
          this.#type(event.chat_id, event.message.sender_id, false);
        return false;
      default:
        return false;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#gathering);
    for (const timer of this.#typing.values()) clearTimeout(timer);
  }

  #unfollow(chatId: number): void {
    const watchers = (this.#followed.get(chatId) ?? 0) - 1;
    if (watchers > 0) this.#followed.set(chatId, watchers);
    else this.#leave(chatId);
  }

  #leave(chatId: number): void {
    this.#followed.delete(chatId);
    if (this.#joined.delete(chatId))
      this.#dependencies.connection.tell({ type: "leave_chat", chat_id: chatId });
  }

  #join(chatId: number): void {
    const { connection } = this.#dependencies;
    if (this.#joined.has(chatId) || connection.state.status !== "online") return;
    this.#joined.add(chatId);
    connection.tell({ type: "join_chat", chat_id: chatId });
  }

  /** Whoever stops without saying so is forgotten after a while. */
  #type(chatId: number, userId: number, isTyping: boolean): void {
    const { changes, delays } = this.#dependencies;
    const key = keyOf(chatId, userId);
    clearTimeout(this.#typing.get(key));
    this.#typing.delete(key);
    changes.tell({ kind: "typing", chatId, userId, isTyping });
    if (!isTyping || this.#isClosed) return;
    this.#typing.set(
      key,
      setTimeout(() => this.#type(chatId, userId, false), delays?.typing ?? TYPING),
    );
  }

  /** The other sides of private chats before everybody else. */
  async #nameContacts(): Promise<void> {
    const { connection, store, userId } = this.#dependencies;
    const peers = (await store.range("chat")).flatMap(({ peerId }) => peerId ?? []);
    const people = (await store.keys("profile")).map(([id]) => id);
    const contacts = [...new Set([...peers, ...people])].filter((id) => id !== userId);
    if (this.#isClosed || contacts.length === 0) return;
    connection.tell({ type: "init", contacts: contacts.slice(0, LIMITS.initContacts) });
  }
}

function keyOf(chatId: number, userId: number): string {
  return `${chatId},${userId}`;
}
