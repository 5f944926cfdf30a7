import { CLOSE_CODES, LIMITS, type ServerEvent, type ServerEventOf } from "@tacit/protocol";
import type { FuzzFrame } from "./frame-arbitrary.ts";
import { RawSocket } from "./raw-socket.ts";
import type { Watch } from "./watch.ts";
import { clientFrame, OPCODES } from "./wire.ts";
import type { Resident } from "./world.ts";

/** Milliseconds without any answer, after which none is expected any more. */
const PATIENCE = 30_000;

/** What came of the frames. */
export interface Tally {
  /** Frames whose outcome was seen. */
  frames: number;
  accepted: number;
  readonly refused: Map<string, number>;
  readonly closed: Map<number, number>;
}

/** One socket of somebody, opened again whenever the server had to close it. */
export class Lane {
  readonly #url: string;
  readonly #resident: Resident;
  readonly #watch: Watch;
  readonly #tally: Tally;
  #socket: RawSocket | null = null;
  /** What was sent and has had no outcome yet, in order. */
  #pending: FuzzFrame[] = [];
  #refusals = 0;
  #onOutcome: () => void = () => {};

  constructor(url: string, resident: Resident, watch: Watch, tally: Tally) {
    this.#url = url;
    this.#resident = resident;
    this.#watch = watch;
    this.#tally = tally;
  }

  /** Sends frames at once and sees what comes of each; those that a closed socket has swallowed go out again. */
  async send(frames: readonly FuzzFrame[]): Promise<void> {
    let left = [...frames, LAST];
    while (left.length > 0) {
      const socket = await this.#open();
      this.#pending = left;
      socket.send(Buffer.concat(left.map(({ bytes }) => bytes)));
      this.#passSilent();
      left = await this.#outcome(socket);
    }
  }

  /** Closes the socket, if there is one. */
  async close(): Promise<void> {
    await this.#socket?.close();
    this.#socket = null;
  }

  async #open(): Promise<RawSocket> {
    if (this.#socket) return this.#socket;
    const { token } = this.#resident.client;
    this.#refusals = 0;
    this.#socket = await RawSocket.open(this.#url, token ?? "", (text) =>
      this.#take(this.#watch.read(this.#resident.id, text)),
    );
    return this.#socket;
  }

  /** @returns the frames that have to be sent again. */
  async #outcome(socket: RawSocket): Promise<FuzzFrame[]> {
    const ended = socket.closed.then((code) => ({ code }));
    for (;;) {
      if (this.#pending.length === 0) return [];
      const before = this.#pending.length;
      let timer: NodeJS.Timeout | undefined;
      const answered = new Promise<"answered">((resolve) => {
        this.#onOutcome = () => resolve("answered");
      });
      const late = new Promise<"late">((resolve) => {
        timer = setTimeout(() => resolve("late"), PATIENCE);
      });
      const what = await Promise.race([ended, answered, late]);
      clearTimeout(timer);
      if (what === "answered") continue;
      if (what === "late" && this.#pending.length < before) continue;
      if (what === "late") return await this.#giveUp();
      return this.#afterClose(what.code);
    }
  }

  async #giveUp(): Promise<FuzzFrame[]> {
    this.#watch.object(`no answer to ${this.#pending[0]?.shown}`);
    const left = this.#pending.slice(1);
    await this.close();
    return left;
  }

  #afterClose(code: number | null): FuzzFrame[] {
    this.#socket = null;
    const { closed } = this.#tally;
    closed.set(code ?? 0, (closed.get(code ?? 0) ?? 0) + 1);
    if (code === CLOSE_CODES.flooding) {
      if (this.#refusals < LIMITS.refusedFramesPerMinute)
        this.#watch.object(`closed for flooding after ${this.#refusals} refusals`);
      return this.#pending;
    }
    const at = this.#pending.findIndex(({ expects }) => expects.kind === "close");
    const cause = this.#pending[at];
    this.#tally.frames += 1;
    if (cause?.expects.kind === "close" && cause.expects.codes.includes(code ?? 0))
      return this.#pending.filter((frame) => frame !== cause);
    const shown = this.#pending.slice(0, 3).map((frame) => frame.shown);
    this.#watch.object(`closed with ${code}; pending: ${shown.join(" | ")}`);
    return this.#pending.slice(at + 1 || 1);
  }

  #take(frame: ServerEvent): void {
    if (frame.type !== "ok" && frame.type !== "error") return;
    const question = this.#pending.shift();
    if (frame.type === "error" && frame.code !== "stale_members") this.#refusals += 1;
    if (question?.expects.kind === "answer") this.#compare(question, frame);
    else this.#watch.object(`an answer to nothing: ${JSON.stringify(frame)}; next: ${question?.shown}`);
    this.#passSilent();
    if (this.#pending.length === 0) this.#onOutcome();
  }

  #compare(
    { shown, expects, isValid }: FuzzFrame,
    frame: ServerEventOf<"ok"> | ServerEventOf<"error">,
  ): void {
    const { accepted, refused } = this.#tally;
    this.#tally.frames += 1;
    if (frame.type === "ok") this.#tally.accepted = accepted + 1;
    else refused.set(frame.code, (refused.get(frame.code) ?? 0) + 1);
    const { request_id, client_message_id } = expects.kind === "answer" ? expects.reference : {};
    if (frame.request_id !== request_id || frame.client_message_id !== client_message_id)
      this.#watch.object(`${JSON.stringify(frame).slice(0, 500)} does not answer ${shown}`);
    if (isValid && frame.type === "error" && /^invalid_(input|json)$/.test(frame.code))
      this.#watch.object(
        `the document allows ${shown}, the server says: ${JSON.stringify(frame).slice(0, 500)}`,
      );
  }

  /** What is not answered has its outcome when the next answer is not for it. */
  #passSilent(): void {
    while (this.#pending[0]?.expects.kind === "silence") {
      this.#pending.shift();
      this.#tally.frames += 1;
    }
  }
}

/** Ends what is sent at once: after its answer nothing more may come. */
const LAST: FuzzFrame = {
  shown: "the last frame",
  bytes: clientFrame(
    { opcode: OPCODES.text },
    Buffer.from('{"type":"leave_chat","chat_id":1,"request_id":"the last frame"}'),
  ),
  expects: { kind: "answer", reference: { request_id: "the last frame" } },
  isValid: true,
};
