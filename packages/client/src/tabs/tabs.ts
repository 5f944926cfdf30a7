import type { Commands } from "../core/commands.ts";
import { TacitError } from "../errors.ts";
import type { ChangeFeed } from "../sync/changes.ts";
import { carried, uncarried } from "./carried-error.ts";
import type { AnswerNote, CallNote, Note } from "./notes.ts";

/** The one writer of an account, once it is started. */
export interface Writer {
  /** Its commands are properties of its own. */
  readonly commands: Commands;
  close(): Promise<void>;
}

/** What a tab needs to take its part. */
export interface TabOptions {
  /** The same in all tabs that share the storage. */
  readonly name: string;
  /** Hears the changes of the writer, in whichever tab it is. */
  readonly feed: ChangeFeed;
  /** Starts the writer in this tab; it tells `feed`. */
  readonly start: () => Promise<Writer>;
  /** This tab was to take over as the writer, and that failed: it will not try again, and has to be closed. */
  readonly onFailure: (error: unknown) => void;
}

/** A tab's part in an account. */
export interface Tab {
  /**
   * Those of the writer, here or in another tab. What was asked of a tab that vanished, or while there was none, is asked of
   * the next. What one throws that is neither a TacitError nor a CryptoError comes from another tab without its text.
   */
  readonly commands: Commands;
  /**
   * Leaves: if this was the writer, the next tab becomes it. Commands that have not been answered fail with `closed`.
   * @throws what closing the writer threw
   */
  close(): Promise<void>;
}

type Name = keyof Commands;

interface Call {
  readonly name: Name;
  readonly args: unknown[];
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * Joins the tabs of an account: one of them holds the lock (Web Locks) and is the writer, the others ask it over a
 * BroadcastChannel. When it closes or crashes, the browser gives the lock to the next. Where there are no Web Locks, each
 * tab is a writer by itself: it is then the storage that refuses to be opened twice, if it can.
 *
 * @throws what `start` throws, if this is the first tab
 */
export async function joinTabs(options: TabOptions): Promise<Tab> {
  const member = new Member(options);
  await member.join();
  return member;
}

class Member implements Tab {
  readonly commands: Commands;
  readonly #options: TabOptions;
  // Not randomUUID(): a page that is no secure context lacks it, and is to fail with what `start` says about that.
  readonly #id = String(crypto.getRandomValues(new Uint32Array(4)));
  readonly #channel: BroadcastChannel;
  readonly #calls = new Map<number, Call>();
  readonly #leaving = new AbortController();
  readonly #stopListening: () => void;
  #nextCall = 0;
  /** Carries out commands. */
  #writer: Writer | undefined;
  /** Changes are this tab's own, also while its writer closes. */
  #leads = false;
  /** A change of another tab is being told: it came over the channel and does not go there again. */
  #isHeard = false;
  /** Settles when this tab has given up the lock, or its place in line. */
  #released: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(options: TabOptions) {
    this.#options = options;
    this.#channel = new BroadcastChannel(nameOf(options));
    this.#channel.onmessage = ({ data }: MessageEvent<Note>) => this.#hear(data);
    this.commands = commandsBy((name, args) => this.#ask(name, args));
    this.#stopListening = options.feed.listen((change) => {
      if (this.#leads && !this.#isHeard) this.#tell({ kind: "change", change });
    });
  }

  /** At once the writer if nobody is; else as soon as the lock is free. */
  async join(): Promise<void> {
    try {
      const leads = await this.#leadIfFree();
      if (!leads) this.#released = this.#waitInLine();
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#leaving.abort();
    for (const { reject } of this.#calls.values()) reject(closed());
    this.#calls.clear();
    try {
      await this.#released;
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    this.#stopListening();
    this.#channel.close();
  }

  /** @returns once it is known whether this tab is the writer, and has started as one */
  #leadIfFree(): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#released = withLock(nameOf(this.#options), { ifAvailable: true }, async (isFree) => {
        if (isFree) await this.#lead(() => resolve(true));
        else resolve(false);
      });
      this.#released.catch(reject);
    });
  }

  async #waitInLine(): Promise<void> {
    let started = false;
    const lead = () =>
      this.#lead(() => {
        started = true;
      });
    try {
      await withLock(nameOf(this.#options), { signal: this.#leaving.signal }, lead);
    } catch (error) {
      if (started) throw error;
      if (!this.#leaving.signal.aborted) this.#options.onFailure(error);
    }
  }

  /** Holds the lock until this tab leaves. */
  async #lead(started: () => void): Promise<void> {
    this.#leads = true;
    try {
      const writer = await this.#options.start();
      started();
      this.#takeOver(writer);
      await aborted(this.#leaving.signal);
      this.#writer = undefined;
      await writer.close();
    } finally {
      this.#leads = false;
    }
  }

  #takeOver(writer: Writer): void {
    if (this.#leaving.signal.aborted) return;
    this.#writer = writer;
    this.#tell({ kind: "ready" });
    for (const [id, call] of [...this.#calls]) void this.#carryOut(id, call);
  }

  #ask(name: Name, args: unknown[]): Promise<unknown> {
    if (this.#leaving.signal.aborted) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      const id = this.#nextCall++;
      const call: Call = { name, args, resolve, reject };
      this.#calls.set(id, call);
      if (this.#writer) void this.#carryOut(id, call);
      else this.#post(id, call);
    });
  }

  #post(id: number, { name, args, reject }: Call): void {
    try {
      this.#tell({ kind: "call", from: this.#id, id, name, args });
    } catch (error) {
      this.#calls.delete(id);
      reject(error);
    }
  }

  async #carryOut(id: number, call: Call): Promise<void> {
    try {
      call.resolve(await this.#run(call.name, call.args));
    } catch (error) {
      call.reject(error);
    }
    this.#calls.delete(id);
  }

  async #run(name: Name, args: unknown[]): Promise<unknown> {
    const commands = this.#writer?.commands;
    if (!commands) throw closed();
    if (!Object.hasOwn(commands, name)) throw unknownCommand();
    return await callCommand(commands, name, args);
  }

  #hear(note: Note): void {
    if (note.kind === "call") void this.#serve(note);
    else if (note.kind === "change") this.#retell(note.change);
    else if (note.kind === "ready") for (const [id, call] of this.#calls) this.#post(id, call);
    else if (note.to === this.#id) this.#settle(note);
  }

  #retell(change: Parameters<ChangeFeed["tell"]>[0]): void {
    this.#isHeard = true;
    this.#options.feed.tell(change);
    this.#isHeard = false;
  }

  async #serve({ from, id, name, args }: CallNote): Promise<void> {
    if (!this.#writer) return;
    try {
      this.#tell({ kind: "answer", to: from, id, value: await this.#run(name, args) });
    } catch (error) {
      // What failed because this tab leaves may succeed in the next: that will be asked for it.
      if (this.#writer) this.#tell({ kind: "answer", to: from, id, error: carried(error) });
    }
  }

  #settle({ id, value, error }: AnswerNote): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (error) call?.reject(uncarried(error));
    else call?.resolve(value);
  }

  /** @throws DOMException `DataCloneError` */
  #tell(note: Note): void {
    this.#channel.postMessage(note);
  }
}

function nameOf({ name }: TabOptions): string {
  return `tacit:${name}`;
}

/** Holds the lock while `hold` runs, which is told whether it is held. Without Web Locks it always is. */
async function withLock(
  name: string,
  options: LockOptions,
  hold: (isHeld: boolean) => Promise<void>,
): Promise<void> {
  // Not as the types say: in pages that are no secure context, and in Node.js before 24, there are none.
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  if (!locks) return await hold(true);
  await locks.request(name, options, (lock) => hold(lock !== null));
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function closed(): TacitError {
  return new TacitError("closed", "This client was closed.");
}

function unknownCommand(): TacitError {
  return new TacitError("not_possible", "The tab that leads is of another release: it has to be reloaded");
}

/** Calls a command that is there. */
export function callCommand(commands: Commands, name: Name, args: unknown[]): Promise<unknown> {
  // The name was looked up, and the arguments are those of Commands: both sides are this very code.
  const command = commands[name] as (...args: unknown[]) => Promise<unknown>;
  return command(...args);
}

/** An object that hands every command to `ask`. */
export function commandsBy(ask: (name: Name, args: unknown[]) => Promise<unknown>): Commands {
  const commands = new Proxy({} as Record<string, unknown>, {
    get: (_, name) =>
      typeof name === "string" && name !== "then"
        ? (...args: unknown[]) => ask(name as Name, args)
        : undefined,
  });
  return commands as unknown as Commands;
}
