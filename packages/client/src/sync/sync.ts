import type { Chat, ServerEvent } from "@tacit/protocol";
import { LIMITS } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import { Turns } from "../turns.ts";
import { Applier } from "./applier.ts";
import { Backfill } from "./backfill.ts";
import { CatchUp } from "./catch-up.ts";
import { byActivity } from "./chat-record.ts";
import { clearHistory } from "./clear-history.ts";
import type { SyncDependencies } from "./dependencies.ts";
import { History } from "./history.ts";
import { Live } from "./live.ts";
import type { Outcome } from "./outcome.ts";
import { Pointers } from "./pointers.ts";
import { Presence } from "./presence.ts";
import { retryChat } from "./unreadable.ts";

/** Keeps the store as the server has it, live and after any absence. */
export interface Sync {
  /** The connection is open: catches up, then loads in the background what history is not here yet. */
  opened(): void;
  /** A frame of the connection, in the order in which they come. */
  event(event: ServerEvent): void;
  /** Takes in a chat that a call has answered, so that it is there at once. @throws TacitError `store_full` */
  adopt(chat: Chat): Promise<void>;
  /**
   * Loads older messages of a chat.
   *
   * @param limit how many, 1 to 200; default 50
   * @returns whether there may be more
   * @throws TacitError as `Api.call`, and `store_full`
   */
  loadOlder(chatId: number, limit?: number): Promise<boolean>;
  /** Loads all messages of a chat. @throws as {@link Sync.loadOlder}; the signal's reason */
  loadAll(chatId: number, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Removes a chat's messages from this device but the newest and those that are not read. @throws TacitError `store_full` */
  clearHistory(chatId: number): Promise<void>;
  /** Brings who is in a chat up to date. @throws TacitError as `Api.call`, and `store_full` */
  learnMembers(chatId: number): Promise<void>;
  /**
   * Everything up to a message is read; without one, everything. It counts at once, and is told to the server when there is
   * a connection.
   *
   * @throws TacitError `store_full`
   */
  markRead(chatId: number, upToId?: number): Promise<void>;
  /** Tells the others who look at a chat whether this person types. Without a connection nobody is told. */
  typing(chatId: number, isTyping: boolean): void;
  /** Somebody looks at a chat: its others' typing is heard, until the function that this gives is called. */
  follow(chatId: number): () => void;
  /** Asks what was missed, in all chats. @throws TacitError if that fails now; it is tried again all the same */
  catchUp(): Promise<void>;
  /** Reads again what could not be read: there are new keys, or an identity was accepted. @throws TacitError of the network */
  retryUnreadable(): Promise<void>;
  /** Ends it; resolves when nothing is under way any more. */
  close(): Promise<void>;
}

/** Builds it for one account. It does nothing until {@link Sync.opened}. */
export function createSync(dependencies: SyncDependencies): Sync {
  return new AccountSync(dependencies);
}

class AccountSync implements Sync {
  readonly #dependencies: SyncDependencies;
  readonly #end = new AbortController();
  /** Everything that reads or changes what the server told goes through here, one thing after the other. */
  readonly #pipeline = new Turns();
  readonly #applier: Applier;
  readonly #catchUp: CatchUp;
  readonly #live: Live;
  readonly #history: History;
  readonly #backfill: Backfill;
  readonly #pointers: Pointers;
  readonly #presence: Presence;
  /** Before that, nobody knows which chats come first. */
  #isCaughtUp = false;

  constructor(dependencies: SyncDependencies) {
    this.#dependencies = dependencies;
    const { signal } = this.#end;
    const pipeline = this.#pipeline;
    const applier = new Applier(dependencies, (outcome) => this.#follow(outcome));
    const history = new History({ ...dependencies, applier, pipeline, signal });
    const backfill = new Backfill({ ...dependencies, applier, history, signal });
    const catchUp = new CatchUp({
      ...dependencies,
      applier,
      pipeline,
      signal,
      onCaughtUp: () => {
        this.#isCaughtUp = true;
        dependencies.onCaughtUp();
        backfill.start(true);
      },
      onNewChats: (chatIds) => history.announce(chatIds),
    });
    this.#applier = applier;
    this.#catchUp = catchUp;
    this.#history = history;
    this.#backfill = backfill;
    this.#live = new Live({ ...dependencies, applier, catchUp, pipeline });
    this.#pointers = new Pointers({ ...dependencies, applier, catchUp, signal });
    this.#presence = new Presence(dependencies);
  }

  opened(): void {
    if (this.#end.signal.aborted) return;
    this.#catchUp.wantAll();
    // What the store cannot tell now it tells at the next connection.
    this.#pointers.opened().catch(() => {});
    this.#presence.opened().catch(() => {});
  }

  event(event: ServerEvent): void {
    if (!this.#end.signal.aborted && !this.#presence.take(event)) this.#live.take(event);
  }

  async adopt(chat: Chat): Promise<void> {
    this.#requireOpen();
    await this.#pipeline.take(() => this.#applier.apply([{ kind: "chat", chat, latest: false }]));
    // The answer may be older than what has happened to the chat since.
    this.#catchUp.want([chat.id]);
  }

  async loadOlder(chatId: number, limit?: number): Promise<boolean> {
    this.#requireOpen();
    return await this.#history.loadOlder(chatId, limit);
  }

  async loadAll(chatId: number, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    this.#requireOpen();
    do signal?.throwIfAborted();
    while (await this.#history.loadOlder(chatId, LIMITS.messagesMax, signal));
  }

  async clearHistory(chatId: number): Promise<void> {
    this.#requireOpen();
    const { store } = this.#dependencies;
    const { signal } = this.#end;
    await clearHistory({ store, applier: this.#applier, pipeline: this.#pipeline, signal }, chatId);
  }

  async learnMembers(chatId: number): Promise<void> {
    this.#requireOpen();
    await this.#catchUp.all();
    await this.#history.loadMembers(chatId);
  }

  async markRead(chatId: number, upToId?: number): Promise<void> {
    this.#requireOpen();
    await this.#pointers.markRead(chatId, upToId);
  }

  typing(chatId: number, isTyping: boolean): void {
    this.#presence.type(chatId, isTyping);
  }

  follow(chatId: number): () => void {
    return this.#presence.follow(chatId);
  }

  async catchUp(): Promise<void> {
    this.#requireOpen();
    await this.#catchUp.all();
  }

  async retryUnreadable(): Promise<void> {
    this.#requireOpen();
    // What is being read now is read with what was known before.
    await this.#pipeline.idle();
    const chats = byActivity(await this.#dependencies.store.range("chat"));
    for (const { id } of chats) {
      if (this.#end.signal.aborted) return;
      await retryChat({ ...this.#dependencies, pipeline: this.#pipeline }, id);
    }
  }

  async close(): Promise<void> {
    this.#end.abort(new TacitError("closed", "This client was closed"));
    this.#presence.close();
    await Promise.all([this.#catchUp.idle(), this.#backfill.idle(), this.#pointers.idle()]);
    await this.#pipeline.idle();
  }

  #follow({ adopted, received, hasNewPeople }: Outcome): void {
    if (adopted.size > 0 && this.#isCaughtUp) this.#backfill.start();
    if (hasNewPeople) this.#presence.newPeople();
    this.#pointers.received(received);
  }

  #requireOpen(): void {
    if (this.#end.signal.aborted) throw new TacitError("closed", "This client was closed");
  }
}
