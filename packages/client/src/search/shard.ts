import MiniSearch, { type AsPlainObject, type Options } from "minisearch";
import { isUnspaced, queryTermsOf, termsOf } from "./terms.ts";

/** A message as the index takes it in. Its id is unique on the server, so it needs no chat beside it. */
export interface Entry {
  readonly id: number;
  readonly chatId: number;
  readonly senderId: number;
  readonly text: string;
}

/** What is looked for. */
export interface Wanted {
  readonly query: string;
  readonly chatId?: number | undefined;
  readonly senderId?: number | undefined;
}

/** What was found. */
export interface Found {
  readonly id: number;
  readonly chatId: number;
  readonly score: number;
}

/** Goes up when texts are taken apart in another way: then the index is made anew. */
const VERSION = 1;

const OPTIONS: Options<Entry> = {
  fields: ["text"],
  storeFields: ["chatId", "senderId"],
  tokenize: termsOf,
  processTerm: (term) => term,
  searchOptions: { combineWith: "AND", tokenize: queryTermsOf, prefix: (term) => isPrefix(term) },
  // At once, not in batches with pauses: MiniSearch does not bear messages that are added in a pause.
  autoVacuum: { batchSize: Number.MAX_SAFE_INTEGER, minDirtCount: 50, minDirtFactor: 0.1 },
};

/** Messages of one shard. More would make every saving slow, fewer every search. */
const CAPACITY = 2500;

/** A part of the index: small enough to be written anew whenever something in it has changed. */
export class Shard {
  readonly name: string;
  readonly #index: MiniSearch<Entry>;
  /** Something has changed since it was written. */
  dirty = false;

  private constructor(name: string, index: MiniSearch<Entry>) {
    this.name = name;
    this.#index = index;
  }

  static empty(name: string): Shard {
    return new Shard(name, new MiniSearch(OPTIONS));
  }

  /** @returns `undefined` for what was written by a release with another idea of it */
  static read(name: string, stored: unknown): Shard | undefined {
    const { version, index } = (stored ?? {}) as { version?: unknown; index?: AsPlainObject };
    if (version !== VERSION || !index) return undefined;
    try {
      return new Shard(name, MiniSearch.loadJS(index, OPTIONS));
    } catch {
      return undefined;
    }
  }

  get full(): boolean {
    return this.#index.documentCount >= CAPACITY;
  }

  has(id: number): boolean {
    return this.#index.has(id);
  }

  /** The chat of a message that it has. */
  chatOf(id: number): unknown {
    return this.#index.getStoredFields(id)?.chatId;
  }

  put(entry: Entry): void {
    this.remove(entry.id);
    this.#index.add(entry);
    this.dirty = true;
  }

  remove(id: number): void {
    if (!this.#index.has(id)) return;
    this.#index.discard(id);
    this.dirty = true;
  }

  /** @param fuzzy whether words may differ by a letter or two */
  find({ query, chatId, senderId }: Wanted, fuzzy: boolean): Found[] {
    const results = this.#index.search(query, {
      filter: (result) =>
        (chatId === undefined || result.chatId === chatId) &&
        (senderId === undefined || result.senderId === senderId),
      ...(fuzzy && { fuzzy: distanceFor }),
    });
    return results.map(({ id, score, chatId: of }) => ({ id, chatId: of, score }));
  }

  /** For {@link Shard.read}. */
  stored(): { readonly version: number; readonly index: AsPlainObject } {
    return { version: VERSION, index: this.#index.toJSON() };
  }
}

/** With one letter half of all words begin. */
function isPrefix(term: string): boolean {
  return term.length > 1 || isUnspaced(term);
}

/** How many letters may be wrong. In short words, and in numbers, another letter makes another word. */
function distanceFor(term: string): number | false {
  if (term.length < 5 || /\p{N}/u.test(term)) return false;
  return term.length < 7 ? 1 : 2;
}
