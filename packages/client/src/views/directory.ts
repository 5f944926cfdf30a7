import { TacitError } from "../errors.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { ChatRecord, DraftRecord, ProfileRecord } from "../store/tables.ts";
import type { Change } from "../sync/changes.ts";
import { type Person, type PersonReference, personOf, unknownPerson } from "./people.ts";

/** The chats, drafts and people of the store, in memory: there are few of them, and every line of a list needs them at once. */
export class Directory {
  readonly #store: LocalStore;
  readonly #server: string;
  readonly #chats = new Map<number, ChatRecord>();
  readonly #drafts = new Map<number, DraftRecord>();
  readonly #profiles = new Map<number, ProfileRecord>();

  constructor(store: LocalStore, server: string) {
    this.#store = store;
    this.#server = server;
  }

  async load(): Promise<void> {
    const [chats, drafts, profiles] = await Promise.all([
      this.#store.range("chat"),
      this.#store.range("draft"),
      this.#store.range("profile"),
    ]);
    for (const chat of chats) this.#chats.set(chat.id, chat);
    for (const draft of drafts) this.#drafts.set(draft.chatId, draft);
    for (const profile of profiles) this.#profiles.set(profile.userId, profile);
  }

  /** Reads again what a change is about; it is up to date once this resolves. */
  async heed(change: Change): Promise<void> {
    if (change.kind === "chats") {
      const chats = await this.#store.getMany(
        "chat",
        change.chatIds.map((id) => [id]),
      );
      replace(this.#chats, change.chatIds, chats);
    } else if (change.kind === "drafts") {
      const { chatId } = change;
      replace(this.#drafts, [chatId], [await this.#store.get("draft", [chatId])]);
    } else if (change.kind === "profiles") {
      const profiles = await this.#store.getMany(
        "profile",
        change.userIds.map((id) => [id]),
      );
      replace(this.#profiles, change.userIds, profiles);
    }
  }

  chat(id: number): ChatRecord | undefined {
    return this.#chats.get(id);
  }

  draft(chatId: number): DraftRecord | undefined {
    return this.#drafts.get(chatId);
  }

  /** Latest activity first. */
  chats(): ChatRecord[] {
    return [...this.#chats.values()].sort((a, b) => compare(b.activeAt, a.activeAt) || b.id - a.id);
  }

  person(id: number): Person {
    const profile = this.#profiles.get(id);
    return profile ? personOf(this.#server, profile) : unknownPerson(id);
  }

  /** @throws TacitError `unknown_user` */
  async resolve(
    reference: PersonReference,
    search: (username: string) => Promise<readonly Person[]>,
  ): Promise<number> {
    if (typeof reference === "number") return reference;
    if (typeof reference === "object") return reference.id;
    const wanted = fold(reference);
    const known = [...this.#profiles.values()].find(({ username }) => fold(username) === wanted);
    const id =
      known?.userId ?? (await search(reference)).find(({ username }) => fold(username) === wanted)?.id;
    if (id === undefined) throw new TacitError("unknown_user", "There is nobody with this username.");
    return id;
  }
}

function replace<T>(cache: Map<number, T>, ids: readonly number[], values: readonly (T | undefined)[]): void {
  ids.forEach((id, at) => {
    const value = values[at];
    if (value === undefined) cache.delete(id);
    else cache.set(id, value);
  });
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const fold = (name: string) => name.trim().normalize("NFKC").toLowerCase();
