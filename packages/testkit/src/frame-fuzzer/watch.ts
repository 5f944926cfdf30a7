import { ERRORS, type ServerEvent, type ServerEventOf } from "@tacit/protocol";
import { strictValidator } from "../strict-schema.ts";
import type { FrameSchemas } from "./document.ts";
import type { World } from "./world.ts";

/** Problems that are kept: one cause has many. */
const MAX_PROBLEMS = 20;
/** Frames that are not read again when they come once more. */
const MAX_RECENT = 100;
/** No refusal needs more, however large the frame was. */
const MAX_ERROR_LENGTH = 8_192;
const MAX_SENTENCE_LENGTH = 300;
const SHOWN = 500;
/** Messages of a chat that frames may name. */
const KNOWN_MESSAGES = 60;

/** Looks at everything that the server says, to whomever. */
export class Watch {
  readonly problems: string[] = [];
  readonly #world: World;
  /** The same frame comes to many sockets. */
  readonly #recent = new Map<string, ServerEvent>();
  readonly #validators: ReadonlyMap<string, (frame: unknown) => string[]>;

  constructor(schemas: FrameSchemas, world: World) {
    this.#world = world;
    this.#validators = new Map(
      [...schemas.server].map(([type, schema]) => [type, strictValidator(schema as never)]),
    );
  }

  /** Notes what is wrong. */
  object(problem: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
  }

  /** Reads a frame that came to this person. */
  read(userId: number, text: string): ServerEvent {
    const frame = this.#recent.get(text) ?? this.#readNew(text);
    if (frame.type !== "error") this.#checkRight(userId, frame);
    return frame;
  }

  #readNew(text: string): ServerEvent {
    const frame = JSON.parse(text) as ServerEvent;
    const violations = this.#validators.get(frame.type)?.(frame) ?? ["the document has no such event"];
    if (violations.length > 0) this.object(`${violations.join("; ")}: ${text.slice(0, SHOWN)}`);
    if (frame.type === "error") this.#checkError(frame, text);
    this.#recent.set(text, frame);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > MAX_RECENT && oldest !== undefined) this.#recent.delete(oldest);
    return frame;
  }

  #checkError({ code, error }: ServerEventOf<"error">, text: string): void {
    if ((ERRORS[code]?.status ?? 500) >= 500) this.object(`the server is at fault: ${text.slice(0, SHOWN)}`);
    if (text.length > MAX_ERROR_LENGTH)
      this.object(`a refusal of ${text.length} characters: ${text.slice(0, SHOWN)}`);
    if (error.length > MAX_SENTENCE_LENGTH || !/^[A-Z][^\p{C}]*\.$/u.test(error))
      this.object(`not a plain sentence: ${JSON.stringify(error.slice(0, SHOWN))}`);
  }

  #checkRight(userId: number, frame: ServerEvent): void {
    if (frame.type === "ok" || !("chat_id" in frame)) return;
    const chat = this.#world.chats.get(frame.chat_id);
    if (!chat?.members.has(userId)) this.object(`${userId} is told of chat ${frame.chat_id}: ${frame.type}`);
    if (frame.type !== "message_new" && frame.type !== "message_updated") return;
    const strangers = Object.keys(frame.message.envelopes ?? {}).filter((id) => Number(id) !== userId);
    if (strangers.length > 0) this.object(`${userId} gets the envelopes of ${strangers.join()}`);
  }
}

/** A socket that only listens: hears every change of every chat of its person, without gaps and in order. */
export class Observer {
  readonly #watch: Watch;
  readonly #world: World;
  readonly #userId: number;
  readonly #seqs: Map<number, number>;
  readonly #waiters = new Set<() => void>();

  constructor(watch: Watch, world: World, userId: number) {
    this.#watch = watch;
    this.#world = world;
    this.#userId = userId;
    this.#seqs = new Map(world.seqs);
  }

  /** Takes a frame of the socket. */
  take(text: string): void {
    const frame = this.#watch.read(this.#userId, text);
    if ("chat_id" in frame && "seq" in frame && frame.chat_id && frame.seq)
      this.#follow(frame.chat_id, frame.seq);
    if (frame.type === "message_new") this.#remember(frame);
    for (const wake of this.#waiters) wake();
  }

  /** The latest `seq` heard of. */
  seqOf(chatId: number): number {
    return this.#seqs.get(chatId) ?? 0;
  }

  /** @returns false if the change was not heard of within `timeout` ms. */
  async until(chatId: number, seq: number, timeout: number): Promise<boolean> {
    const deadline = AbortSignal.timeout(timeout);
    while (this.seqOf(chatId) < seq && !deadline.aborted) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiters.delete(wake);
          deadline.removeEventListener("abort", wake);
          resolve();
        };
        this.#waiters.add(wake);
        deadline.addEventListener("abort", wake, { once: true });
      });
    }
    return this.seqOf(chatId) >= seq;
  }

  #follow(chatId: number, seq: number): void {
    const expected = this.seqOf(chatId) + 1;
    if (seq !== expected)
      this.#watch.object(`${this.#userId} heard of ${seq} in chat ${chatId}, not of ${expected}`);
    this.#seqs.set(chatId, seq);
  }

  #remember({ chat_id, message }: ServerEventOf<"message_new">): void {
    const messages = this.#world.chats.get(chat_id)?.messages;
    if (!messages || messages.some(({ id }) => id === message.id)) return;
    messages.push({ id: message.id, senderId: message.sender_id });
    if (messages.length > KNOWN_MESSAGES) messages.shift();
  }
}
