import type { ChangeFeed } from "./changes.ts";
import type { SyncDependencies } from "./dependencies.ts";
import { Draft } from "./draft.ts";
import type { Delivered, Understood } from "./inputs.ts";
import { newOutcome, type Outcome } from "./outcome.ts";
import { reduce } from "./reducer.ts";
import { understand } from "./understand.ts";

/** What became of some inputs. */
export interface Applied {
  readonly outcome: Outcome;
  /** Chats whose messages could not be read now, and why: nothing of theirs was applied. */
  readonly failed: ReadonlyMap<number, unknown>;
}

/** What it needs. */
export type ApplierDependencies = Pick<
  SyncDependencies,
  "store" | "turns" | "changes" | "reader" | "outbox" | "userId" | "onMembership"
>;

/** The one way into the store for what the server tells: read, then reduced and written in one turn, then told. */
export class Applier {
  readonly #dependencies: ApplierDependencies;
  readonly #onOutcome: (outcome: Outcome) => void;
  readonly #generations = new Map<number, number>();
  /** Chats whose first page is news that is still to come, and what has arrived in them since. */
  readonly #early = new Map<number, number[]>();

  /** @param onOutcome hears of every write, after it */
  constructor(dependencies: ApplierDependencies, onOutcome: (outcome: Outcome) => void) {
    this.#dependencies = dependencies;
    this.#onOutcome = onOutcome;
  }

  /** Another number than before: something of the chat went, so an answer that was asked for then may not fit. */
  generationOf(chatId: number): number {
    return this.#generations.get(chatId) ?? 0;
  }

  /** From now on what arrives in this chat is told with its first page, which is news, too, and older. */
  awaitFirstPage(chatId: number): void {
    if (!this.#early.has(chatId)) this.#early.set(chatId, []);
  }

  /** Not within a turn. The caller sees to it that one call ends before the next begins. */
  async apply(delivered: readonly Delivered[]): Promise<Applied> {
    const { inputs, failed } = await understand(this.#dependencies, delivered);
    return { outcome: await this.write(inputs), failed };
  }

  /** As {@link apply}, for what is read already. Pointers may move while another call is under way: they only grow. */
  async write(inputs: readonly Understood[]): Promise<Outcome> {
    if (inputs.length === 0) return newOutcome();
    const { store, turns, changes } = this.#dependencies;
    const { draft, outcome } = await turns.take(async () => {
      const draft = new Draft(store);
      const outcome = await reduce(draft, inputs, this.#dependencies);
      await draft.write();
      this.#confirm(outcome);
      return { draft, outcome };
    });
    this.#putInOrder(inputs, outcome);
    for (const chatId of outcome.restarted) this.#generations.set(chatId, this.generationOf(chatId) + 1);
    for (const chatId of outcome.membership) this.#dependencies.onMembership(chatId);
    await tell(changes, draft, outcome);
    this.#onOutcome(outcome);
    return outcome;
  }

  #putInOrder(inputs: readonly Understood[], { arrived, restarted }: Outcome): void {
    const firstPages = new Set(
      inputs.flatMap((input) => (input.kind === "page" && input.news ? input.chatId : [])),
    );
    for (const [chatId, early] of this.#early) {
      if (restarted.has(chatId)) {
        this.#early.delete(chatId);
        continue;
      }
      const known = [...early, ...(arrived.get(chatId) ?? [])].sort((a, b) => a - b);
      arrived.delete(chatId);
      if (!firstPages.has(chatId)) this.#early.set(chatId, known);
      else {
        this.#early.delete(chatId);
        if (known.length > 0) arrived.set(chatId, known);
      }
    }
  }

  #confirm({ confirmed }: Outcome): void {
    if (confirmed.length > 0) this.#dependencies.outbox.confirmed(confirmed.map(({ id }) => id));
  }
}

/** What was written, by what it is. */
async function tell(changes: ChangeFeed, draft: Draft, { arrived, confirmed }: Outcome): Promise<void> {
  const chatIds = draft.changed("chat").map(([chatId]) => chatId);
  const isHere = new Map<number, boolean>();
  for (const chatId of chatIds) isHere.set(chatId, (await draft.get("chat", [chatId])) !== undefined);
  if (chatIds.length > 0) changes.tell({ kind: "chats", chatIds });
  // Of a chat that went nobody asks which messages it had.
  for (const [chatId, messageIds] of grouped(draft.changed("message")))
    if (isHere.get(chatId) !== false) changes.tell({ kind: "messages", chatId, messageIds });
  for (const chatId of grouped(draft.changed("member")).keys()) changes.tell({ kind: "members", chatId });
  for (const [chatId] of draft.changed("draft")) changes.tell({ kind: "drafts", chatId });
  const userIds = draft.changed("profile").map(([userId]) => userId);
  if (userIds.length > 0) changes.tell({ kind: "profiles", userIds });
  for (const chatId of new Set(confirmed.map(({ chatId }) => chatId)))
    changes.tell({ kind: "outbox", chatId, messageIds: [] });
  for (const [chatId, messageIds] of arrived) changes.tell({ kind: "arrived", chatId, messageIds });
}

function grouped(keys: readonly (readonly [chatId: number, id: number])[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const [chatId, id] of keys) {
    const ids = groups.get(chatId) ?? [];
    ids.push(id);
    groups.set(chatId, ids);
  }
  return groups;
}
