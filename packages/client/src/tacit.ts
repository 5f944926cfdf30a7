import type { Entrance } from "./account/arrival.ts";
import type { OldAccount } from "./account/old-account.ts";
import type { Recovery } from "./account/recover.ts";
import type { Registration } from "./account/register.ts";
import type { Credentials } from "./account/sign-in.ts";
import type { SearchOptions, Status } from "./core/commands.ts";
import { arriveBy, type DeviceOptions, type Opened, openKept, type ServerOptions } from "./core/opening.ts";
import { sessionBy, takePart } from "./core/part.ts";
import { TacitError } from "./errors.ts";
import { createMedia } from "./media/media.ts";
import { type Change, ChangeFeed } from "./sync/changes.ts";
import type { Tab } from "./tabs/tabs.ts";
import { type AccountApi, createApi } from "./transport/api.ts";
import type { ConnectionState } from "./transport/transport.ts";
import { Turns } from "./turns.ts";
import { OwnAccount } from "./views/account.ts";
import { Administration } from "./views/admin.ts";
import { Arrivals } from "./views/arrivals.ts";
import { ChatActions } from "./views/chat-actions.ts";
import { Chats } from "./views/chats.ts";
import { Directory } from "./views/directory.ts";
import type { Message } from "./views/message.ts";
import { People, type Person } from "./views/people.ts";

type Own = "http" | "store";

/** Who signs in, where, and where it is kept. */
export interface LoginOptions extends ServerOptions, Omit<Entrance & Credentials, Own> {}

/** A new account, where it is made and where it is kept. */
export interface RegisterOptions extends ServerOptions, Omit<Registration, Own> {}

/** Who signs in to an account that an old client made. */
export interface OldAccountOptions extends ServerOptions, Omit<OldAccount, Own> {}

/** Who has forgotten the password. */
export interface RecoverOptions extends ServerOptions, Omit<Recovery, Own> {}

/** What a kind of change tells. */
export type ChangeOf<K extends Change["kind"]> = Extract<Change, { kind: K }>;

/** An account whose owner has still to show that the recovery words are written down: until then it is not usable. */
export interface Unproven {
  /** What the account signs in with, to stand beside the words where they are kept. */
  readonly login: string;
  /** Twelve words: whoever has them can open the account, and without them and the password nobody can. */
  readonly words: readonly string[];
  /** The places, from 0, of the words to ask for. */
  readonly positions: readonly number[];
  /** Takes the answers, in the order of `positions`. @returns nothing if they are wrong: ask again */
  confirm(answers: readonly string[]): Promise<Tacit | undefined>;
  /** Leaves it for later: {@link Tacit.unproven} goes on. */
  close(): Promise<void>;
}

/** Changes that are kept for the first who listens. */
const MOST_UNHEARD = 1000;

/** One account on this device: signed in, connected, kept up to date. */
export class Tacit {
  /** My id. */
  readonly id: number;
  /** What I sign in with: a secret like a password, to be shown to nobody else. */
  readonly login: string;
  /** My chats. */
  readonly chats: Chats;
  /** People, and whether it is really them. */
  readonly people: People;
  /** My profile, password, keys and devices. */
  readonly account: OwnAccount;
  /** What the server's administrators do. */
  readonly admin: Administration;
  readonly #opened: Opened;
  readonly #tab: Tab;
  readonly #directory: Directory;
  readonly #actions: ChatActions;
  readonly #listeners = new Set<(change: Change) => void>();
  /** What arrived before anybody listened for it: a program would otherwise never hear of it. */
  #unheard: ChangeOf<"arrived">[] | undefined = [];
  readonly #hearing = new Turns();
  readonly #online = new Set<number>();
  #status: Status;
  #isLeaving = false;
  /** Ends what waits, when this is closed. */
  readonly #over = new AbortController();
  #closing: Promise<void> | undefined;

  private constructor(
    opened: Opened,
    parts: { tab: Tab; feed: ChangeFeed; directory: Directory; status: Status },
  ) {
    const { store, http, account } = opened;
    const { tab, feed, directory, status } = parts;
    const { commands } = tab;
    const session = sessionBy(commands);
    const api: AccountApi = createApi({ http, session });
    this.id = account.record.userId;
    this.login = account.record.login;
    this.#opened = opened;
    this.#tab = tab;
    this.#directory = directory;
    this.#status = status;
    for (const id of status.online) this.#online.add(id);
    this.people = new People(api, commands, directory);
    const media = createMedia({ api, session, store });
    const ownId = this.id;
    const heard = () => this.#hearing.idle();
    const views = { directory, people: this.people, media, heard };
    this.#actions = new ChatActions({ store, api, commands, ownId, ...views });
    this.chats = new Chats(this.#actions);
    this.account = new OwnAccount(api, commands);
    this.admin = new Administration(api);
    feed.listen((change) => this.#hear(change));
  }

  /**
   * Signs in. The password never leaves this device. A storage that holds the account already goes on with all that is in it.
   *
   * @throws TacitError `invalid_credentials`, `too_many_attempts`, `account_disabled`, `other_account`, `damaged_keys`,
   *   `recovery_not_proven`, `unreachable`, `store_in_use` and others; CryptoError `weak_kdf`, `costly_kdf` if the server
   *   cannot be trusted with the password.
   */
  static async login(options: LoginOptions): Promise<Tacit> {
    return await launch(
      await arriveBy(options, async (entrance) => {
        const { signIn } = await import("./account/sign-in.ts");
        return await signIn({ ...options, ...entrance });
      }),
    );
  }

  /**
   * Makes an account. It is there when this resolves, and usable once its recovery words are proven. Broken off, it can be called
   * again.
   *
   * @throws TacitError `weak_password`, `login_taken`, `username_taken`, `other_account`, `registration_closed`,
   *   `invite_required`, `invalid_invite`, `too_many_registrations`, `invalid_input`; as {@link Tacit.login}
   */
  static async register(options: RegisterOptions): Promise<Unproven> {
    return await unprovenOf(
      await arriveBy(options, async (entrance) => {
        const { register } = await import("./account/register.ts");
        return await register({ ...options, ...entrance });
      }),
    );
  }

  /**
   * Signs in to an account that an old client made, and makes one of today's of it. The server may learn the present password:
   * somebody has to choose that. Broken off, it can be called again.
   *
   * @throws TacitError `not_an_old_account`, `weak_password`, `other_account`, `key_version_conflict`; as {@link Tacit.login}
   */
  static async loginOldAccount(options: OldAccountOptions): Promise<Unproven> {
    return await unprovenOf(
      await arriveBy(options, async (entrance) => {
        const { signInOldAccount } = await import("./account/old-account.ts");
        return await signInOldAccount({ ...options, ...entrance });
      }),
    );
  }

  /**
   * Opens the account with its twelve recovery words and gives it a new password. Every other session is ended; the words stay good.
   *
   * @throws TacitError `invalid_recovery`, `weak_password`, `other_account`, `damaged_keys`; CryptoError
   *   `recovery_word_count`, `recovery_word_unknown`, `recovery_checksum` before anything is sent; as {@link Tacit.login}
   */
  static async recover(options: RecoverOptions): Promise<Tacit> {
    return await launch(
      await arriveBy(options, async (entrance) => {
        const { recover } = await import("./account/recover.ts");
        return await recover({ ...options, ...entrance });
      }),
    );
  }

  /**
   * Opens the account that a storage holds, without a password and without the network.
   *
   * @throws TacitError `store_empty` if somebody has to sign in first; `recovery_not_proven`; as {@link Storage.open}.
   */
  static async open(options: DeviceOptions): Promise<Tacit> {
    return await launch(await openKept(options));
  }

  /** Goes on with the recovery words of an account that is not usable yet. @returns nothing if there is none such */
  static async unproven(options: DeviceOptions): Promise<Unproven | undefined> {
    const opened = await openKept(options);
    if (!opened.account.record.recoveryProven) return await unprovenOf(opened);
    await opened.store.close();
    return undefined;
  }

  /** @internal */
  static async start(opened: Opened): Promise<Tacit> {
    const feed = new ChangeFeed();
    const directory = new Directory(opened.store, opened.http.server);
    // Heard from the beginning, so that nothing falls between reading the store and listening.
    const missed: Change[] = [];
    const stop = feed.listen((change) => missed.push(change));
    const tab = await takePart(opened, feed);
    await directory.load();
    const tacit = new Tacit(opened, { tab, feed, directory, status: await tab.commands.status() });
    stop();
    for (const change of missed) tacit.#hear(change);
    return tacit;
  }

  /** Who I am to others. */
  get me(): Person {
    return this.#directory.person(this.id);
  }

  /** Where the connection stands. */
  get connection(): ConnectionState {
    return this.#status.connection;
  }

  /** Whether everything that happened while this device was away has arrived. */
  get upToDate(): boolean {
    return this.#status.upToDate;
  }

  /** Whether the server has ended the session: all data is here, but somebody has to sign in again. */
  get signedOut(): boolean {
    return this.#status.signedOut;
  }

  /** Whether somebody whom I share a chat with is online, as far as the server tells. */
  isOnline(person: { readonly id: number }): boolean {
    return this.#online.has(person.id);
  }

  /** Hears of changes of one kind, or of several. @returns ends it */
  on<K extends Change["kind"]>(kinds: K | readonly K[], listener: (change: ChangeOf<K>) => void): () => void {
    const heard: readonly string[] = [kinds].flat();
    const entry = (change: Change) => {
      if (heard.includes(change.kind)) listener(change as ChangeOf<K>);
    };
    this.#listeners.add(entry);
    if (heard.includes("arrived")) this.#tellUnheard(entry);
    return () => this.#listeners.delete(entry);
  }

  /** Resolves once everything that happened while this device was away has arrived. @throws the signal's reason */
  async ready({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    if (this.upToDate) return;
    signal?.throwIfAborted();
    const over = new AbortController();
    const ended = AbortSignal.any([over.signal, this.#endOf(signal)]);
    const stops = [
      this.on("session", () => over.abort(new TacitError("signed_out", "Somebody has to sign in again."))),
      this.on("sync", ({ state }) => state === "up_to_date" && over.abort()),
    ];
    if (this.signedOut) over.abort(new TacitError("signed_out", "Somebody has to sign in again."));
    await new Promise((resolve) => {
      if (ended.aborted) resolve(undefined);
      else ended.addEventListener("abort", resolve, { once: true });
    });
    for (const stop of stops) stop();
    if (!this.upToDate) throw ended.reason;
  }

  /**
   * Resolves once nothing waits to be sent any more: what is left then is held or has failed, and says so. For programs that send
   * and end; without the network it waits.
   *
   * @throws the signal's reason
   */
  async flush({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    signal?.throwIfAborted();
    const over = new AbortController();
    try {
      await new Promise<void>((resolve, reject) => {
        const look = () => this.#isSending().then((sending) => sending || resolve(), reject);
        over.signal.addEventListener("abort", this.on("outbox", look));
        const ended = this.#endOf(signal);
        ended.addEventListener("abort", () => reject(ended.reason), { signal: over.signal });
        void look();
      });
    } finally {
      over.abort();
    }
  }

  /** How much is asked for and not confirmed by the server: messages, edits and deletions that signing out would lose. */
  async unsent(): Promise<number> {
    const rows = await this.#opened.store.range("outbox");
    return rows.filter(({ state }) => state !== "sent").length;
  }

  /** When the caller has enough, or this is closed. */
  #endOf(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#over.signal]) : this.#over.signal;
  }

  async #isSending(): Promise<boolean> {
    const rows = await this.#opened.store.range("outbox");
    return rows.some(({ state }) => state === "queued" || state === "sending");
  }

  /**
   * New messages of others, as they arrive from this call on, those of one chat in their order: also those that came while this
   * device was away, but not old history. It ends with the signal, or when the loop is left.
   */
  arrivals({ signal }: { signal?: AbortSignal } = {}): AsyncGenerator<Message, void, undefined> {
    return new Arrivals(this, this.#endOf(signal)).read();
  }

  /**
   * Messages that hold all these words, or words that begin so; newest first, then those with slightly other words. It
   * searches what is on this device.
   */
  async search(query: string, options: SearchOptions = {}): Promise<Message[]> {
    const hits = await this.#tab.commands.search(query, options);
    const messages = await Promise.all(
      hits.map(({ chatId, messageId }) => this.chats.get(chatId)?.message(messageId)),
    );
    return messages.filter((message) => message !== undefined);
  }

  /**
   * Makes room: removes all messages from this device but the newest 50 of every chat and those that are not read. The
   * server keeps them; they come back as somebody reads there, and no longer by themselves.
   *
   * @param options `onProgress` is called after each chat: how many of how many are done
   */
  async clearHistory({
    onProgress,
  }: {
    onProgress?: (done: number, total: number) => void;
  } = {}): Promise<void> {
    const { commands } = this.#tab;
    const chats = this.chats.list();
    for (const [at, { id }] of chats.entries()) {
      await commands.clearHistory(id);
      onProgress?.(at + 1, chats.length);
    }
    await commands.tidySearch();
  }

  /** Connects at once, without waiting for the next try. */
  async retryConnection(): Promise<void> {
    await this.#tab.commands.retryConnection();
  }

  /** Stops. Everything stays on this device; what waits is sent the next time. */
  close(): Promise<void> {
    this.#over.abort(new TacitError("closed", "This client was closed."));
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Signs out: ends the session and removes everything of the account from this device. @throws TacitError `store_in_use` */
  async signOut(): Promise<void> {
    await this.#leave(() => this.#tab.commands.signOut());
  }

  /** Deletes the account for good, with all that is its own on the server and on this device. @throws TacitError `wrong_password` */
  async deleteAccount(password: string): Promise<void> {
    await this.#leave(() => this.#tab.commands.deleteAccount(password));
  }

  async #leave(leave: () => Promise<void>): Promise<void> {
    this.#isLeaving = true;
    try {
      await leave();
    } finally {
      this.#isLeaving = false;
    }
    await this.close();
    await this.#opened.options.storage.destroy();
  }

  async #close(): Promise<void> {
    await this.#tab.close();
    await this.#hearing.idle();
    await this.#opened.store.close();
  }

  /** What a list shows has to be read before somebody is told to look at it. */
  #hear(change: Change): void {
    void this.#hearing.take(async () => {
      // After closing, or if the store cannot be read, the listeners see what there was before.
      await this.#directory.heed(change).catch(() => undefined);
      this.#note(change);
      for (const listener of [...this.#listeners]) reported(() => listener(change));
    });
  }

  #tellUnheard(listener: (change: Change) => void): void {
    const unheard = this.#unheard ?? [];
    this.#unheard = undefined;
    // Unless it has stopped listening with the first.
    const tell = (change: Change) => this.#listeners.has(listener) && listener(change);
    for (const change of unheard) queueMicrotask(() => tell(change));
  }

  #note(change: Change): void {
    if (change.kind === "arrived" && (this.#unheard?.length ?? 0) < MOST_UNHEARD) this.#unheard?.push(change);
    if (change.kind === "connection") this.#status = { ...this.#status, connection: change.state };
    else if (change.kind === "sync")
      this.#status = { ...this.#status, upToDate: change.state === "up_to_date" };
    else if (change.kind === "presence") this.#online[change.online ? "add" : "delete"](change.userId);
    else if (change.kind === "session") {
      this.#status = { ...this.#status, signedOut: true };
      // Who asked for it still waits for the answer, and closes then.
      if (change.state === "wiped" && !this.#isLeaving) void this.close();
    }
  }
}

/** @throws TacitError `recovery_not_proven` */
async function launch(opened: Opened): Promise<Tacit> {
  try {
    if (!opened.account.record.recoveryProven)
      throw new TacitError(
        "recovery_not_proven",
        "Show first that you have written down the recovery words.",
      );
    return await Tacit.start(opened);
  } catch (error) {
    await opened.store.close();
    throw error;
  }
}

async function unprovenOf(opened: Opened): Promise<Unproven> {
  const { unprovenRecovery } = await import("./account/recovery-proof.ts");
  const proof = unprovenRecovery(opened.account);
  if (!proof) {
    await opened.store.close();
    throw new TacitError("not_possible", "The recovery words of this account are proven: sign in.");
  }
  return {
    login: opened.account.record.login,
    words: proof.words,
    positions: proof.positions,
    confirm: async (answers) => ((await proof.confirm(answers)) ? await launch(opened) : undefined),
    close: () => opened.store.close(),
  };
}

/** As an event target does it: what a listener throws concerns the program, not the other listeners. */
function reported(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
