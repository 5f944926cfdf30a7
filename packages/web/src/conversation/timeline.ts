import type { Chat, Message, Tacit } from "@tacit/client";
import { Reach } from "./reach.ts";
import {
  idsBy,
  isComplete,
  isWhole,
  movedTicks,
  oldestOf,
  PAGE,
  readAfter,
  readThese,
  unsettledAmong,
} from "./reading.ts";
import { isSameMessage } from "./rows.ts";
import { Shown } from "./shown.ts";
import type { Place, Snapshot } from "./snapshot.ts";
import { Stale } from "./stale.ts";
import { isWatched } from "./watched.ts";
import { type Window, without, withSent, withUnsent } from "./window.ts";

/** Reads the messages of one chat as they are needed, and keeps what is shown of them true while the chat is open. */
export class Timeline {
  readonly #tacit: Tacit;
  readonly chatId: number;
  readonly #shown = new Shown();
  readonly #stale = new Stale();
  readonly #reach = new Reach();
  #isRefreshing = false;
  #stops: (() => void)[] = [];

  constructor(tacit: Tacit, chatId: number) {
    this.#tacit = tacit;
    this.chatId = chatId;
  }

  /** What is shown; the same object until something changes. */
  readonly snapshot = (): Snapshot => this.#shown.snapshot;

  /** Hears when {@link Timeline.snapshot} is another. @returns ends it */
  readonly subscribe = (listener: () => void): (() => void) => this.#shown.subscribe(listener);

  /** Begins: at a message, at the place that was left, at the first unread one, or at the newest. */
  async start({ messageId, place }: { messageId?: number | undefined; place?: Place | undefined }) {
    this.#listen();
    await this.#careful(async (chat) => {
      this.#shown.notices = await chat.notices();
      if (chat.unread > 0) this.#shown.unreadAfterId = chat.readId;
      if (messageId !== undefined) return await this.goTo(messageId);
      if (place && (await this.#showAround(chat, place.id)))
        return this.#shown.aim({ key: place.key, align: "start", offset: place.offset });
      if (chat.unread > 0) return await this.#showUnread(chat);
      await this.#showNewest(chat);
    });
    this.#shown.set({ isOpening: false });
    void this.#refresh();
  }

  /** Ends: nothing is listened for any more. */
  stop(): void {
    this.#reach.cancel();
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  /** Puts a page before what is there, from this device or the server. */
  async loadOlder(): Promise<void> {
    const { hasOlder, isLoading, isOpening, epoch } = this.#shown.snapshot;
    const first = this.#shown.window.sent[0]?.id;
    if (!hasOlder || isLoading || isOpening || first === undefined) return;
    this.#shown.set({ isLoading: "older", isOlderMissing: false });
    await this.#careful(async (chat) => {
      const page = await this.#read(() => chat.messages({ before: first, limit: PAGE }));
      if (epoch !== this.#shown.snapshot.epoch) return;
      const isAll = page.length < PAGE;
      this.#shown.window = withSent(this.#shown.window, page, isSameMessage);
      this.#shown.publish({
        hasOlder: !isAll || !isComplete(chat),
        isOlderMissing: isAll && !isComplete(chat),
      });
    });
    this.#shown.set({ isLoading: undefined });
  }

  /** Puts a page after what is there. */
  async loadNewer(): Promise<void> {
    const { hasNewer, isLoading, isOpening, epoch } = this.#shown.snapshot;
    const last = this.#shown.lastId;
    if (!hasNewer || isLoading || isOpening || last === undefined) return;
    this.#shown.set({ isLoading: "newer" });
    await this.#careful(async (chat) => {
      const page = await this.#read(() => chat.messages({ after: last, limit: PAGE }));
      if (epoch !== this.#shown.snapshot.epoch) return;
      this.#shown.window = withSent(this.#shown.window, page, isSameMessage);
      const hasNewer = page.length === PAGE;
      if (!hasNewer) this.#stale.add({ isTail: true });
      this.#shown.publish({ hasNewer });
    });
    this.#shown.set({ isLoading: undefined });
    void this.#refresh();
  }

  /** Shows a message and says which it is, wherever it is; `missed` grows if it is gone. */
  async goTo(messageId: number): Promise<void> {
    this.#reach.cancel();
    const key = this.#shown.window.sent.find(({ id }) => id === messageId)?.key;
    if (key !== undefined && this.#shown.snapshot.rows.some((row) => row.key === key))
      return this.#shown.aim({ key, align: "center", isMarked: true });
    await this.#careful(async (chat) => {
      const message = await this.#reach.go(chat, messageId, (reaching) => this.#shown.set({ reaching }));
      if (message === "cancelled") return;
      if (message && (await this.#showAround(chat, messageId)))
        return this.#shown.aim({ key: message.key, align: "center", isMarked: true });
      this.#shown.set({ missed: this.#shown.snapshot.missed + 1 });
    });
    if (this.#shown.window.sent.length === 0) await this.#careful((chat) => this.#showNewest(chat));
  }

  /** Goes to the end. */
  async goToNewest(): Promise<void> {
    this.#reach.cancel();
    if (!this.#shown.snapshot.hasNewer) return this.#shown.aim({ align: "end" });
    await this.#careful((chat) => this.#showNewest(chat));
  }

  /** Lets go what is far from the lines that are on the screen. */
  trim(firstRow: number, lastRow: number): void {
    this.#shown.trim(firstRow, lastRow);
  }

  /** Gives up the way to a message that is far. */
  cancel(): void {
    this.#reach.cancel();
  }

  async #showNewest(chat: Chat): Promise<void> {
    const page = await this.#read(() => chat.messages({ limit: PAGE }));
    this.#shown.replace(page, { hasOlder: !isWhole(chat, page, PAGE), hasNewer: false });
    this.#shown.aim({ align: "end" });
  }

  async #showAround(chat: Chat, id: number): Promise<boolean> {
    const older = await this.#read(() => chat.messages({ before: id + 1, limit: PAGE }));
    const newer = await this.#read(() => chat.messages({ after: id, limit: PAGE }));
    if (older.length + newer.length === 0) return false;
    const hasNewer = newer.length === PAGE;
    this.#shown.replace([...older, ...newer], { hasOlder: !isWhole(chat, older, PAGE), hasNewer });
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
      this.#shown.replace(page, { hasOlder: !isWhole(chat, page, limit), hasNewer: false });
    }
    const row = this.#shown.snapshot.rows.find((row) => row.kind === "message" && row.isFirstUnread);
    this.#shown.aim(row ? { key: row.key, align: "start", offset: 72 } : { align: "end" });
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
        else
          this.#reread({
            ids: [...change.messageIds, ...unsettledAmong(this.#shown.window.sent)],
            isTail: true,
          });
      }),
      this.#tacit.on("chats", ({ chatIds }) => {
        if (!chatIds.includes(chatId)) return;
        if (this.#tacit.chats.get(chatId)) this.#reread({ areTicks: true });
        else this.#shown.set({ isGone: true });
      }),
      this.#tacit.on("profiles", ({ userIds }) =>
        this.#reread({ ids: idsBy(new Set(userIds), this.#shown.window.sent) }),
      ),
      this.#tacit.on("connection", ({ state }) => {
        if (state.status === "online" && this.#shown.snapshot.isOlderMissing) void this.loadOlder();
      }),
    ];
  }

  async #readNotices(): Promise<void> {
    await this.#careful(async (chat) => {
      this.#shown.notices = await chat.notices();
      this.#shown.publish({});
    });
  }

  #reread(what: Parameters<Stale["add"]>[0]): void {
    this.#stale.add(what);
    void this.#refresh();
  }

  /** One at a time; what changes meanwhile is read in another round. */
  async #refresh(): Promise<void> {
    if (this.#isRefreshing || this.#shown.snapshot.isOpening || this.#shown.snapshot.isGone) return;
    this.#isRefreshing = true;
    while (this.#stale.isAny && !this.#shown.snapshot.isGone)
      await this.#careful((chat) => this.#round(chat));
    this.#isRefreshing = false;
  }

  async #round(chat: Chat): Promise<void> {
    const { epoch } = this.#shown.snapshot;
    const lastId = this.#shown.lastId;
    const stale = this.#stale.take();
    const isTail = stale.isTail || stale.ids.some((id) => id > (lastId ?? 0));
    const within = stale.ids.filter((id) => id >= this.#shown.firstId && id <= (lastId ?? 0));
    if (stale.areTicks) within.push(...(await movedTicks(chat, this.#shown.window.sent)));
    const found = await readThese(chat, within);
    const waiting = isTail
      ? (await chat.messages({ limit: 1 })).filter(({ id }) => id === undefined)
      : undefined;
    const tail = isTail && !this.#shown.snapshot.hasNewer ? await readAfter(chat, lastId) : undefined;
    if (epoch !== this.#shown.snapshot.epoch) return;
    const here = new Set(found.map(({ id }) => id));
    const before = this.#shown.window;
    let window = without(before, new Set(within.filter((id) => !here.has(id))));
    window = withSent(window, [...found, ...(tail?.messages ?? [])], isSameMessage);
    const hasNewer = tail ? tail.hasMore : this.#shown.snapshot.hasNewer;
    if (waiting && !hasNewer) window = withUnsent(window, waiting, isSameMessage);
    const isOwnNew = hasNewer && this.#isNew(waiting ?? []);
    if (window !== before || hasNewer !== this.#shown.snapshot.hasNewer)
      this.#take(window, tail?.messages ?? [], hasNewer);
    if (isOwnNew) await this.#showNewest(chat);
  }

  #take(window: Window<Message>, tail: readonly Message[], hasNewer: boolean): void {
    const known = new Set(this.#shown.window.sent.map(({ key }) => key));
    const arrived = tail.filter(({ key, isMine, system }) => !isMine && !system && !known.has(key));
    const lastId = this.#shown.lastId;
    if (arrived.length > 0 && !isWatched() && lastId !== undefined && this.#hasRead(lastId))
      this.#shown.unreadAfterId = lastId;
    this.#shown.window = window;
    this.#shown.publish({ hasNewer, ...(arrived.length > 0 && { arrived }) });
  }

  #hasRead(id: number): boolean {
    return (
      (this.#tacit.chats.get(this.chatId)?.readId ?? 0) >= id ||
      this.#shown.window.sent.at(-1)?.isMine === true
    );
  }

  #seenUnsent: ReadonlySet<string> = new Set();

  #isNew(waiting: readonly Message[]): boolean {
    const seen = this.#seenUnsent;
    this.#seenUnsent = new Set(waiting.map(({ key }) => key));
    return waiting.some(({ key }) => !seen.has(key));
  }

  /** A chat may be gone at any moment. */
  async #careful(work: (chat: Chat) => Promise<void>): Promise<void> {
    const chat = this.#tacit.chats.get(this.chatId);
    if (!chat) return this.#shown.set({ isGone: true });
    try {
      await work(chat);
      if (this.#shown.snapshot.error !== undefined) this.#shown.set({ error: undefined });
    } catch (error) {
      if (this.#tacit.chats.get(this.chatId)) this.#shown.set({ error });
      else this.#shown.set({ isGone: true });
    }
  }
}
