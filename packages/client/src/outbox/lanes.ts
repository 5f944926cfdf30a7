import type { OutboxRecord } from "../store/tables.ts";
import { Backoff } from "../transport/backoff.ts";

/**
 * How a chat goes on after a try. `on`: with the next row; `renewed`: with the same one, which was encrypted for members of
 * yesterday; `later`: with the same one, after a while, which may be given in milliseconds; `offline`: nothing goes on.
 */
export type Pace =
  | { readonly kind: "on" | "renewed" | "offline" }
  | { readonly kind: "later"; readonly after?: number };

/** How long a chat waits after what may pass by itself, in milliseconds. */
export interface OutboxDelays {
  /** The first wait lasts at most this long, each further one up to twice as long. */
  readonly firstWait: number;
  /** But no wait longer than this, unless the server asks for it. */
  readonly longestWait: number;
}

const DELAYS: OutboxDelays = { firstWait: 500, longestWait: 60_000 };
/** So many chats send at a time. */
const MOST_AT_ONCE = 8;
/** So often in a row a chat encrypts anew at once; whose members change faster than that waits. */
const MOST_RENEWALS = 5;

/** What is worked through. */
export interface LanesOptions {
  /** The chats that have rows. */
  chats(): Iterable<number>;
  /** The row that is next in a chat; `undefined` if there is none that could go out now. */
  next(chatId: number): OutboxRecord | undefined;
  /** Tries a row. Never rejects. */
  work(row: OutboxRecord): Promise<Pace>;
  readonly isOnline: () => boolean;
  readonly delays?: Partial<OutboxDelays> | undefined;
}

interface Pause {
  readonly timer: ReturnType<typeof setTimeout>;
  /** The server asked for it. */
  readonly isAskedFor: boolean;
}

interface Lane {
  readonly backoff: Backoff;
  renewals: number;
  pause?: Pause | undefined;
}

/** Works through the chats: the rows of one strictly one after the other, several chats at a time. */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #delays: OutboxDelays;
  readonly #lanes = new Map<number, Lane>();
  readonly #running = new Map<number, Promise<void>>();
  #isClosed = false;

  constructor(options: LanesOptions) {
    this.#options = options;
    this.#delays = { ...DELAYS, ...options.delays };
  }

  /** Begins whatever can begin: something is new, or has ended. */
  wake(): void {
    if (this.#isClosed || !this.#options.isOnline()) return;
    for (const chatId of this.#options.chats()) {
      if (this.#running.size >= MOST_AT_ONCE) return;
      if (!this.#running.has(chatId) && !this.#lanes.get(chatId)?.pause) this.#begin(chatId);
    }
  }

  /** Ends the pause of a chat: somebody wants it now. */
  resume(chatId: number): void {
    this.#endPause(this.#lanes.get(chatId));
    this.wake();
  }

  /** Ends all pauses but those that the server asked for. */
  resumeAll(): void {
    for (const lane of this.#lanes.values()) if (!lane.pause?.isAskedFor) this.#endPause(lane);
    this.wake();
  }

  /** Begins nothing any more. Resolves when what is under way has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const lane of this.#lanes.values()) this.#endPause(lane);
    await Promise.all(this.#running.values());
  }

  #begin(chatId: number): void {
    const row = this.#options.next(chatId);
    if (!row) return;
    const work = this.#options.work(row).then((pace) => {
      this.#running.delete(chatId);
      this.#goOn(chatId, pace);
    });
    this.#running.set(chatId, work);
  }

  #goOn(chatId: number, pace: Pace): void {
    const lane = this.#lane(chatId);
    if (pace.kind === "on") this.#lanes.delete(chatId);
    if (pace.kind === "renewed") lane.renewals += 1;
    if (pace.kind === "later" || lane.renewals > MOST_RENEWALS) this.#pause(lane, pace);
    this.wake();
  }

  #lane(chatId: number): Lane {
    const { firstWait, longestWait } = this.#delays;
    const lane = this.#lanes.get(chatId) ?? { backoff: new Backoff(firstWait, longestWait), renewals: 0 };
    this.#lanes.set(chatId, lane);
    return lane;
  }

  #pause(lane: Lane, pace: Pace): void {
    if (this.#isClosed) return;
    const after = pace.kind === "later" ? (pace.after ?? 0) : 0;
    const end = () => {
      lane.pause = undefined;
      this.wake();
    };
    lane.pause = { timer: setTimeout(end, after + lane.backoff.next()), isAskedFor: after > 0 };
  }

  #endPause(lane: Lane | undefined): void {
    clearTimeout(lane?.pause?.timer);
    if (lane) lane.pause = undefined;
  }
}
