import { type Chat, type endpoints, LIMITS, type ResponseOf, syncEndpoints } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import { Backoff } from "../transport/backoff.ts";
import type { Turns } from "../turns.ts";
import type { Applier } from "./applier.ts";
import type { SyncDependencies } from "./dependencies.ts";
import { type Delivered, figureOf } from "./inputs.ts";
import { pause } from "./retry.ts";

/** What catching up needs. */
export interface CatchUpDependencies
  extends Pick<SyncDependencies, "api" | "connection" | "store" | "turns" | "changes" | "trust" | "delays"> {
  readonly applier: Applier;
  /** One thing after the other: no event is applied while an answer is awaited. */
  readonly pipeline: Turns;
  /** Everything was asked about, and all that came of it is in the store. */
  readonly onCaughtUp: () => void;
  /** Chats that this device heard of after it had all others. */
  readonly onNewChats: (chatIds: readonly number[]) => Promise<void>;
  /** Ends it. */
  readonly signal: AbortSignal;
}

type SyncAnswer = ResponseOf<typeof endpoints.sync.sync>;

/** One way from what is here to what the server has. */
interface Pass {
  /** Chats to ask about: of those that are here, what changed; the others are hoped for in the answer. */
  readonly asked: Set<number>;
  readonly unknown: Set<number>;
  cursor: string | undefined;
  /** Whether there were chats here before. */
  readonly isFirst: boolean;
  /** As the server last showed them, for when what changed in them has been applied. */
  readonly shown: Map<number, Chat>;
  /** People whose profiles were in an answer. */
  readonly people: Set<number>;
  readonly failed: Map<number, unknown>;
  isComplete: boolean;
}

/** Far more than any past needs; then there is a pause. */
const MAX_ROUNDS = 1_000;
const RETRY = 1_000;
const MAX_RETRY = 60_000;

/** Asks what was missed, whenever somebody says that something was: one pass at a time, again if more was said meanwhile. */
export class CatchUp {
  readonly #dependencies: CatchUpDependencies;
  readonly #backoff: Backoff;
  #wantsAll = false;
  #wantsGlance = false;
  #wanted = new Set<number>();
  #uncertain = new Set<number>();
  #waiting: PromiseWithResolvers[] = [];
  #running: Promise<void> | undefined;

  constructor(dependencies: CatchUpDependencies) {
    this.#dependencies = dependencies;
    const { retry = RETRY, maxRetry = MAX_RETRY } = dependencies.delays ?? {};
    this.#backoff = new Backoff(retry, maxRetry);
  }

  /** Something was missed in these chats, or they are not here. */
  want(chatIds: Iterable<number>): void {
    const before = this.#wanted.size;
    for (const chatId of chatIds) this.#wanted.add(chatId);
    if (this.#wanted.size > before) this.#wake();
  }

  /** Only the server knows how much of these chats is unread. */
  wantCount(chatIds: Iterable<number>): void {
    for (const chatId of chatIds) this.#uncertain.add(chatId);
    if (this.#uncertain.size > 0) this.glance();
  }

  /** Something changed that chats say of themselves. */
  glance(): void {
    this.#wantsGlance = true;
    this.#wake();
  }

  /** Anything may have been missed. */
  wantAll(): void {
    this.#wantsAll = true;
    this.#wake();
  }

  /** As {@link wantAll}. @throws TacitError if the next try to catch up fails; it is tried again all the same. */
  async all(): Promise<void> {
    const waiting = withResolvers();
    this.#waiting.push(waiting);
    this.wantAll();
    await waiting.promise;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  #wake(): void {
    if (this.#dependencies.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#isWanted && this.#isOnline) this.#wake();
    });
  }

  get #isWanted(): boolean {
    return this.#wantsAll || this.#wantsGlance || this.#wanted.size > 0;
  }

  get #isOnline(): boolean {
    return this.#dependencies.connection.state.status === "online";
  }

  async #run(): Promise<void> {
    const { signal } = this.#dependencies;
    while (this.#isWanted && !signal.aborted) {
      if (await this.#attempt()) this.#backoff.reset();
      // Whoever is back online says so.
      else if (!this.#isOnline) return;
      else await pause(this.#backoff.next(), signal);
    }
    if (signal.aborted) this.#settle([...this.#waiting.splice(0)], signal.reason);
  }

  /** @returns whether it went well. */
  async #attempt(): Promise<boolean> {
    const isFull = this.#wantsAll;
    const wanted = this.#wanted;
    const waiting = isFull ? this.#waiting.splice(0) : [];
    this.#wantsAll = false;
    this.#wantsGlance = false;
    this.#wanted = new Set();
    try {
      if (isFull) this.#dependencies.changes.tell({ kind: "sync", state: "catching_up" });
      await this.#catchUp(isFull, wanted);
    } catch (error) {
      this.#wantsAll ||= isFull;
      this.#wantsGlance = true;
      for (const chatId of wanted) this.#wanted.add(chatId);
      this.#settle(waiting, error);
      return false;
    }
    if (isFull && !this.#wantsAll) {
      this.#dependencies.changes.tell({ kind: "sync", state: "up_to_date" });
      this.#dependencies.onCaughtUp();
    }
    this.#settle(waiting);
    return true;
  }

  #settle(waiting: readonly PromiseWithResolvers[], error?: unknown): void {
    for (const { resolve, reject } of waiting) error === undefined ? resolve() : reject(error);
  }

  async #catchUp(isFull: boolean, wanted: ReadonlySet<number>): Promise<void> {
    const { store } = this.#dependencies;
    const held = new Set((await store.keys("chat")).map(([chatId]) => chatId));
    const cursor = (await store.get("sync", []))?.cursor;
    const asked = new Set([...wanted].filter((chatId) => held.has(chatId)));
    if (isFull) for (const chatId of held) asked.add(chatId);
    const unknown = new Set([...wanted].filter((chatId) => !held.has(chatId)));
    const last = await this.#pass(newPass({ asked, unknown, cursor, isFirst: cursor === undefined }));
    // What an answer from a cursor on leaves open, one about everything must tell.
    const rest = (await this.#isOpen(last))
      ? await this.#pass(newPass({ ...last, cursor: undefined }))
      : last;
    this.#uncertain.clear();
    for (const [chatId, error] of new Map([...last.failed, ...rest.failed])) {
      this.#wanted.add(chatId);
      throw error;
    }
    await this.#keepCursor(rest.cursor);
  }

  async #isOpen({ isFirst, unknown }: Pass): Promise<boolean> {
    const { store } = this.#dependencies;
    if (isFirst) return false;
    if (unknown.size > 0) return true;
    const chats = await store.getMany(
      "chat",
      [...this.#uncertain].map((chatId) => [chatId]),
    );
    return chats.some((chat) => chat?.unreadUncertain && chat.readToTell === undefined);
  }

  async #pass(pass: Pass): Promise<Pass> {
    for (let round = 0; !pass.isComplete; round += 1) {
      const hasProgressed = await this.#dependencies.pipeline.take(() => this.#round(pass));
      if (!pass.isComplete && (!hasProgressed || round >= MAX_ROUNDS)) throw stuck();
    }
    return pass;
  }

  /** @returns whether it led anywhere. */
  async #round(pass: Pass): Promise<boolean> {
    const { api, store, applier, trust, signal } = this.#dependencies;
    signal.throwIfAborted();
    const ids = [...pass.asked].slice(0, LIMITS.syncChats);
    const rows = await store.getMany(
      "chat",
      ids.map((chatId) => [chatId]),
    );
    const held = rows.flatMap((chat) => (chat ? [[chat.id, chat.seq] as const] : []));
    const asked = new Map(held);
    const cursor = pass.cursor === undefined ? {} : { cursor: pass.cursor };
    const body = { chats: Object.fromEntries(asked), ...cursor, limit: LIMITS.syncMax };
    const answer = await api.call(syncEndpoints.sync, { body, signal });
    const isNewPage = takePage(pass, answer);
    for (const { id, key_version } of answer.profiles) trust.keyUpdated(id, key_version);
    const { outcome, failed } = await applier.apply(inputsOf(answer, asked, pass));
    if (!pass.isFirst) await this.#dependencies.onNewChats([...outcome.adopted]);
    for (const [chatId, error] of failed) pass.failed.set(chatId, error);
    for (const chatId of outcome.uncertain) this.#uncertain.add(chatId);
    for (const chatId of ids) if (isDone(chatId, answer, asked)) pass.asked.delete(chatId);
    const lagging = [...outcome.behind].filter((chatId) => !pass.failed.has(chatId));
    for (const chatId of lagging) pass.asked.add(chatId);
    for (const chatId of pass.failed.keys()) pass.asked.delete(chatId);
    const isNewQuestion = lagging.some((chatId) => !asked.has(chatId)) || ids.length === LIMITS.syncChats;
    pass.cursor = answer.cursor;
    pass.isComplete = !answer.more && pass.asked.size === 0;
    return isNewPage || isNewQuestion || leadsOn(answer, asked);
  }

  /** Only now: whoever is interrupted before is told all of it again. */
  async #keepCursor(cursor: string | undefined): Promise<void> {
    const { store, turns } = this.#dependencies;
    await turns.take(async () => {
      const known = await store.get("sync", []);
      if (cursor === undefined || cursor === known?.cursor) return;
      await store.write((changes) => changes.put("sync", [], { ...known, cursor }));
    });
  }
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** `Promise.withResolvers` came with Node.js 22. */
function withResolvers(): PromiseWithResolvers {
  let resolve = () => {};
  let reject = (_: unknown) => {};
  const promise = new Promise<void>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

function newPass(from: Pick<Pass, "asked" | "unknown" | "cursor" | "isFirst">): Pass {
  return { ...from, shown: new Map(), people: new Set(), failed: new Map(), isComplete: false };
}

function stuck(): TacitError {
  return new TacitError("bad_answer", "The server has more to tell, but does not tell it");
}

/** Chats first, as the server shows them now; what changed in them; then how many of their messages are unread. */
function inputsOf(answer: SyncAnswer, asked: ReadonlyMap<number, number>, pass: Pass): Delivered[] {
  const gone = new Set(answer.removed.filter((chatId) => asked.has(chatId)));
  const inputs: Delivered[] = answer.chats.map((chat) => ({ kind: "chat", chat, latest: true }));
  for (const [id, { seq, messages, members }] of Object.entries(answer.changes)) {
    const chatId = Number(id);
    const after = asked.get(chatId);
    if (after === undefined) continue;
    if (seq >= after) inputs.push({ kind: "changes", chatId, after, seq, messages, members });
    // A server that was restored from a backup: what is here never happened.
    else if (!answer.chats.some((chat) => chat.id === chatId)) {
      gone.add(chatId);
      pass.unknown.add(chatId);
    }
  }
  for (const { id } of answer.chats) pass.unknown.delete(id);
  for (const chatId of new Set([
    ...answer.chats.map(({ id }) => id),
    ...Object.keys(answer.changes).map(Number),
  ])) {
    const chat = pass.shown.get(chatId);
    if (chat) inputs.push(figureOf(chat));
  }
  if (answer.profiles.length > 0) inputs.push({ kind: "profiles", users: answer.profiles });
  return [...[...gone].map((chatId) => ({ kind: "gone", chatId }) as const), ...inputs];
}

/** Whether there is nothing more to ask about a chat. With `more`, one that is not in the answer may have had no room. */
function isDone(chatId: number, answer: SyncAnswer, asked: ReadonlyMap<number, number>): boolean {
  const changes = answer.changes[chatId];
  if (!asked.has(chatId) || answer.removed.includes(chatId)) return true;
  return changes ? !changes.more : !answer.more;
}

/** @returns whether it shows a chat or a person that the answers before did not. */
function takePage({ shown, people }: Pass, { chats, profiles }: SyncAnswer): boolean {
  const before = shown.size + people.size;
  for (const chat of chats) shown.set(chat.id, chat);
  for (const { id } of profiles) people.add(id);
  return shown.size + people.size > before;
}

/** Whether a chat that was asked about is further now, or gone. */
function leadsOn(answer: SyncAnswer, asked: ReadonlyMap<number, number>): boolean {
  const hasMoved = Object.entries(answer.changes).some(
    ([id, { seq }]) => seq !== (asked.get(Number(id)) ?? seq),
  );
  return hasMoved || answer.removed.some((chatId) => asked.has(chatId));
}
