import type { Chat, Message, Person, Tacit } from "@tacit/client";

/**
 * What the list says of a chat. It never changes: what changed is a new row.
 * What I have begun to write changes with every key, and is not part of it: see `LastLine`.
 */
export interface ChatRow {
  readonly id: number;
  readonly kind: Chat["kind"];
  readonly title: string;
  readonly avatarUrl: string | undefined;
  /** The other side of a private chat. */
  readonly peer: Person | undefined;
  /** Whether the other side of a private chat is online. */
  readonly isOnline: boolean;
  /** 1000 stands for that many or more. */
  readonly unread: number;
  readonly isFavorite: boolean;
  readonly isArchived: boolean;
  readonly mutedUntil: Date | undefined;
  /** When something last happened in it, or was written that is not sent yet. */
  readonly activeAt: Date;
  readonly encrypted: boolean;
  readonly myRole: Chat["myRole"];
  /** The newest message, or what waits to be sent after it. */
  readonly last: Message | undefined;
  /** Who types in it now. */
  readonly typing: readonly Person[];
}

/** Milliseconds in which changes gather: many come at once, and nobody sees so short a time. */
const GATHER = 30;
/** Chats that are read in one go at the start: the first of them fill a screen. */
const AT_ONCE = 40;
/** The longest that a timer can be set for. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The rows of the list of chats: favourites first, then by activity. Only what a change is about is read again. */
export class ChatRows {
  readonly #tacit: Tacit;
  readonly #rows = new Map<number, ChatRow>();
  readonly #typing = new Map<number, Set<number>>();
  readonly #listeners = new Set<() => void>();
  #list: readonly ChatRow[] = [];
  #dirty = new Set<number>();
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #unmuting: ReturnType<typeof setTimeout> | undefined;
  #isReading = false;
  #stop: (() => void) | undefined;

  constructor(tacit: Tacit) {
    this.#tacit = tacit;
  }

  /** All rows, in order. The same array until something changes. */
  readonly list = (): readonly ChatRow[] => this.#list;

  /** One row; `undefined` if there is no such chat. */
  readonly get = (chatId: number): ChatRow | undefined => this.#rows.get(chatId);

  /** Hears when {@link ChatRows.list} changes; while nobody does, nothing is read. @returns ends it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#end();
    };
  };

  #start(): void {
    const { chats, people } = this.#tacit;
    const stops = [
      this.#tacit.on("chats", ({ chatIds }) => this.#mark(chatIds)),
      this.#tacit.on(["messages", "outbox"], ({ chatId }) => this.#mark([chatId])),
      this.#tacit.on("profiles", ({ userIds }) => this.#mark(this.#chatsWith(new Set(userIds)))),
      this.#tacit.on("presence", ({ userId }) => this.#mark(this.#privateChatWith(userId))),
      this.#tacit.on("typing", ({ chatId, userId, isTyping }) => {
        const typing = this.#typing.get(chatId) ?? new Set();
        typing[isTyping ? "add" : "delete"](userId);
        this.#typing.set(chatId, typing);
        this.#redraw(chatId, { typing: [...typing].map((id) => people.get(id)) });
      }),
    ];
    this.#stop = () => {
      for (const stop of stops) stop();
    };
    const all = chats.list();
    this.#rows.clear();
    for (const chat of all) this.#rows.set(chat.id, this.#rowOf(chat, undefined));
    this.#dirty = new Set(this.#sorted().map(({ id }) => id));
    this.#tell();
    void this.#read();
  }

  #end(): void {
    this.#stop?.();
    clearTimeout(this.#gathering);
    clearTimeout(this.#unmuting);
    this.#gathering = undefined;
    this.#dirty.clear();
    this.#typing.clear();
  }

  #mark(chatIds: Iterable<number>): void {
    for (const id of chatIds) this.#dirty.add(id);
    if (this.#dirty.size === 0 || this.#isReading) return;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      void this.#read();
    }, GATHER);
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const ids = [...this.#dirty].slice(0, AT_ONCE);
      for (const id of ids) this.#dirty.delete(id);
      const latest = await Promise.all(ids.map((id) => this.#latest(id)));
      if (this.#listeners.size === 0) return;
      ids.forEach((id, at) => {
        const chat = this.#tacit.chats.get(id);
        if (chat) this.#rows.set(id, this.#rowOf(chat, latest[at]));
        else this.#rows.delete(id);
      });
      this.#tell();
    } finally {
      this.#isReading = false;
      this.#mark([]);
    }
  }

  /** A chat that goes while it is read, or a storage that is closed, leaves a row without its message. */
  async #latest(chatId: number): Promise<Message | undefined> {
    return await this.#tacit.chats
      .get(chatId)
      ?.latest()
      .catch(() => undefined);
  }

  #rowOf(chat: Chat, last: Message | undefined): ChatRow {
    const { people } = this.#tacit;
    const { id, kind, title, avatarUrl, peer, unread, isFavorite, isArchived } = chat;
    const { mutedUntil, activeAt, encrypted, myRole } = chat;
    const isWaiting = last !== undefined && last.id === undefined && last.sentAt > activeAt;
    return {
      ...{ id, kind, title, avatarUrl, peer, unread, isFavorite, isArchived },
      ...{ mutedUntil, encrypted, myRole, last },
      isOnline: peer !== undefined && this.#tacit.isOnline(peer),
      activeAt: isWaiting ? last.sentAt : activeAt,
      typing: [...(this.#typing.get(id) ?? [])].map((userId) => people.get(userId)),
    };
  }

  #redraw(chatId: number, change: Partial<ChatRow>): void {
    const row = this.#rows.get(chatId);
    if (!row) return;
    this.#rows.set(chatId, { ...row, ...change });
    this.#tell();
  }

  #privateChatWith(userId: number): number[] {
    return this.#list.flatMap(({ id, peer }) => (peer?.id === userId ? [id] : []));
  }

  /** Chats whose rows name one of these people. */
  #chatsWith(userIds: ReadonlySet<number>): number[] {
    return this.#list
      .filter(({ peer, last, typing }) =>
        [peer?.id, last?.sender.id, last?.system?.user_id, ...typing.map(({ id }) => id)].some(
          (id) => id !== undefined && userIds.has(id),
        ),
      )
      .map(({ id }) => id);
  }

  #sorted(): ChatRow[] {
    return [...this.#rows.values()].sort(
      (a, b) =>
        Number(b.isFavorite) - Number(a.isFavorite) ||
        b.activeAt.getTime() - a.activeAt.getTime() ||
        b.id - a.id,
    );
  }

  #tell(): void {
    this.#list = this.#sorted();
    this.#awaitUnmuting();
    for (const listener of this.#listeners) listener();
  }

  /** A mute ends by itself, and no change tells of it. */
  #awaitUnmuting(): void {
    clearTimeout(this.#unmuting);
    const muted = this.#list.filter(({ mutedUntil }) => mutedUntil !== undefined);
    if (muted.length === 0) return;
    const next = Math.min(
      ...muted.map(({ mutedUntil }) => mutedUntil?.getTime() ?? Number.POSITIVE_INFINITY),
    );
    const wait = Math.min(Math.max(next - Date.now(), 0) + 1, LONGEST_TIMER);
    this.#unmuting = setTimeout(() => this.#mark(muted.map(({ id }) => id)), wait);
  }
}

const known = new WeakMap<Tacit, ChatRows>();

/** The rows of an account: the same for everybody who asks. */
export function chatRowsOf(tacit: Tacit): ChatRows {
  const rows = known.get(tacit) ?? new ChatRows(tacit);
  known.set(tacit, rows);
  return rows;
}
