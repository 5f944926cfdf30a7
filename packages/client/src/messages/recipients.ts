import { endpoints } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { ChatRecord } from "../store/tables.ts";
import type { Api } from "../transport/transport.ts";
import type { Judgement } from "../trust/judge.ts";
import type { Trust } from "../trust/trust.ts";

/** What finding recipients needs. */
export interface RecipientsDependencies {
  readonly api: Pick<Api, "call">;
  readonly trust: Pick<Trust, "judge" | "epoch">;
  readonly store: LocalStore;
  readonly userId: number;
  /** Brings who is in a chat up to date, in the store. @throws TacitError of the network */
  readonly learnMembers?: (chatId: number) => Promise<void>;
}

/** Members and keys of a chat, taken together. */
export interface Snapshot extends Judgement {
  /** The `members_version` that they belong to. */
  readonly version: number;
  /** Of {@link Trust}, before they were judged. */
  readonly epoch: number;
}

/** For whom the messages of each chat are encrypted. */
export class Recipients {
  readonly #dependencies: RecipientsDependencies;
  readonly #snapshots = new Map<number, Promise<Snapshot>>();

  constructor(dependencies: RecipientsDependencies) {
    this.#dependencies = dependencies;
  }

  /** The membership has changed, or the keys have. */
  forget(chatId: number): void {
    this.#snapshots.delete(chatId);
  }

  /**
   * Everyone in the chat, from a snapshot that is as new as what the store knows.
   *
   * @throws TacitError `encryption_downgrade` if somebody is missing or should not be there; of the network
   */
  async of(chat: ChatRecord): Promise<Snapshot> {
    const snapshot = await this.#taken(chat);
    if (!this.#isCurrent(snapshot, chat)) {
      this.forget(chat.id);
      return await this.#taken(chat);
    }
    return snapshot;
  }

  #isCurrent({ version, epoch }: Snapshot, { membersVersion }: ChatRecord): boolean {
    return version >= membersVersion && epoch === this.#dependencies.trust.epoch;
  }

  #taken(chat: ChatRecord): Promise<Snapshot> {
    const known = this.#snapshots.get(chat.id);
    if (known) return known;
    const taken = this.#take(chat);
    this.#snapshots.set(chat.id, taken);
    taken.catch(() => {
      if (this.#snapshots.get(chat.id) === taken) this.forget(chat.id);
    });
    return taken;
  }

  async #take(chat: ChatRecord): Promise<Snapshot> {
    const { api, trust } = this.#dependencies;
    const { members_version: version, keys } = await api.call(endpoints.chats.getChatKeys, {
      params: { id: chat.id },
    });
    const ids = new Set(keys.map(({ user_id }) => user_id));
    await this.#checkMembers(await this.#withMembers(chat, version, ids), version, ids);
    const { epoch } = trust;
    return { ...(await trust.judge(keys)), version, epoch };
  }

  /** Who is unknown here may have just come. Then all can see it, or it is a lie. */
  async #withMembers(chat: ChatRecord, version: number, ids: ReadonlySet<number>): Promise<ChatRecord> {
    const { store, learnMembers } = this.#dependencies;
    if (!learnMembers || chat.kind === "private" || (await this.#isKnown(chat, version, ids))) return chat;
    await learnMembers(chat.id);
    const known = (await store.get("chat", [chat.id])) ?? chat;
    if (version < known.membersVersion)
      throw new TacitError("stale_members", "Somebody came or went just now.");
    if (version > known.membersVersion)
      throw downgrade("The server gives out members of whom it tells nobody.");
    return known;
  }

  /** Whether the store has these members and no others, or newer ones. */
  async #isKnown(
    { id, membersVersion, membersLoaded }: ChatRecord,
    version: number,
    ids: ReadonlySet<number>,
  ): Promise<boolean> {
    if (version < membersVersion) return true;
    if (version > membersVersion || !membersLoaded) return false;
    const known = await this.#members(id);
    return known.length === ids.size && known.every((userId) => ids.has(userId));
  }

  async #members(chatId: number): Promise<number[]> {
    const rows = await this.#dependencies.store.range("member", { prefix: [chatId] });
    return rows.filter(({ removed }) => !removed).map(({ userId }) => userId);
  }

  async #checkMembers(chat: ChatRecord, version: number, ids: ReadonlySet<number>): Promise<void> {
    const { userId } = this.#dependencies;
    if (version < chat.membersVersion) throw downgrade("The server gives out members of an earlier time.");
    if (!ids.has(userId)) throw downgrade("The server leaves me out of this chat.");
    if (chat.kind === "private") checkPair(ids, chat.peerId);
    else if (version === chat.membersVersion) await this.#checkKnown(chat, ids);
  }

  /** With another version than the store's, somebody may have come or gone of whom it has not heard yet. */
  async #checkKnown({ id, memberCount, membersLoaded }: ChatRecord, ids: ReadonlySet<number>): Promise<void> {
    const known = await this.#members(id);
    if (known.some((userId) => !ids.has(userId)))
      throw downgrade("The server leaves out a member of this chat.");
    if ((membersLoaded || known.length === memberCount) && ids.size > known.length)
      throw downgrade("The server gives out a key of somebody who is no member of this chat.");
  }
}

function checkPair(ids: ReadonlySet<number>, peerId: number | null): void {
  if (peerId === null || !ids.has(peerId))
    throw downgrade("The server leaves out the other side of this chat.");
  if (ids.size !== 2) throw downgrade("The server adds somebody to a private chat.");
}

function downgrade(message: string): TacitError {
  return new TacitError("encryption_downgrade", message);
}
