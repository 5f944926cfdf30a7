import type { Message, NoticeRecord } from "@tacit/client";
import { isSameMessage, rowsOf } from "./rows.ts";
import { type Aim, CLOSED, type Snapshot } from "./snapshot.ts";
import { EMPTY, trimmed, type Window, withSent, withUnsent } from "./window.ts";

/** So many are kept in memory before the far end is let go, and so many beyond the screen then. */
const MOST = 600;
const SPARE = 200;

/** What of a chat is in memory, and what is shown of that. */
export class Shown {
  /** Set anew, these are shown with the next {@link Shown.publish}. */
  window: Window<Message> = EMPTY;
  notices: readonly NoticeRecord[] = [];
  unreadAfterId: number | undefined;
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot = CLOSED;

  /** What is shown; the same object until something changes. */
  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Hears when {@link Shown.snapshot} is another. @returns ends it */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Id of the oldest message that belongs here. */
  get firstId(): number {
    return this.#snapshot.hasOlder ? (this.window.sent[0]?.id ?? Number.POSITIVE_INFINITY) : 0;
  }

  /** Id of the newest message that is sent. */
  get lastId(): number | undefined {
    return this.window.sent.at(-1)?.id;
  }

  /** Says something anew that is not in the lines. */
  set(changes: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...changes };
    for (const listener of this.#listeners) listener();
  }

  /** Makes the lines anew of what is in memory. */
  publish(changes: Partial<Snapshot>): void {
    const { hasOlder, hasNewer, rows } = { ...this.#snapshot, ...changes };
    const { sent, unsent } = this.window;
    const sources = {
      messages: hasNewer ? sent : [...sent, ...unsent],
      notices: this.notices,
      unreadAfterId: this.unreadAfterId,
      hasOlder,
      hasNewer,
    };
    this.set({ ...changes, rows: rowsOf(sources, rows) });
  }

  /** Shows other messages in place of all. */
  replace(
    messages: readonly Message[],
    { hasOlder, hasNewer }: Pick<Snapshot, "hasOlder" | "hasNewer">,
  ): void {
    const sent = withSent<Message>(EMPTY, messages, isSameMessage);
    this.window = hasNewer ? sent : withUnsent(sent, messages, isSameMessage);
    this.publish({ hasOlder, hasNewer, isOlderMissing: false, epoch: this.#snapshot.epoch + 1 });
  }

  /** Sends the list to a line, or to the end. */
  aim(aim: Partial<Omit<Aim, "serial">>): void {
    const serial = (this.#snapshot.aim?.serial ?? 0) + 1;
    this.set({ aim: { key: undefined, align: "end", offset: 0, isMarked: false, ...aim, serial } });
  }

  /** Lets go what is far from the lines that are on the screen. */
  trim(firstRow: number, lastRow: number): void {
    const { rows, isLoading } = this.#snapshot;
    const count = this.window.sent.length;
    if (count <= MOST || isLoading) return;
    const [above, below] = [firstRow, rows.length - 1 - lastRow];
    const end = above > below ? "oldest" : "newest";
    const most = count - Math.max(0, Math.max(above, below) - SPARE);
    const window = trimmed(this.window, end, most);
    if (window === this.window) return;
    this.window = window;
    this.publish(end === "oldest" ? { hasOlder: true } : { hasNewer: true });
  }
}
