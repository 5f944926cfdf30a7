import type { ServerEventOf } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import type { OutboxRecord } from "../store/tables.ts";
import type { Turns } from "../turns.ts";
import { type AttemptDependencies, attempt, type Flight, isUploaded, type ReadyRow } from "./attempt.ts";
import { saidAgain } from "./content.ts";
import type { Pace } from "./lanes.ts";
import { failureOf, type Remedy, remedyOf, saysNotStored } from "./remedy.ts";
import type { Rows } from "./rows.ts";
import { type Follower, findSent, followersOf, isFollower } from "./targets.ts";

/** What trying rows needs. */
export interface RunnerDependencies extends Omit<AttemptDependencies, "uploaded"> {
  readonly turns: Turns;
  readonly rows: Rows;
  readonly ownUserId: number;
}

/** Tries rows, and writes down what came of it. */
export class Runner {
  readonly #dependencies: RunnerDependencies;
  readonly #rows: Rows;
  readonly #flights = new Map<string, Flight>();
  /** Message -> `rev` of its latest edit that was confirmed. */
  readonly #confirmedRevs = new Map<number, number>();
  /** Rows whose files were uploaded anew because the server did not know them any more. */
  readonly #uploadedAnew = new Set<string>();

  constructor(dependencies: RunnerDependencies) {
    this.#dependencies = dependencies;
    this.#rows = dependencies.rows;
  }

  /** The `rev` of a message's latest edit that the server has confirmed to this run; 0 for none. */
  confirmedRev(messageId: number): number {
    return this.#confirmedRevs.get(messageId) ?? 0;
  }

  /** Tries one row. Never rejects. Not within a turn. */
  async try({ id }: OutboxRecord): Promise<Pace> {
    const flight: Flight = { abort: new AbortController(), isOut: false, wasTried: false };
    this.#flights.set(id, flight);
    try {
      return await this.#try(id, flight);
    } catch {
      // What came of it could not be written down. The row is as it was, so it is tried again.
      return { kind: "later" };
    } finally {
      this.#flights.delete(id);
    }
  }

  /** Whether a row can still be taken back: nothing of it can have reached the server. Within a turn. */
  isRecallable(row: OutboxRecord): boolean {
    const flight = this.#flights.get(row.id);
    if (flight?.isOut || row.state === "sent") return false;
    if (isFollower(row) || row.state === "failed" || row.state === "held") return true;
    return !(row.state === "sending" && flight ? flight.wasTried : row.tried);
  }

  /** Ends the try of a row that is being taken back. Within the turn that removes it. */
  recall(id: string): void {
    this.#flights.get(id)?.abort.abort(new TacitError("closed", "This message was discarded."));
  }

  /** Ends all tries: what is under way waits for the next run. */
  stop(): void {
    for (const { abort } of this.#flights.values())
      abort.abort(new TacitError("closed", "The client was closed."));
  }

  async #try(id: string, flight: Flight): Promise<Pace> {
    const { turns } = this.#dependencies;
    try {
      const ready = await turns.take(() => this.#begin(id, flight));
      if (!ready) return { kind: "on" };
      const uploaded = (rowId: string, fileId: string, serverId: number) =>
        turns.take(() => this.#uploaded(rowId, fileId, serverId));
      const ok = await attempt({ ...this.#dependencies, uploaded }, ready, flight);
      await turns.take(() => this.#succeeded(ready.row, ok));
      return { kind: "on" };
    } catch (error) {
      return await turns.take(() => this.#failed(id, flight, error));
    }
  }

  /** @returns nothing if there is nothing to do any more */
  async #begin(id: string, flight: Flight): Promise<ReadyRow | undefined> {
    const row = this.#rows.get(id);
    if (!row) return undefined;
    flight.wasTried = row.tried ?? false;
    const ready = isFollower(row) ? await this.#prepare(row) : { row };
    if (!ready) return undefined;
    const { failure: _, ...rest } = ready.row;
    const begun: OutboxRecord = {
      ...rest,
      state: "sending",
      ...(rest.uploads.every(isUploaded) && { tried: true }),
    };
    await this.#rows.write({ put: [begun] });
    return { ...ready, row: begun };
  }

  /** Looks at what an edit or a deletion is about, as it is now. */
  async #prepare(row: Follower): Promise<ReadyRow | undefined> {
    const { clientMessageId } = row.operation;
    const unsent = clientMessageId === undefined ? undefined : this.#rows.get(clientMessageId);
    return unsent ? await this.#mergeInto(unsent, row) : await this.#prepareSent(row);
  }

  /** The message was given up after all: it is changed where it is. */
  async #mergeInto(unsent: OutboxRecord, row: Follower): Promise<undefined> {
    const { operation } = unsent;
    if (row.operation.kind === "delete") await this.#rows.write({ remove: [unsent, row] });
    else if (operation.kind !== "delete") {
      const { text, kind, document } = row.operation.content;
      const { attachments } = operation.content;
      const content = { kind, text, attachments, ...(document && { document }) };
      await this.#rows.write({ put: [{ ...unsent, operation: { ...operation, content } }], remove: [row] });
    }
  }

  async #prepareSent(row: Follower): Promise<ReadyRow | undefined> {
    const message = await this.#messageOf(row);
    if (message?.deleted) return await this.#settle(row);
    const { operation } = row;
    const messageId = message?.id ?? operation.messageId;
    if (messageId === null || (operation.kind === "edit" && !message))
      throw new TacitError("unknown_message", "This message does not exist.");
    if (operation.kind === "delete" || !message)
      return { row: { ...row, operation: { ...operation, messageId } } };
    if (row.tried && (message.rev ?? 0) >= operation.rev && message.content?.text === operation.content.text)
      return await this.#settle(row);
    const { attachments } = saidAgain(message);
    const key = attachments.length > 0 ? (message.content?.key ?? row.key) : row.key;
    const rev = Math.max(operation.rev, (message.rev ?? 0) + 1, this.confirmedRev(message.id) + 1);
    const content = { ...operation.content, attachments };
    return { row: { ...row, key, operation: { ...operation, messageId, rev, content } }, message };
  }

  async #messageOf({ chatId, operation: { messageId, clientMessageId } }: Follower) {
    const { store, ownUserId } = this.#dependencies;
    if (messageId !== null) return await store.get("message", [chatId, messageId]);
    if (clientMessageId === undefined) return undefined;
    return await findSent(store, { chatId, ownUserId, id: clientMessageId });
  }

  /** What was asked for is so already. */
  async #settle(row: OutboxRecord): Promise<undefined> {
    await this.#rows.write({ remove: [row] });
  }

  async #uploaded(rowId: string, fileId: string, serverId: number): Promise<OutboxRecord | undefined> {
    const row = this.#rows.get(rowId);
    if (!row) return undefined;
    const uploadedAt = new Date().toISOString();
    const uploads = row.uploads.map((file) =>
      file.id === fileId ? { ...file, fileId: serverId, uploadedAt } : file,
    );
    const next: OutboxRecord = { ...row, uploads, ...(uploads.every(isUploaded) && { tried: true }) };
    await this.#rows.write({ put: [next] });
    return next;
  }

  async #succeeded({ id, chatId }: OutboxRecord, ok: ServerEventOf<"ok">): Promise<void> {
    const row = this.#rows.get(id);
    if (row?.operation.kind === "edit" && row.operation.messageId !== null)
      this.#confirmedRevs.set(row.operation.messageId, row.operation.rev);
    // `message_new` may have come first: then it was removed with the write that stored the message.
    if (!row) return;
    if (isFollower(row)) return await this.#rows.write({ remove: [row] });
    const { message_id: messageId } = ok;
    if (messageId === undefined) return await this.#rows.write({ put: [{ ...row, state: "sent" }] });
    const followers = followersOf(this.#rows.inChat(chatId), { messageId: null, clientMessageId: id });
    const put = followers.map((follower) => withMessage(follower, messageId));
    if (await this.#dependencies.store.get("message", [chatId, messageId]))
      await this.#rows.write({ put, remove: [row] });
    else await this.#rows.write({ put: [{ ...row, state: "sent", messageId }, ...put] });
  }

  async #failed(id: string, flight: Flight, error: unknown): Promise<Pace> {
    const asked = this.#rows.get(id);
    if (!asked) return { kind: "on" };
    const row = answersNothing(asked, error) ?? asked;
    const remedy = row === asked ? this.#possible(remedyOf(error), row) : "renew";
    if (remedy === "renew") this.#dependencies.encryptor.forget(row.chatId);
    const { tried: _, failure: __, ...rest } = row;
    await this.#rows.write({
      put: [
        { ...rest, ...stateAfter(remedy, row, error), ...(mayBeOut(row, flight, error) && { tried: true }) },
      ],
    });
    return this.#paceAfter(remedy, error);
  }

  /** Files are uploaded anew once, if they are still here. */
  #possible(remedy: Remedy, { id, uploads }: OutboxRecord): Remedy {
    if (remedy !== "upload") return remedy;
    if (uploads.length === 0 || this.#uploadedAnew.has(id)) return "nothing";
    this.#uploadedAnew.add(id);
    return "upload";
  }

  #paceAfter(remedy: Remedy, error: unknown): Pace {
    if (remedy === "renew") return { kind: "renewed" };
    const after = error instanceof TacitError ? error.details.retryAfter : undefined;
    if (remedy === "wait") return { kind: "later", ...(after !== undefined && { after }) };
    if (remedy !== "reconnect") return { kind: "on" };
    // The connection is back already, or never broke: uploads and keys come another way.
    const isOnline = this.#dependencies.connection.state.status === "online";
    return { kind: isOnline ? "later" : "offline" };
  }
}

/** What it answers is not for me any more, as I was removed and came back. What it says is said all the same. */
function answersNothing(row: OutboxRecord, error: unknown): OutboxRecord | undefined {
  const { operation } = row;
  if (operation.kind !== "send" || operation.replyToId === null) return undefined;
  if (!(error instanceof TacitError) || error.code !== "unknown_message") return undefined;
  return { ...row, operation: { ...operation, replyToId: null } };
}

function withMessage(row: Follower, messageId: number): OutboxRecord {
  const { operation } = row;
  return operation.kind === "edit"
    ? { ...row, operation: { ...operation, messageId } }
    : { ...row, operation: { ...operation, messageId } };
}

function stateAfter(remedy: Remedy, { uploads }: OutboxRecord, error: unknown): Partial<OutboxRecord> {
  if (remedy === "nothing") return { state: "failed", failure: failureOf(error) };
  if (remedy === "person") return { state: "held", failure: failureOf(error) };
  if (remedy !== "upload") return { state: "queued" };
  const again = uploads.map(({ fileId: _, uploadedAt: __, ...file }) => file);
  return { state: "queued", uploads: again };
}

/** Whether it may be on the server after all tries so far. What an edit says there stays open until one is confirmed. */
function mayBeOut(row: OutboxRecord, { isOut, wasTried }: Flight, error: unknown): boolean {
  if (!isOut || isFollower(row)) return isOut || wasTried;
  return !saysNotStored(error);
}
