import { TacitError } from "../errors.ts";
import type { Uploads } from "../media/media.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { ChatRecord, MessageRecord, OutboxRecord, SpooledFile, StoredMessage } from "../store/tables.ts";
import type { ChangeFeed } from "../sync/changes.ts";
import type { Turns } from "../turns.ts";
import type { AttemptDependencies } from "./attempt.ts";
import { Composer, type Draft } from "./composer.ts";
import type { NewContent } from "./content.ts";
import { Lanes, type OutboxDelays } from "./lanes.ts";
import { Rows } from "./rows.ts";
import { Runner } from "./runner.ts";
import { followersOf, isFollower } from "./targets.ts";

/** What the outbox needs. */
export interface OutboxDependencies extends Pick<AttemptDependencies, "store" | "connection" | "encryptor"> {
  readonly uploads: Uploads;
  readonly turns: Turns;
  readonly changes: ChangeFeed;
  readonly ownUserId: number;
  readonly delays?: Partial<OutboxDelays>;
}

/**
 * What was asked for and is not confirmed: written down before it is promised, sent in order, once. Of a chat, one thing is under
 * way at a time, and what comes after it waits; chats do not wait for each other. Every change is told as `outbox`, the octets of
 * an upload as `transfer`.
 */
export interface Outbox {
  /**
   * Takes a message. When it resolves, the message survives a crash.
   *
   * @returns its id, which becomes the `client_message_id`
   * @throws TacitError `unknown_chat`, `message_too_large`, `store_full`; then nothing was taken
   */
  send(chatId: number, draft: Draft): Promise<string>;
  /**
   * Replaces what a message says; its files stay. Of edits of one message that nobody has begun to send, the last counts.
   *
   * @param about id of the message, or of its row here if it has not been sent yet
   * @param id UUID: asking twice with the same one edits once
   * @throws TacitError `unknown_message`; `not_possible` if it is somebody else's, the server's, or deleted;
   *   `unreadable_message`; `message_too_large`; `unknown_chat`; `store_full`
   */
  edit(chatId: number, about: number | string, change: NewContent, id?: string): Promise<void>;
  /**
   * Deletes a message for everyone. One that has not been sent yet is discarded; one that may be out is deleted as soon as
   * that is known. One that was deleted already needs nothing.
   *
   * @param about id of the message, or of its row here
   * @param id UUID: asking twice with the same one deletes once
   * @throws TacitError `unknown_message`; `not_possible` for what the server wrote; `store_full`
   */
  remove(chatId: number, about: number | string, id?: string): Promise<void>;
  /**
   * Sends what a message says to another chat, encrypted anew. Its files are not uploaded again.
   *
   * @param id UUID: becomes the `client_message_id`
   * @returns the id
   * @throws TacitError `unreadable_message`, `not_possible`, `unknown_chat`, `message_too_large`, `store_full`
   */
  forward(message: MessageRecord, toChatId: number, id?: string): Promise<string>;
  /** Tries again at its place what has failed or is held, and at once what waits. Of what is not here there is nothing to do. */
  retry(id: string): Promise<void>;
  /**
   * Takes back what has not been sent, with its files and with what was to follow it.
   *
   * @returns false if it is not here any more or may have reached the server: `remove` deletes it there
   */
  discard(id: string): Promise<boolean>;
  /** What waits in a chat, in order. */
  list(chatId: number): Promise<OutboxRecord[]>;
  /** The connection is there: goes on. */
  opened(): void;
  /** The person has accepted somebody's new identity: what was held because of it goes on. */
  identityAccepted(userId: number): Promise<void>;
  /**
   * Those of these messages of mine that are here, with the keys of their rows (table `outbox`), for the reducer: it removes them
   * in the very write that stores the messages, and then calls {@link Outbox.confirmed}. Within a turn.
   */
  ordersFor(clientMessageIds: readonly string[]): { readonly id: string; readonly order: number }[];
  /** These rows were removed from the store. Within the turn that did it. */
  confirmed(clientMessageIds: readonly string[]): void;
  /** Ends what is under way; it is sent when the outbox is opened again. Nothing is written after it resolves. */
  close(): Promise<void>;
}

/** Opens the outbox with what an earlier run left in it. It sends as soon as the connection is there. Not within a turn. */
export async function createOutbox(dependencies: OutboxDependencies): Promise<Outbox> {
  const { turns, store, changes, uploads } = dependencies;
  const discard = (file: SpooledFile) => uploads.discard(file);
  const rows = await turns.take(() => Rows.load({ store, changes, discard }));
  const outbox = new Sending(dependencies, rows);
  await outbox.start();
  return outbox;
}

class Sending implements Outbox {
  readonly #turns: Turns;
  readonly #store: LocalStore;
  readonly #encryptor: OutboxDependencies["encryptor"];
  readonly #rows: Rows;
  readonly #runner: Runner;
  readonly #composer: Composer;
  readonly #lanes: Lanes;
  readonly #stopListening: () => void;
  #isClosed = false;

  constructor(dependencies: OutboxDependencies, rows: Rows) {
    const { turns, store, changes, connection, encryptor, ownUserId, delays } = dependencies;
    this.#turns = turns;
    this.#store = store;
    this.#encryptor = encryptor;
    this.#rows = rows;
    const progress = (outboxId: string, done: number, total: number) =>
      changes.tell({ kind: "transfer", outboxId, done, total });
    const runner = new Runner({ ...dependencies, rows, progress });
    this.#runner = runner;
    this.#composer = new Composer({
      store,
      rows,
      ownUserId,
      confirmedRev: (messageId) => runner.confirmedRev(messageId),
      isRecallable: (row) => runner.isRecallable(row),
    });
    this.#lanes = new Lanes({
      chats: () => new Set(rows.all().map(({ chatId }) => chatId)),
      next: (chatId) => nextOf(rows, chatId),
      work: (row) => runner.try(row),
      isOnline: () => connection.state.status === "online",
      delays,
    });
    this.#stopListening = changes.listen((change) => {
      if (change.kind === "messages") this.#arrived(change.messageIds);
      if (change.kind === "chats") this.#changed(change.chatIds);
    });
  }

  async start(): Promise<void> {
    const awaited = this.#rows.all().map((row) => row.messageId ?? failedTarget(row) ?? 0);
    await this.#turns.take(() => this.#settle(awaited));
    await this.#turns.take(() => this.#giveUpAwaiting(this.#rows.all()));
    this.#lanes.wake();
  }

  async send(chatId: number, draft: Draft): Promise<string> {
    const id = draft.id ?? crypto.randomUUID();
    await this.#write(() => this.#composer.send(chatId, id, draft));
    return id;
  }

  edit(chatId: number, about: number | string, change: NewContent, id: string = crypto.randomUUID()) {
    return this.#write(() => this.#composer.edit(chatId, about, change, id));
  }

  remove(chatId: number, about: number | string, id: string = crypto.randomUUID()): Promise<void> {
    return this.#write(async () => {
      const unsent = await this.#composer.remove(chatId, about, id);
      if (unsent) await this.#takeBack(unsent);
    });
  }

  async forward(message: MessageRecord, toChatId: number, id: string = crypto.randomUUID()): Promise<string> {
    await this.#write(() => this.#composer.forward(message, toChatId, id));
    return id;
  }

  async retry(id: string): Promise<void> {
    const chatId = await this.#write(async () => {
      const row = this.#rows.get(id);
      if (row?.state === "failed" || row?.state === "held") await this.#release([row]);
      return row?.chatId;
    });
    if (chatId !== undefined) this.#lanes.resume(chatId);
  }

  async discard(id: string): Promise<boolean> {
    return await this.#write(async () => {
      const row = this.#rows.get(id);
      if (!row || !this.#runner.isRecallable(row)) return false;
      await this.#takeBack(row);
      return true;
    });
  }

  async list(chatId: number): Promise<OutboxRecord[]> {
    return this.#rows.inChat(chatId);
  }

  opened(): void {
    this.#lanes.resumeAll();
  }

  identityAccepted(userId: number): Promise<void> {
    return this.#write(() =>
      this.#release(
        this.#rows
          .all()
          .filter(({ state, failure }) => state === "held" && failure?.userIds?.includes(userId)),
      ),
    );
  }

  ordersFor(clientMessageIds: readonly string[]): { readonly id: string; readonly order: number }[] {
    return clientMessageIds.flatMap((id) => this.#rows.get(id) ?? []).map(({ id, order }) => ({ id, order }));
  }

  confirmed(clientMessageIds: readonly string[]): void {
    const rows = this.#rows.drop(clientMessageIds).filter(({ uploads }) => uploads.length > 0);
    if (rows.length > 0) this.#later(() => this.#rows.discardFiles(rows));
    this.#lanes.wake();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopListening();
    this.#runner.stop();
    await this.#lanes.close();
    await this.#turns.idle();
  }

  async #write<T>(task: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new TacitError("closed", "The client was closed.");
    const result = await this.#turns.take(task);
    this.#lanes.wake();
    return result;
  }

  async #release(rows: readonly OutboxRecord[]): Promise<void> {
    // What is known of the members is what it failed with.
    for (const { chatId } of rows) this.#encryptor.forget(chatId);
    await this.#rows.write({
      put: rows.map(({ failure: _, ...row }) => ({ ...row, state: "queued" })),
      durable: true,
    });
  }

  async #takeBack(row: OutboxRecord): Promise<void> {
    this.#runner.recall(row.id);
    const followers = isFollower(row)
      ? []
      : followersOf(this.#rows.inChat(row.chatId), { messageId: null, clientMessageId: row.id });
    await this.#rows.write({ remove: [row, ...followers], durable: true });
  }

  /** A message that was deleted before its `message_new` came says nothing of its `client_message_id`: its id does. */
  #arrived(messageIds: readonly number[]): void {
    if (this.#awaiting(messageIds).length > 0) this.#later(() => this.#settle(messageIds));
  }

  /** Rows that have nothing more to do once these messages are here, or are deleted. */
  #awaiting(messageIds: readonly number[]): { readonly row: OutboxRecord; readonly messageId: number }[] {
    const ids = new Set(messageIds);
    return this.#rows.all().flatMap((row) => {
      const messageId = row.state === "sent" ? row.messageId : failedTarget(row);
      return messageId && ids.has(messageId) ? { row, messageId } : [];
    });
  }

  /** Within a turn. */
  async #settle(messageIds: readonly number[]): Promise<void> {
    const awaiting = this.#awaiting(messageIds);
    const keys = awaiting.map(({ row, messageId }): [number, number] => [row.chatId, messageId]);
    const found = await this.#store.getMany("message", keys);
    const isDone = ({ state }: OutboxRecord, message: StoredMessage | undefined) =>
      message !== undefined && (state === "sent" || message.deleted !== undefined);
    const done = awaiting.filter(({ row }, index) => isDone(row, found[index]));
    await this.#rows.write({ remove: done.map(({ row }) => row) });
  }

  /** A chat that somebody was removed from and came back to begins anew: what was sent before is not for them any more. */
  #changed(chatIds: readonly number[]): void {
    const rows = this.#rows.all().filter(({ state, chatId }) => state === "sent" && chatIds.includes(chatId));
    if (rows.length > 0) this.#later(() => this.#giveUpAwaiting(rows));
  }

  /** Removes rows whose message is on the server and will never come. Within a turn. */
  async #giveUpAwaiting(rows: readonly OutboxRecord[]): Promise<void> {
    const done: OutboxRecord[] = [];
    for (const { id } of rows) {
      const row = this.#rows.get(id);
      if (row?.state !== "sent" || row.messageId === undefined) continue;
      if (!mayCome(await this.#store.get("chat", [row.chatId]), row.messageId)) done.push(row);
    }
    await this.#rows.write({ remove: done });
  }

  /** In a turn of its own. What fails is done by the next run, which finds it undone. */
  #later(task: () => Promise<void>): void {
    this.#turns.take(task).then(
      () => this.#lanes.wake(),
      () => {},
    );
  }
}

/** Whether a message may still come: not if everything that there is around it is here, or the chat is gone. */
function mayCome(chat: ChatRecord | undefined, messageId: number): boolean {
  if (!chat) return false;
  const { oldestId, newestId = 0, historyComplete } = chat;
  const reachesBack = historyComplete || (oldestId !== null && oldestId <= messageId);
  return !reachesBack || newestId < messageId;
}

/** The message of an edit or a deletion that has failed: once it is deleted, nobody can see or repeat that any more. */
function failedTarget(row: OutboxRecord): number | null {
  return isFollower(row) && row.state === "failed" ? row.operation.messageId : null;
}

/** What is next in a chat. What is held keeps the rest waiting; so does what is about a message that is still to come. */
function nextOf(rows: Rows, chatId: number): OutboxRecord | undefined {
  const row = rows.inChat(chatId).find(({ state }) => state !== "sent" && state !== "failed");
  if (!row || row.state === "held") return undefined;
  const { clientMessageId } = isFollower(row) ? row.operation : {};
  return clientMessageId !== undefined && rows.get(clientMessageId)?.state === "sent" ? undefined : row;
}
