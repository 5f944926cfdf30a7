import type { SearchHit, SearchOptions } from "../core/commands.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { Turns } from "../turns.ts";
import { MessageIndex } from "./message-index.ts";
import type { Found, Wanted } from "./shard.ts";
import { queryTermsOf } from "./terms.ts";

/** What the search needs. */
export interface SearchDependencies {
  readonly store: LocalStore;
  readonly turns: Turns;
}

/** Full-text search over the decrypted messages of this device. The index is sealed like everything else. */
export interface Search {
  /**
   * Messages that hold all the words, or words that begin so: newest first; then those with slightly other words, newest
   * first. Case and accents make no difference. Of a query at most 1,000 characters and 32 words are looked at; one without
   * any word finds nothing. Not within a turn.
   */
  find(query: string, options?: SearchOptions): Promise<SearchHit[]>;
  /** Takes in what has changed, if at least so many messages have: else it waits for the next search. Not within a turn. */
  tidy(atLeast?: number): Promise<void>;
}

/** Changes that may wait outside the index: so many are taken in by the first search after a start. */
const MAX_WAITING = 2000;
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;

/**
 * Opens the index. It is read when somebody first searches: until then it takes no memory. What has changed since it was
 * written stands in the table `unindexed`, in the same write as the message itself, so a crash loses nothing.
 */
export function createSearch({ store, turns }: SearchDependencies): Search {
  const index = new MessageIndex({ store, turns });
  let isUsed = false;
  return {
    find: async (query, { chatId, senderId, before, limit = DEFAULT_LIMIT } = {}) => {
      if (queryTermsOf(query).length === 0) return [];
      isUsed = true;
      await index.update();
      const page = { before, limit: Math.min(Math.max(limit, 0), MAX_LIMIT) };
      return pageOf(index, { query, chatId, senderId }, page).map(hitOf);
    },
    tidy: async (atLeast = MAX_WAITING) => {
      const waiting = await store.keys("unindexed", { limit: Math.max(atLeast, 1) });
      if (waiting.length < atLeast) return;
      await index.update();
      await index.release(() => isUsed);
    },
  };
}

interface Page {
  readonly before: number | undefined;
  readonly limit: number;
}

function pageOf(index: MessageIndex, wanted: Wanted, { before, limit }: Page): Found[] {
  const exact = index.find(wanted, false);
  const passed = placeAfter(exact, before);
  const inExact = before === undefined || passed > 0;
  if (inExact && exact.length - passed >= limit) return exact.slice(passed, passed + limit);
  const known = new Set(exact.map(({ id }) => id));
  const all = [...exact, ...index.find(wanted, true).filter(({ id }) => !known.has(id))];
  const start = inExact ? passed : placeAfter(all, before) || countNewer(exact, before);
  return all.slice(start, start + limit);
}

/** 0 if it is not there. */
function placeAfter(found: readonly Found[], messageId: number | undefined): number {
  return found.findIndex(({ id }) => id === messageId) + 1;
}

/** For a message that was deleted since the page before: it is taken to have been in `found`. */
function countNewer(found: readonly Found[], messageId: number): number {
  return found.filter(({ id }) => id > messageId).length;
}

function hitOf({ id, chatId, score }: Found): SearchHit {
  return { chatId, messageId: id, score };
}
