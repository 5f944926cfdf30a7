import { chatEndpoints } from "@tacit/protocol";
import { Backoff } from "../transport/backoff.ts";
import type { Applier } from "./applier.ts";
import type { CatchUp } from "./catch-up.ts";
import type { SyncDependencies } from "./dependencies.ts";
import type { PointerInput } from "./inputs.ts";
import { mayGoBetter, pause } from "./retry.ts";

/** What pointers need. */
export interface PointersDependencies
  extends Pick<SyncDependencies, "api" | "store" | "connection" | "userId" | "delays"> {
  readonly applier: Applier;
  readonly catchUp: CatchUp;
  /** Ends it. */
  readonly signal: AbortSignal;
}

type Pointer = PointerInput["kind"];

const GATHER_DELIVERED = 1_000;
const RETRY = 1_000;
const MAX_RETRY = 60_000;

/** How far this account has read, and received: known here at once, and told to the server as soon as it can be. */
export class Pointers {
  readonly #dependencies: PointersDependencies;
  readonly #backoff: Backoff;
  readonly #toTell: Readonly<Record<Pointer, Map<number, number>>> = {
    read: new Map(),
    delivered: new Map(),
  };
  /** Chats whose messages are still gathered before their arrival is told. */
  readonly #gathering = new Map<number, ReturnType<typeof setTimeout>>();
  #running: Promise<void> | undefined;

  constructor(dependencies: PointersDependencies) {
    this.#dependencies = dependencies;
    const { retry = RETRY, maxRetry = MAX_RETRY } = dependencies.delays ?? {};
    this.#backoff = new Backoff(retry, maxRetry);
    dependencies.signal.addEventListener("abort", () => {
      for (const timer of this.#gathering.values()) clearTimeout(timer);
    });
  }

  /** Without a message: all that is known of. Nothing happens if the pointer is there already. */
  async markRead(chatId: number, upToId?: number): Promise<void> {
    const { applier, store, userId } = this.#dependencies;
    const chat = await store.get("chat", [chatId]);
    const newestId = chat?.newestId ?? chat?.lastMessageId ?? 0;
    const messageId = Math.min(upToId ?? newestId, newestId);
    if (!chat || messageId <= chat.readId) return;
    // Whatever is under way: a pointer only grows, so nothing has to be waited for.
    await applier.write([{ kind: "read", chatId, userId, messageId, toTell: true }]);
    raise(this.#toTell.read, chatId, messageId);
    this.#wake();
  }

  /** Messages of others are in the store. */
  received(received: ReadonlyMap<number, number>): void {
    const { delays, signal } = this.#dependencies;
    if (signal.aborted) return;
    for (const [chatId, messageId] of received) {
      raise(this.#toTell.delivered, chatId, messageId);
      if (this.#gathering.has(chatId)) continue;
      const end = () => {
        this.#gathering.delete(chatId);
        this.#wake();
      };
      this.#gathering.set(chatId, setTimeout(end, delays?.delivered ?? GATHER_DELIVERED));
    }
  }

  /** There is a connection again: tells what could not be told before. */
  async opened(): Promise<void> {
    for (const chat of await this.#dependencies.store.range("chat")) {
      if (chat.readToTell !== undefined) raise(this.#toTell.read, chat.id, chat.readToTell);
      if ((chat.lastMessageId ?? 0) > chat.deliveredId)
        raise(this.#toTell.delivered, chat.id, chat.lastMessageId ?? 0);
    }
    this.#wake();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  get #isOnline(): boolean {
    return this.#dependencies.connection.state.status === "online";
  }

  #wake(): void {
    if (this.#dependencies.signal.aborted || !this.#isOnline) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#next()) this.#wake();
    });
  }

  /** One request at a time. Reading goes first, because it implies delivery. */
  async #run(): Promise<void> {
    const { signal } = this.#dependencies;
    for (let next = this.#next(); next && this.#isOnline && !signal.aborted; next = this.#next()) {
      const { pointer, chatId, messageId } = next;
      try {
        await this.#tellServer(pointer, chatId, messageId);
        this.#backoff.reset();
      } catch (error) {
        if (signal.aborted) return;
        if (mayGoBetter(error)) await pause(this.#backoff.next(), signal);
        else lower(this.#toTell[pointer], chatId, messageId);
      }
    }
  }

  #next() {
    for (const pointer of ["read", "delivered"] as const)
      for (const [chatId, messageId] of this.#toTell[pointer])
        if (pointer === "read" || !this.#gathering.has(chatId)) return { pointer, chatId, messageId };
    return undefined;
  }

  async #tellServer(pointer: Pointer, chatId: number, messageId: number): Promise<void> {
    const { api, store, applier, catchUp, signal, userId } = this.#dependencies;
    const chat = await store.get("chat", [chatId]);
    const isKnown = pointer === "delivered" && messageId <= (chat?.deliveredId ?? 0);
    if (chat && !isKnown) {
      const endpoint = pointer === "read" ? chatEndpoints.markRead : chatEndpoints.markDelivered;
      await api.call(endpoint, { params: { id: chatId }, body: { message_id: messageId }, signal });
      await applier.write([{ kind: pointer, chatId, userId, messageId }]);
    }
    lower(this.#toTell[pointer], chatId, messageId);
    const now = await store.get("chat", [chatId]);
    if (now?.unreadUncertain) catchUp.wantCount([chatId]);
  }
}

function raise(positions: Map<number, number>, chatId: number, messageId: number): void {
  positions.set(chatId, Math.max(positions.get(chatId) ?? 0, messageId));
}

/** Unless it has moved on meanwhile. */
function lower(positions: Map<number, number>, chatId: number, messageId: number): void {
  if ((positions.get(chatId) ?? 0) <= messageId) positions.delete(chatId);
}
