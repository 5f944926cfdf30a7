/** Counts who looks at which chat: the chat is followed as long as somebody does. */
export class Follows {
  readonly #follow: (chatId: number) => () => void;
  readonly #open = new Map<number, { count: number; readonly end: () => void }>();

  constructor(follow: (chatId: number) => () => void) {
    this.#follow = follow;
  }

  begin(chatId: number): void {
    const open = this.#open.get(chatId);
    if (open) open.count++;
    else this.#open.set(chatId, { count: 1, end: this.#follow(chatId) });
  }

  end(chatId: number): void {
    const open = this.#open.get(chatId);
    if (!open || --open.count > 0) return;
    this.#open.delete(chatId);
    open.end();
  }
}
