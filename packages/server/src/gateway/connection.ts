import type { Socket } from "node:net";
import { CLOSE_CODES, LIMITS } from "@tacit/protocol";
import type { RawData, WebSocket } from "ws";
import type { Dispatch, ReadFrame } from "./dispatch.ts";
import { textFrame } from "./text-frame.ts";

/** Bytes that may wait for a slow reader before it is cut off. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
/** Bytes of frames that may wait to be handled before the socket is read on. */
const MAX_UNFINISHED_BYTES = 4 * 1024 * 1024;
/** Milliseconds that a peer has to answer a close frame, or to take what it is owed before one. */
const CLOSE_PATIENCE = 2_000;
const MINUTE = 60_000;

/** One WebSocket of a signed-in user: its limits, the order of its frames, and its outgoing bytes. */
export class Connection {
  readonly userId: number;
  readonly sessionId: string;
  /** Settles when the socket is gone and its last frame has been handled. */
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #stream: Socket;
  readonly #dispatch: Dispatch;
  readonly #incoming: string[] = [];
  readonly #refusals: number[] = [];
  #unfinishedBytes = 0;
  /** Frames that were begun and are not done; more than one only where what they call keeps their order. */
  #running = 0;
  #runningKeepsOrder = true;
  /** The frame that waits until those before it are done. */
  #blocked: { readonly frame: ReadFrame; readonly length: number } | null = null;
  /** Frames are answered in their order, also where one that came later is done earlier. */
  #answered: Promise<void> = Promise.resolve();
  #whenIdle: (() => void) | null = null;
  #corked = false;
  #alive = true;
  #closing = false;

  constructor(
    socket: WebSocket,
    stream: Socket,
    caller: { userId: number; sessionId: string },
    dispatch: Dispatch,
  ) {
    this.userId = caller.userId;
    this.sessionId = caller.sessionId;
    this.#socket = socket;
    this.#stream = stream;
    this.#dispatch = dispatch;
    this.closed = new Promise((resolve) => {
      socket.once("close", () => void this.#finish().then(resolve));
    });
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("pong", () => {
      this.#alive = true;
    });
    // The close that follows every error says all that is needed.
    socket.on("error", () => {});
  }

  /** Sends an object as JSON. */
  send(frame: object): void {
    this.sendFrame(textFrame(JSON.stringify(frame)));
  }

  /**
   * Sends what {@link textFrame} has made, past the library, whose own frames go out through the same stream in the order
   * of the calls. A reader that is too slow is cut off instead.
   */
  sendFrame(frame: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.close(CLOSE_CODES.too_slow, "too slow a reader");
      return;
    }
    this.#corkForThisTurn();
    this.#stream.write(frame);
  }

  /** Closes with a code; a peer that does not answer within seconds is disconnected. */
  close(code: number, reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#incoming.length = 0;
    this.#blocked = null;
    // The peer's own close frame has to be read, too.
    if (this.#socket.isPaused) this.#socket.resume();
    this.#socket.close(code, reason);
    const impatience = setTimeout(() => this.#socket.terminate(), CLOSE_PATIENCE);
    impatience.unref();
    this.#socket.once("close", () => clearTimeout(impatience));
  }

  /** Called at intervals: a peer that has not answered the previous ping is gone. */
  ping(): void {
    if (this.#alive) this.#socket.ping();
    else this.#socket.terminate();
    this.#alive = false;
  }

  /** Frames of one turn of the event loop leave in one write. */
  #corkForThisTurn(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#stream.cork();
    setImmediate(() => {
      this.#corked = false;
      this.#stream.uncork();
    });
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#closing) return;
    // A binary frame is not JSON text, so it is refused like any other frame that is not.
    const text = isBinary ? "" : data.toString();
    this.#incoming.push(text);
    this.#unfinishedBytes += text.length;
    if (this.#hasTooMuch(1)) this.#socket.pause();
    this.#beginIncoming();
  }

  /** Begins frames in order, as many as may run beside each other. */
  #beginIncoming(): void {
    while (!this.#blocked && this.#incoming.length > 0) {
      const text = this.#incoming.shift() ?? "";
      const frame = this.#dispatch(this, text);
      if (this.#running > 0 && !(frame.keepsOrder && this.#runningKeepsOrder))
        this.#blocked = { frame, length: text.length };
      else this.#begin(frame, text.length);
    }
  }

  #begin(frame: ReadFrame, length: number): void {
    this.#running += 1;
    this.#runningKeepsOrder = frame.keepsOrder;
    const handling = frame.handle();
    this.#answered = this.#answered
      .then(() => handling)
      .then((sendAnswer) => this.#done(sendAnswer(), length));
  }

  #done(accepted: boolean, length: number): void {
    this.#running -= 1;
    this.#unfinishedBytes -= length;
    if (!accepted) this.#countRefusal();
    if (this.#running === 0 && this.#blocked) {
      const next = this.#blocked;
      this.#blocked = null;
      this.#begin(next.frame, next.length);
      this.#beginIncoming();
    }
    if (this.#socket.isPaused && !this.#hasTooMuch(0.5)) this.#socket.resume();
    if (this.#running === 0) this.#whenIdle?.();
  }

  /** @param share of the limits: reading goes on only when well below them, so that it does not stutter. */
  #hasTooMuch(share: number): boolean {
    return (
      this.#incoming.length + this.#running >= LIMITS.unfinishedFrames * share ||
      this.#unfinishedBytes >= MAX_UNFINISHED_BYTES * share
    );
  }

  #countRefusal(): void {
    const now = Date.now();
    this.#refusals.push(now);
    while ((this.#refusals[0] ?? now) < now - MINUTE) this.#refusals.shift();
    if (this.#refusals.length >= LIMITS.refusedFramesPerMinute)
      this.close(CLOSE_CODES.flooding, "too many refused frames");
  }

  async #finish(): Promise<void> {
    this.#closing = true;
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }
}
