import type { Chats } from "./chats.ts";
import type { Message } from "./message.ts";

/** Where arrivals are heard of. */
interface Source {
  readonly chats: Chats;
  on(
    kind: "arrived",
    listener: (change: { readonly chatId: number; readonly messageIds: readonly number[] }) => void,
  ): () => void;
}

/** New messages, one after the other, for whoever reads them in a loop. It listens from the moment that it is made. */
export class Arrivals {
  readonly #source: Source;
  readonly #signal: AbortSignal;
  readonly #waiting: { readonly chatId: number; readonly id: number }[] = [];
  readonly #stop: () => void;
  #wake = () => {};

  constructor(source: Source, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    this.#stop = source.on("arrived", ({ chatId, messageIds }) => {
      this.#waiting.push(...messageIds.map((id) => ({ chatId, id })));
      this.#wake();
    });
  }

  async *read(): AsyncGenerator<Message, void, undefined> {
    const end = () => this.#wake();
    this.#signal.addEventListener("abort", end);
    try {
      while (!this.#signal.aborted) {
        const next = this.#waiting.shift();
        const message = next && (await this.#message(next));
        if (message) yield message;
        else if (!next)
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      this.#stop();
      this.#signal.removeEventListener("abort", end);
    }
  }

  async #message({ chatId, id }: { readonly chatId: number; readonly id: number }) {
    try {
      return await this.#source.chats.get(chatId)?.message(id);
    } catch (error) {
      if (this.#signal.aborted) return undefined;
      throw error;
    }
  }
}
