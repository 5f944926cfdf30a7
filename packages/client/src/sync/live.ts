import type { ServerEvent } from "@tacit/protocol";
import type { Turns } from "../turns.ts";
import type { Applier } from "./applier.ts";
import type { CatchUp } from "./catch-up.ts";
import type { SyncDependencies } from "./dependencies.ts";
import { inputsOf, isOnlyAHint, messageKeyOf } from "./events.ts";

/** What live events need. */
export interface LiveDependencies
  extends Pick<SyncDependencies, "store" | "trust" | "userId" | "onMembership" | "onOwnKeyUpdated"> {
  readonly applier: Applier;
  readonly catchUp: CatchUp;
  readonly pipeline: Turns;
}

/** Events that are read and written at a time. */
const MAX_BATCH = 500;

/** Takes events in the order in which they come, as many at once as wait. */
export class Live {
  readonly #dependencies: LiveDependencies;
  #queue: ServerEvent[] = [];

  constructor(dependencies: LiveDependencies) {
    this.#dependencies = dependencies;
  }

  take(event: ServerEvent): void {
    this.#queue.push(event);
    // With others before it, there is a flush already that comes to it.
    if (this.#queue.length > 1) return;
    void this.#dependencies.pipeline.take(() => this.#flush());
  }

  async #flush(): Promise<void> {
    const events = nextBatch(this.#queue);
    try {
      await this.#apply(events);
    } catch {
      // What could not be written is still on the server.
      this.#dependencies.catchUp.wantAll();
    }
    this.#queue = this.#queue.slice(events.length);
    if (this.#queue.length > 0) void this.#dependencies.pipeline.take(() => this.#flush());
  }

  async #apply(events: readonly ServerEvent[]): Promise<void> {
    const { store, applier, catchUp, userId } = this.#dependencies;
    for (const event of events) await this.#noteKeys(event);
    const { outcome, failed } = await applier.apply(events.flatMap((event) => inputsOf(event, userId)));
    catchUp.want([...outcome.behind, ...failed.keys()]);
    catchUp.wantCount(outcome.uncertain);
    for (const event of events) {
      if (event.type === "chat_deleted") catchUp.glance();
      else if ("chat_id" in event && event.chat_id !== undefined && (await isOnlyAHint(event, store))) {
        this.#dependencies.onMembership(event.chat_id);
        // Whoever was removed and heard it has nothing more to ask.
        if (event.type !== "member_removed" || event.user_id !== userId) catchUp.want([event.chat_id]);
      }
    }
  }

  async #noteKeys(event: ServerEvent): Promise<void> {
    if (event.type !== "key_updated") return;
    const { store, trust, catchUp, userId, onMembership, onOwnKeyUpdated } = this.#dependencies;
    trust.keyUpdated(event.user_id, event.key_version);
    for (const [chatId, memberId] of await store.keys("member"))
      if (memberId === event.user_id) onMembership(chatId);
    // The versions of those chats have risen.
    catchUp.glance();
    if (event.user_id === userId) onOwnKeyUpdated?.();
  }
}

/** The first that wait, but of no message two versions: the later one is read with knowledge of the first. */
function nextBatch(queue: readonly ServerEvent[]): ServerEvent[] {
  const messages = new Set<string>();
  const batch: ServerEvent[] = [];
  for (const event of queue.slice(0, MAX_BATCH)) {
    const key = messageKeyOf(event);
    if (key !== undefined && messages.has(key)) break;
    if (key !== undefined) messages.add(key);
    batch.push(event);
  }
  return batch;
}
