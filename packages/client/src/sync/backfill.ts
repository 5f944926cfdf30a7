import { LIMITS } from "@tacit/protocol";
import type { ChatRecord } from "../store/tables.ts";
import { Backoff } from "../transport/backoff.ts";
import type { Applier } from "./applier.ts";
import { byActivity, lacksFirstPage } from "./chat-record.ts";
import type { SyncDependencies } from "./dependencies.ts";
import type { History } from "./history.ts";
import { mayGoBetter, pause } from "./retry.ts";

/** What it needs. */
export interface BackfillDependencies
  extends Pick<SyncDependencies, "store" | "connection" | "delays" | "onHistoryLoaded"> {
  readonly history: History;
  readonly applier: Applier;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const RETRY = 1_000;
const MAX_RETRY = 60_000;

/**
 * Loads what is not here yet, one request at a time while there is a connection: of every chat its newest messages and its
 * members first, of those with the latest activity before others; then all of their histories, but for those that somebody
 * cleared from this device. How far it came is in the chats, so it goes on after a restart.
 */
export class Backfill {
  readonly #dependencies: BackfillDependencies;
  readonly #backoff: Backoff;
  /** Chats that the server does not give, until the next start, by what they were then: somebody may have come back to one. */
  readonly #refused = new Map<number, number>();
  #isDue = false;
  #running: Promise<void> | undefined;

  constructor(dependencies: BackfillDependencies) {
    this.#dependencies = dependencies;
    const { retry = RETRY, maxRetry = MAX_RETRY } = dependencies.delays ?? {};
    this.#backoff = new Backoff(retry, maxRetry);
  }

  /** There is something to load, or a connection again. `anew`: what was refused before may be there now. */
  start(anew = false): void {
    if (anew) this.#refused.clear();
    this.#isDue = true;
    if (this.#dependencies.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#isDue && this.#isOnline) this.start();
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  get #isOnline(): boolean {
    return this.#dependencies.connection.state.status === "online";
  }

  async #run(): Promise<void> {
    const { signal } = this.#dependencies;
    while (this.#isDue && this.#isOnline && !signal.aborted) {
      this.#isDue = false;
      const chats = await this.#chats();
      for (const chat of chats.filter(lacksBeginning)) await this.#step(chat.id, () => this.#begin(chat));
      for (const chat of chats.filter(lacksHistory)) {
        // A chat that has come meanwhile has its first page before others have their last.
        while (!this.#isDue && (await this.#step(chat.id, () => this.#goOn(chat.id))));
        if (this.#isDue) break;
      }
      if (!this.#isDue && !signal.aborted) this.#dependencies.onHistoryLoaded();
    }
  }

  async #chats(): Promise<ChatRecord[]> {
    const chats = await this.#dependencies.store.range("chat");
    return byActivity(chats.filter(({ id }) => !this.#isRefused(id)));
  }

  /** @returns whether to go on with this chat; if it failed it will be looked at again, unless that makes no sense. */
  async #step(chatId: number, work: () => Promise<boolean>): Promise<boolean> {
    const { signal } = this.#dependencies;
    if (signal.aborted || this.#isRefused(chatId)) return false;
    if (!this.#isOnline) {
      this.#isDue = true;
      return false;
    }
    const generation = this.#dependencies.applier.generationOf(chatId);
    try {
      const isMore = await work();
      this.#backoff.reset();
      return isMore;
    } catch (error) {
      if (signal.aborted) return false;
      if (!mayGoBetter(error)) this.#refused.set(chatId, generation);
      if (!this.#isRefused(chatId)) this.#isDue = true;
      if (this.#isOnline) await pause(this.#backoff.next(), signal);
      return false;
    }
  }

  #isRefused(chatId: number): boolean {
    return this.#refused.get(chatId) === this.#dependencies.applier.generationOf(chatId);
  }

  async #begin(chat: ChatRecord): Promise<boolean> {
    const { history } = this.#dependencies;
    if (lacksFirstPage(chat)) await history.loadOlder(chat.id);
    await history.loadMembers(chat.id);
    return false;
  }

  async #goOn(chatId: number): Promise<boolean> {
    const { store, history } = this.#dependencies;
    // Somebody may have made room meanwhile.
    const chat = await store.get("chat", [chatId]);
    if (!chat || !lacksHistory(chat)) return false;
    return await history.loadOlder(chatId, LIMITS.messagesMax);
  }
}

function lacksHistory({ historyComplete, historyCleared }: ChatRecord): boolean {
  return !historyComplete && !historyCleared;
}

function lacksBeginning(chat: ChatRecord): boolean {
  return lacksFirstPage(chat) || !chat.membersLoaded;
}
