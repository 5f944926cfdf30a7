import { LIMITS } from "@tacit/protocol";

/** How much more one answer may hold. */
export class Budget {
  messages: number;
  #bytes: number = LIMITS.syncAnswerBytes;
  #isUntouched = true;

  /** @param messages as the client asked; clamped. */
  constructor(messages: number = LIMITS.syncDefault) {
    this.messages = Math.min(Math.max(messages, 1), LIMITS.syncMax);
  }

  /**
   * Takes room for something that goes in whole or not at all.
   *
   * @returns whether there is any. There always is for the first thing: an answer that held nothing would be asked for again
   *   for ever.
   */
  take({ bytes, messages = 0 }: { readonly bytes: number; readonly messages?: number }): boolean {
    if (!this.#isUntouched && (bytes > this.#bytes || messages > this.messages)) return false;
    this.#isUntouched = false;
    this.#bytes -= bytes;
    this.messages -= messages;
    return true;
  }

  get isUsedUp(): boolean {
    return this.messages <= 0 || this.#bytes <= 0;
  }
}
