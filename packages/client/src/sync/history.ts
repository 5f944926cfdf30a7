import { chatEndpoints, LIMITS, type Message, messageEndpoints } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import type { ChatRecord } from "../store/tables.ts";
import { Turns } from "../turns.ts";
import type { Applier } from "./applier.ts";
import { lacksFirstPage } from "./chat-record.ts";
import type { SyncDependencies } from "./dependencies.ts";
import type { Delivered } from "./inputs.ts";

/** What loading history needs. */
export interface HistoryDependencies extends Pick<SyncDependencies, "api" | "store"> {
  readonly applier: Applier;
  readonly pipeline: Turns;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Loads messages before those that are here, and the members of groups. */
export class History {
  readonly #dependencies: HistoryDependencies;
  readonly #turns = new Map<number, Turns>();
  /** Chats that are news themselves. */
  readonly #news = new Set<number>();

  constructor(dependencies: HistoryDependencies) {
    this.#dependencies = dependencies;
  }

  /** The unread messages of these chats' first page are news, before whatever arrives in them meanwhile. */
  async announce(chatIds: readonly number[]): Promise<void> {
    const { store, applier } = this.#dependencies;
    for (const chat of await store.getMany(
      "chat",
      chatIds.map((chatId) => [chatId]),
    )) {
      if (!chat) continue;
      this.#news.add(chat.id);
      if (lacksFirstPage(chat)) applier.awaitFirstPage(chat.id);
    }
  }

  /**
   * Loads the messages before the oldest one that is here.
   *
   * @returns whether there may be more
   * @throws TacitError as `Api.call`; `bad_answer` for messages that were not asked for
   */
  async loadOlder(
    chatId: number,
    limit: number = LIMITS.messagesDefault,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const turns = this.#turns.get(chatId) ?? new Turns();
    this.#turns.set(chatId, turns);
    return await turns.take(async () => {
      const chat = await this.#dependencies.store.get("chat", [chatId]);
      if (!chat || chat.historyComplete) return false;
      await this.#loadBefore(chat, Math.min(Math.max(limit, 1), LIMITS.messagesMax), signal);
      const now = await this.#dependencies.store.get("chat", [chatId]);
      return now !== undefined && !now.historyComplete;
    });
  }

  /** Loads who is in a chat, unless that is known already. @throws TacitError as `Api.call` */
  async loadMembers(chatId: number): Promise<void> {
    const { api, store, applier, pipeline, signal } = this.#dependencies;
    const chat = await store.get("chat", [chatId]);
    if (!chat || chat.membersLoaded) return;
    const generation = applier.generationOf(chatId);
    const members = await api.call(chatEndpoints.listMembers, { params: { id: chatId }, signal });
    await pipeline.take(async () => {
      if (applier.generationOf(chatId) === generation)
        await applier.apply([{ kind: "members", chatId, seq: chat.seq, members }]);
    });
  }

  async #loadBefore(chat: ChatRecord, limit: number, signal?: AbortSignal): Promise<void> {
    const { api, applier, pipeline, signal: end } = this.#dependencies;
    const generation = applier.generationOf(chat.id);
    const before = chat.oldestId ?? (chat.newestId === undefined ? undefined : chat.newestId + 1);
    const messages = await api.call(messageEndpoints.listMessages, {
      params: { id: chat.id },
      query: { limit, ...(before === undefined ? {} : { before_id: before }) },
      signal: signal ? AbortSignal.any([signal, end]) : end,
    });
    if (
      !messages.every(({ id, chat_id }) => chat_id === chat.id && id < (before ?? Number.POSITIVE_INFINITY))
    )
      throw new TacitError("bad_answer", "The server gave messages that were not asked for");
    const page = pageOf(chat.id, messages, {
      isLast: messages.length < limit,
      news: this.#news.has(chat.id),
    });
    await pipeline.take(async () => {
      if (applier.generationOf(chat.id) !== generation) return;
      const { failed } = await applier.apply([page]);
      for (const error of failed.values()) throw error;
      this.#news.delete(chat.id);
    });
  }
}

function pageOf(
  chatId: number,
  messages: readonly Message[],
  { isLast, news }: { readonly isLast: boolean; readonly news: boolean },
): Delivered {
  const oldestId = messages.reduce((oldest, { id }) => Math.min(oldest, id), Number.POSITIVE_INFINITY);
  const reachesDownTo = Number.isFinite(oldestId) ? oldestId : 0;
  return { kind: "page", chatId, messages, oldestId: reachesDownTo, complete: isLast, news };
}
