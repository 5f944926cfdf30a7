import { randomUUID } from "node:crypto";
import type { ServerEvent, ServerEventOf } from "@tacit/protocol";
import type { TestClient } from "../test-client.ts";
import type { TestSocket } from "../test-socket.ts";
import { Replica } from "./replica.ts";

/** The `ok` or `error` that answers a frame. */
export type FrameAnswer = ServerEventOf<"ok"> | ServerEventOf<"error">;

/** A frame that can be sent again until it is answered. */
export interface Repeatable {
  readonly type: "send_message" | "forward_message";
  readonly client_message_id: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Questions in a row that lead nowhere: far more than any schedule needs. */
const MAX_QUESTIONS = 500;

/**
 * A device of somebody: follows what its socket says, asks `/sync` when it was away or missed something, and sends again what
 * was not answered.
 */
export class Device {
  readonly client: TestClient;
  readonly name: string;
  replica: Replica;
  /** Every frame of every connection, in the order in which they came. */
  readonly heard: ServerEvent[] = [];
  #socket: TestSocket | null = null;
  #position = 0;
  #isBehind = false;
  #working: Promise<void> | null = null;
  #limit: number | undefined;
  #failure: unknown;
  /** While it is there, nothing is asked. */
  #hold: Promise<void> | null = null;
  readonly #outbox = new Map<string, Repeatable>();
  readonly #watchers = new Set<() => void>();

  constructor(client: TestClient, name: string) {
    this.client = client;
    this.name = name;
    this.replica = new Replica(client.id);
  }

  get isConnected(): boolean {
    return this.#socket !== null;
  }

  /** Opens the socket first, so that nothing falls between the answer and the frames, then catches up and sends again. */
  async connect(limit?: number): Promise<void> {
    if (this.#socket) return;
    const socket = await this.client.socket();
    this.#socket = socket;
    this.#position = 0;
    this.#limit = limit;
    this.#isBehind = true;
    socket.raw.on("message", () => this.#wake());
    socket.raw.once("close", () => {
      if (this.#socket === socket) this.#socket = null;
    });
    this.#wake();
  }

  /** Drops the connection without a word, with whatever is under way. */
  drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.raw.terminate();
  }

  /** Closes the connection as a device does that goes to sleep. */
  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    await socket?.close();
  }

  /** Sends a frame and waits for its answer. @throws {Error} if the connection is gone by then. */
  async ask(frame: object): Promise<FrameAnswer> {
    if (!this.#socket) throw new Error(`${this.name} is not connected`);
    return await this.#socket.ask(frame);
  }

  /** As {@link ask}, but kept until it is answered. */
  async askOnce(frame: Repeatable): Promise<FrameAnswer> {
    this.#outbox.set(frame.client_message_id, frame);
    const answer = await this.ask(frame);
    this.#outbox.delete(frame.client_message_id);
    return answer;
  }

  /** Sends and drops the connection before an answer can come. */
  sendAndDrop(frame: Repeatable): void {
    this.#outbox.set(frame.client_message_id, frame);
    this.#socket?.send({ ...frame, request_id: randomUUID() });
    this.drop();
  }

  /** Sends again what was not answered. */
  async resend(): Promise<{ frame: Repeatable; answer: FrameAnswer }[]> {
    const answers = [];
    for (const frame of [...this.#outbox.values()])
      answers.push({ frame, answer: await this.askOnce(frame) });
    return answers;
  }

  /**
   * Waits until `isThere` says so, asked again whenever something has changed.
   *
   * @returns whether it did within the time.
   */
  async until(isThere: () => boolean, timeout: number): Promise<boolean> {
    for (const deadline = AbortSignal.timeout(timeout); ; ) {
      await this.#working;
      if (this.#failure) throw this.#failure;
      if (isThere()) return true;
      if (deadline.aborted) return false;
      await this.#nextChange(deadline);
    }
  }

  /** Runs `work` while this device asks nothing. */
  async whileQuiet(work: () => Promise<void>): Promise<void> {
    await this.#working;
    if (this.#working) return await this.whileQuiet(work);
    this.#hold = work().finally(() => {
      this.#hold = null;
    });
    await this.#hold;
  }

  #nextChange(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#watchers.delete(wake);
        deadline.removeEventListener("abort", wake);
        resolve();
      };
      this.#watchers.add(wake);
      deadline.addEventListener("abort", wake, { once: true });
    });
  }

  #wake(): void {
    this.#working ??= this.#work()
      .catch((error: unknown) => {
        this.#failure = error;
      })
      .finally(() => {
        this.#working = null;
        for (const watcher of this.#watchers) watcher();
        // A frame may have come in the same turn in which the last one was done with.
        if (!this.#failure && this.#hasWork()) this.#wake();
      });
  }

  #hasWork(): boolean {
    return this.#socket !== null && (this.#isBehind || this.#position < this.#socket.frames.length);
  }

  /** One thing after the other: no frame is applied while an answer is awaited. */
  async #work(): Promise<void> {
    for (let questions = 0; this.#socket; ) {
      const socket: TestSocket = this.#socket;
      if (this.#isBehind) {
        questions += 1;
        if (questions > MAX_QUESTIONS) throw new Error(`${this.name} asks and asks`);
        await this.#catchUp(socket);
        continue;
      }
      const frame = socket.frames[this.#position];
      if (!frame) return;
      this.#position += 1;
      this.heard.push(frame);
      if (this.replica.applyEvent(frame) === "behind") this.#isBehind = true;
    }
  }

  /** An answer to a connection that is gone is lost with it. */
  async #catchUp(socket: TestSocket): Promise<void> {
    await this.#hold;
    const request = this.replica.request(this.#limit);
    const { body } = await this.client.post("/sync", { body: request, expectStatus: 200 });
    if (this.#socket !== socket) return;
    this.#isBehind = this.replica.applyAnswer(request, body) === "behind";
  }
}
