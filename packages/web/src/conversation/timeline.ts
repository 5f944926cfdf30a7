import type { Chat, Message, NoticeRecord, Tacit } from "@tacit/client";
import { isComplete, isWhole, movedTicks, oldestOf, PAGE, readAfter, readThese } from "./reading.ts";
import { isSameMessage, rowsOf } from "./rows.ts";
import { type Aim, CLOSED, type Place, type Snapshot } from "./snapshot.ts";
import { Stale } from "./stale.ts";
import { isWatched } from "./watched.ts";
import { EMPTY, trimmed, type Window, without, withSent, withUnsent } from "./window.ts";

/** So many are kept in memory before the far end is let go, and so many beyond the screen then. */
const MOST = 600;
const SPARE = 200;
const UNSETTLED: ReadonlySet<Message["state"]> = new Set(["queued", "sending", "failed", "held"]);

/** The messages of one chat, as far as they are in memory, kept true while the chat is open. */
export class Timeline {
  readonly #tacit: Tacit;
  readonly chatId: number;
  readonly #listeners = new Set<() => void>();
  #window: Window<Message> = EMPTY;
  #notices: readonly NoticeRecord[] = [];
  #unreadAfterId: number | undefined;
  #snapshot: Snapshot = CLOSED;
  readonly #stale = new Stale();
  #isRefreshing = false;
  #stops: (() => void)[] = [];
  #reach: AbortController | undefined;

  constructor(tacit: Tacit, chatId: number) {
    this.#tacit = tacit;
    this.chatId = chatId;
  }

  /** What is shown; the same object until something changes. */
  readonly snapshot = (): Snapshot => this.#snapshot;

  /** Hears when {@link Timeline.snapshot} is another. @returns ends it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins: at a message, at the place that was left, at the first unread one, or at the newest. */
  async start({ messageId, place }: { messageId?: number | undefined; place?: Place | undefined }) {
    this.#listen();
    await this.#careful(async (chat) => {
      this.#notices = await chat.notices();
      if (chat.unread > 0) this.#unreadAfterId = chat.readId;
      if (messageId !== undefined) return await this.goTo(messageId);
      if (place && (await this.#showAround(chat, place.id)))
        return this.#aim({ key: place.key, align: "start", offset: place.offset });
      if (chat.unread > 0) return await this.#showUnread(chat);
      await this.#showNewest(chat);
    });
    this.#set({ isOpening: false });
    void this.#refresh();
  }

  /** Ends: nothing is listened for any more. */
  stop(): void {
    this.#reach?.abort();
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  /** Puts a page before what is there, from this device or the server. */
  async loadOlder(): Promise<void> {
    const { hasOlder, isLoading, isOpening, epoch } = this.#snapshot;
    const first = this.#window.sent[0]?.id;
    if (!hasOlder || isLoading || isOpening || first === undefined) return;
    this.#set({ isLoading: "older", isOlderMissing: false });
    await this.#careful(async (chat) => {
      const page = await this.#read(() => chat.messages({ before: first, limit: PAGE }));
      if (epoch !== this.#snapshot.epoch) return;
      const isAll = page.length < PAGE;
      this.#window = withSent(this.#window, page, isSameMessage);
      this.#publish({
        hasOlder: !isAll || !isComplete(chat),
        isOlderMissing: isAll && !isComplete(chat),
      });
    });
    this.#set({ isLoading: undefined });
  }

  /** Puts a page after what is there. */
  async loadNewer(): Promise<void> {
    const { hasNewer, isLoading, isOpening, epoch } = this.#snapshot;
    const last = this.#lastId;
    if (!hasNewer || isLoading || isOpening || last === undefined) return;
    this.#set({ isLoading: "newer" });
    await this.#careful(async (chat) => {
      const page = await this.#read(() => chat.messages({ after: last, limit: PAGE }));
      if (epoch !== this.#snapshot.epoch) return;
      this.#window = withSent(this.#window, page, isSameMessage);
      const hasNewer = page.length === PAGE;
      if (!hasNewer) this.#stale.add({ isTail: true });
      this.#publish({ hasNewer });
    });
    this.#set({ isLoading: undefined });
    void this.#refresh();
  }

  /** Shows a message and says which it is, wherever it is; `missed` grows if it is gone. */
  async goTo(messageId: number): Promise<void> {
    this.#reach?.abort();
    const key = this.#window.sent.find(({ id }) => id === messageId)?.key;
    if (key !== undefined && this.#snapshot.rows.some((row) => row.key === key))
      return this.#aim({ key, align: "center", isMarked: true });
    await this.#careful(async (chat) => {
      const message = await this.#fetch(chat, messageId);
      if (message === "cancelled") return;
      if (message && (await this.#showAround(chat, messageId)))
        return this.#aim({ key: message.key, align: "center", isMarked: true });
      this.#set({ missed: this.#snapshot.missed + 1 });
    });
    if (this.#window.sent.length === 0) await this.#careful((chat) => this.#showNewest(chat));
  }

  /** Goes to the end. */
  async goToNewest(): Promise<void> {
    this.#reach?.abort();
    if (!this.#snapshot.hasNewer) return this.#aim({ align: "end" });
    await this.#careful((chat) => this.#showNewest(chat));
  }

  /** Gives up the way to a message that is far. */
  cancel(): void {
    this.#reach?.abort();
  }

  /** Lets go what is far from the lines that are on the screen. */
  trim(firstRow: number, lastRow: number): void {
    const { rows, isLoading } = this.#snapshot;
    const count = this.#window.sent.length;
    if (count <= MOST || isLoading) return;
    const [above, below] = [firstRow, rows.length - 1 - lastRow];
    const end = above > below ? "oldest" : "newest";
    const most = count - Math.max(0, Math.max(above, below) - SPARE);
    const window = trimmed(this.#window, end, most);
    if (window === this.#window) return;
    this.#window = window;
    this.#publish(end === "oldest" ? { hasOlder: true } : { hasNewer: true });
  }

  get #lastId(): number | undefined {
    return this.#window.sent.at(-1)?.id;
  }

  /** Asks the server page by page until the message is here. */
  async #fetch(chat: Chat, id: number): Promise<Message | "cancelled" | undefined> {
    const here = await chat.message(id);
    if (here || isComplete(chat)) return here;
    const reach = new AbortController();
    this.#reach = reach;
    try {
      const from = (await oldestOf(chat)) ?? id;
      for (let at = from; at > id && !isComplete(chat); ) {
        this.#set({ reaching: Math.max(0, Math.min(1, (from - at) / (from - id || 1))) });
        await chat.loadOlder();
        if (reach.signal.aborted) return "cancelled";
        at = (await oldestOf(chat)) ?? at;
      }
      return await chat.message(id);
    } finally {
      if (this.#reach === reach) {
        this.#reach = undefined;
        this.#set({ reaching: undefined });
      }
    }
  }

  async #showNewest(chat: Chat): Promise<void> {
    const page = await this.#read(() => chat.messages({ limit: PAGE }));
    this.#replace(page, { hasOlder: !isWhole(chat, page, PAGE), hasNewer: false });
    this.#aim({ align: "end" });
  }

  async #showAround(chat: Chat, id: number): Promise<boolean> {
    const older = await this.#read(() => chat.messages({ before: id + 1, limit: PAGE }));
    const newer = await this.#read(() => chat.messages({ after: id, limit: PAGE }));
    if (older.length + newer.length === 0) return false;
    const hasNewer = newer.length === PAGE;
    this.#replace([...older, ...newer], { hasOlder: !isWhole(chat, older, PAGE), hasNewer });
    if (!hasNewer) this.#reread({ isTail: true });
    return true;
  }

  async #showUnread(chat: Chat): Promise<void> {
    const { readId, unread } = chat;
    const isHeld = ((await oldestOf(chat)) ?? Number.POSITIVE_INFINITY) <= readId;
    if (isHeld) await this.#showAround(chat, readId);
    else {
      const limit = unread + PAGE;
      const page = await this.#read(() => chat.messages({ limit }));
      this.#replace(page, { hasOlder: !isWhole(chat, page, limit), hasNewer: false });
    }
    const row = this.#snapshot.rows.find((row) => row.kind === "message" && row.isFirstUnread);
    this.#aim(row ? { key: row.key, align: "start", offset: 72 } : { align: "end" });
  }

  /** What changes while it is read is read once more. */
  async #read(read: () => Promise<Message[]>): Promise<Message[]> {
    const stop = this.#tacit.on(["messages", "outbox"], (change) => {
      if (change.chatId === this.chatId) this.#stale.add({ ids: change.messageIds });
    });
    try {
      return await read();
    } finally {
      stop();
      queueMicrotask(() => this.#refresh());
    }
  }

  #listen(): void {
    const { chatId } = this;
    this.#stops = [
      this.#tacit.on(["messages", "outbox", "notices"], (change) => {
        if (change.chatId !== chatId) return;
        if (change.kind === "notices") void this.#readNotices();
        else if (change.kind === "messages") this.#reread({ ids: change.messageIds });
        else this.#reread({ ids: [...change.messageIds, ...this.#unsettled()], isTail: true });
      }),
      this.#tacit.on("chats", ({ chatIds }) => {
        if (!chatIds.includes(chatId)) return;
        if (this.#tacit.chats.get(chatId)) this.#reread({ areTicks: true });
        else this.#set({ isGone: true });
      }),
      this.#tacit.on("profiles", ({ userIds }) => this.#reread({ ids: this.#idsOf(new Set(userIds)) })),
      this.#tacit.on("connection", ({ state }) => {
        if (state.status === "online" && this.#snapshot.isOlderMissing) void this.loadOlder();
      }),
    ];
  }

  /** Messages that are out, and whose edit or deletion is not. */
  #unsettled(): number[] {
    return this.#window.sent.flatMap(({ id, state }) =>
      id !== undefined && UNSETTLED.has(state) ? [id] : [],
    );
  }

  /** The messages that these people wrote, or that were forwarded from them. */
  #idsOf(people: ReadonlySet<number>): number[] {
    return this.#window.sent.flatMap(({ id, sender, forwardedFrom }) =>
      id !== undefined && (people.has(sender.id) || (forwardedFrom && people.has(forwardedFrom.id)))
        ? [id]
        : [],
    );
  }

  async #readNotices(): Promise<void> {
    await this.#careful(async (chat) => {
      this.#notices = await chat.notices();
      this.#publish({});
    });
  }

  #reread(what: Parameters<Stale["add"]>[0]): void {
    this.#stale.add(what);
    void this.#refresh();
  }

  /** One at a time; what changes meanwhile is read in another round. */
  async #refresh(): Promise<void> {
    if (this.#isRefreshing || this.#snapshot.isOpening || this.#snapshot.isGone) return;
    this.#isRefreshing = true;
    while (this.#stale.isAny && !this.#snapshot.isGone) await this.#careful((chat) => this.#round(chat));
    this.#isRefreshing = false;
  }

  async #round(chat: Chat): Promise<void> {
    const { epoch } = this.#snapshot;
    const lastId = this.#lastId;
    const stale = this.#stale.take();
    const isTail = stale.isTail || stale.ids.some((id) => id > (lastId ?? 0));
    const within = stale.ids.filter((id) => id >= this.#firstId && id <= (lastId ?? 0));
    if (stale.areTicks) within.push(...(await movedTicks(chat, this.#window.sent)));
    const found = await readThese(chat, within);
    const waiting = isTail
      ? (await chat.messages({ limit: 1 })).filter(({ id }) => id === undefined)
      : undefined;
    const tail = isTail && !this.#snapshot.hasNewer ? await readAfter(chat, lastId) : undefined;
    if (epoch !== this.#snapshot.epoch) return;
    const here = new Set(found.map(({ id }) => id));
    const before = this.#window;
    let window = without(before, new Set(within.filter((id) => !here.has(id))));
    window = withSent(window, [...found, ...(tail?.messages ?? [])], isSameMessage);
    const hasNewer = tail ? tail.hasMore : this.#snapshot.hasNewer;
    if (waiting && !hasNewer) window = withUnsent(window, waiting, isSameMessage);
    const isOwnNew = hasNewer && this.#isNew(waiting ?? []);
    if (window !== before || hasNewer !== this.#snapshot.hasNewer)
      this.#take(window, tail?.messages ?? [], hasNewer);
    if (isOwnNew) await this.#showNewest(chat);
  }

  #take(window: Window<Message>, tail: readonly Message[], hasNewer: boolean): void {
    const known = new Set(this.#window.sent.map(({ key }) => key));
    const arrived = tail.filter(({ key, isMine, system }) => !isMine && !system && !known.has(key));
    const lastId = this.#lastId;
    if (arrived.length > 0 && !isWatched() && lastId !== undefined && this.#hasRead(lastId))
      this.#unreadAfterId = lastId;
    this.#window = window;
    this.#publish({ hasNewer, ...(arrived.length > 0 && { arrived }) });
  }

  #hasRead(id: number): boolean {
    return (
      (this.#tacit.chats.get(this.chatId)?.readId ?? 0) >= id || this.#window.sent.at(-1)?.isMine === true
    );
  }

  get #firstId(): number {
    return this.#snapshot.hasOlder ? (this.#window.sent[0]?.id ?? Number.POSITIVE_INFINITY) : 0;
  }

  #seenUnsent: ReadonlySet<string> = new Set();

  #isNew(waiting: readonly Message[]): boolean {
    const seen = this.#seenUnsent;
    this.#seenUnsent = new Set(waiting.map(({ key }) => key));
    return waiting.some(({ key }) => !seen.has(key));
  }

  #replace(
    messages: readonly Message[],
    { hasOlder, hasNewer }: Pick<Snapshot, "hasOlder" | "hasNewer">,
  ): void {
    const sent = withSent<Message>(EMPTY, messages, isSameMessage);
    this.#window = hasNewer ? sent : withUnsent(sent, messages, isSameMessage);
    this.#publish({ hasOlder, hasNewer, isOlderMissing: false, epoch: this.#snapshot.epoch + 1 });
  }

  #aim(aim: Partial<Omit<Aim, "serial">>): void {
    const serial = (this.#snapshot.aim?.serial ?? 0) + 1;
    this.#set({
      aim: { key: undefined, align: "end", offset: 0, isMarked: false, ...aim, serial },
    });
  }

  #publish(changes: Partial<Snapshot>): void {
    const { hasOlder, hasNewer, rows } = { ...this.#snapshot, ...changes };
    const { sent, unsent } = this.#window;
    const sources = {
      messages: hasNewer ? sent : [...sent, ...unsent],
      notices: this.#notices,
      unreadAfterId: this.#unreadAfterId,
      hasOlder,
      hasNewer,
    };
    this.#set({ ...changes, rows: rowsOf(sources, rows) });
  }

  #set(changes: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...changes };
    for (const listener of this.#listeners) listener();
  }

  /** A chat may be gone at any moment. */
  async #careful(work: (chat: Chat) => Promise<void>): Promise<void> {
    const chat = this.#tacit.chats.get(this.chatId);
    if (!chat) return this.#set({ isGone: true });
    try {
      await work(chat);
      if (this.#snapshot.error !== undefined) this.#set({ error: undefined });
    } catch (error) {
      if (this.#tacit.chats.get(this.chatId)) this.#set({ error });
      else this.#set({ isGone: true });
    }
  }
}
