import type { Chat, Message } from "@tacit/client";
import { isComplete, oldestOf } from "./reading.ts";

/** The way to a message that this device may not hold: one at a time, and it can be given up. */
export class Reach {
  #going: AbortController | undefined;

  /**
   * Asks the server page by page until the message is here.
   *
   * @param tell hears how far the way has been gone, 0 to 1, and nothing at its end
   * @returns nothing if there is no such message
   */
  async go(
    chat: Chat,
    id: number,
    tell: (share: number | undefined) => void,
  ): Promise<Message | "cancelled" | undefined> {
    const here = await chat.message(id);
    if (here || isComplete(chat)) return here;
    const going = new AbortController();
    this.#going = going;
    try {
      const from = (await oldestOf(chat)) ?? id;
      for (let at = from; at > id && !isComplete(chat); ) {
        tell(Math.max(0, Math.min(1, (from - at) / (from - id || 1))));
        await chat.loadOlder();
        if (going.signal.aborted) return "cancelled";
        at = (await oldestOf(chat)) ?? at;
      }
      return await chat.message(id);
    } finally {
      if (this.#going === going) {
        this.#going = undefined;
        tell(undefined);
      }
    }
  }

  /** Gives it up. */
  cancel(): void {
    this.#going?.abort();
  }
}
