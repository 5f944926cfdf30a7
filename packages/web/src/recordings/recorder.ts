import type { Chat, Message, Tacit } from "@tacit/client";
import { CaptureError, type CaptureProblem } from "./capture.ts";
import type { Medium } from "./formats.ts";
import { type Recorded, Take } from "./take.ts";

/** Why a recording ended without being asked to. */
export type Ending = "left" | "hidden" | "longest" | "device";

/** How far a chat is with recording. */
export type RecorderState =
  | { readonly step: "idle" }
  /** The browser asks the person for the microphone. `isHeld`: a finger is on the button. */
  | { readonly step: "asking"; readonly medium: Medium; readonly isHeld: boolean; readonly question: number }
  | {
      readonly step: "recording" | "paused";
      readonly medium: Medium;
      readonly take: Take;
      readonly isHeld: boolean;
    }
  /** It has ended and is being written. */
  | { readonly step: "ending"; readonly medium: Medium }
  /** It can be heard, sent and thrown away. `error`: why it could not be sent. */
  | {
      readonly step: "ready" | "sending";
      readonly medium: Medium;
      readonly recorded: Recorded;
      readonly ending?: Ending;
      readonly error?: unknown;
    }
  | { readonly step: "failed"; readonly medium: Medium; readonly problem: CaptureProblem | "nothing" };

/** Milliseconds that a recording may have. */
export const LONGEST: Readonly<Record<Medium, number>> = { voice: 15 * 60_000, video: 60_000 };

const IDLE: RecorderState = { step: "idle" };

/**
 * The recordings of an account that are not sent: one that goes on at most, and those that wait in their chats. It is outside the
 * screens, so that nothing is lost when a chat is left.
 */
export class Recorder {
  readonly #states = new Map<number, RecorderState>();
  readonly #listeners = new Set<() => void>();
  readonly #replies = new Map<number, number>();
  #questions = 0;
  #longest: ReturnType<typeof setTimeout> | undefined;

  constructor(tacit: Tacit) {
    tacit.on("session", ({ state }) => {
      if (state === "wiped") for (const chatId of this.#states.keys()) this.discard(chatId);
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#endAll("hidden");
    });
    addEventListener("beforeunload", (event) => {
      if (this.#holdsSomething) event.preventDefault();
    });
  }

  /** How far a chat is. The same object until it changes. */
  of(chatId: number): RecorderState {
    return this.#states.get(chatId) ?? IDLE;
  }

  /** Hears every change. @returns ends it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Asks for the devices and begins to record, unless the chat has a recording already. It fails into the state `failed`. */
  async begin(chatId: number, medium: Medium, isHeld: boolean): Promise<void> {
    const { step } = this.of(chatId);
    if (step !== "idle" && step !== "failed") return;
    this.#endAll("left");
    const question = ++this.#questions;
    this.#become(chatId, { step: "asking", medium, isHeld, question });
    // Nobody waits for the answer any more once the person has gone on to something else.
    const asking = () => {
      const state = this.of(chatId);
      return state.step === "asking" && state.question === question ? state : undefined;
    };
    try {
      const take = await Take.start(medium, (why) => void this.end(chatId, why));
      const state = asking();
      if (!state) return take.cancel();
      this.#become(chatId, { step: "recording", medium, take, isHeld: state.isHeld });
      this.#watchLength(chatId, take);
      if (document.visibilityState === "hidden") await this.end(chatId, "hidden");
    } catch (error) {
      const problem = error instanceof CaptureError ? error.problem : "failed";
      if (asking()) this.#become(chatId, { step: "failed", medium, problem });
    }
  }

  /** Goes on without the finger on the button. */
  lock(chatId: number): void {
    const state = this.of(chatId);
    if (state.step === "asking" || state.step === "recording" || state.step === "paused")
      this.#become(chatId, { ...state, isHeld: false });
  }

  pause(chatId: number): void {
    const state = this.of(chatId);
    if (state.step !== "recording") return;
    clearTimeout(this.#longest);
    state.take.pause();
    this.#become(chatId, { ...state, step: "paused" });
  }

  resume(chatId: number): void {
    const state = this.of(chatId);
    if (state.step !== "paused") return;
    state.take.resume();
    this.#watchLength(chatId, state.take);
    this.#become(chatId, { ...state, step: "recording" });
  }

  /** Ends the recording, and keeps it to be heard, sent or thrown away. @param ending why, unless the person asked for it */
  async end(chatId: number, ending?: Ending): Promise<void> {
    const state = this.of(chatId);
    if (state.step === "asking" && ending) return this.discard(chatId);
    if (state.step !== "recording" && state.step !== "paused") return;
    const { medium, take } = state;
    clearTimeout(this.#longest);
    this.#become(chatId, { step: "ending", medium });
    const recorded = await take.stop();
    if (this.of(chatId).step !== "ending") return;
    this.#become(
      chatId,
      recorded
        ? { step: "ready", medium, recorded, ...(ending && { ending }) }
        : { step: "failed", medium, problem: "nothing" },
    );
  }

  /** Ends the recording because the chat is left, and remembers what it answers. */
  leave(chatId: number, replyToId: number | undefined): void {
    if (replyToId !== undefined && this.of(chatId).step !== "idle") this.#replies.set(chatId, replyToId);
    void this.end(chatId, "left");
  }

  /** Throws away what is or was recorded, or the word that nothing can be. */
  discard(chatId: number): void {
    const state = this.of(chatId);
    clearTimeout(this.#longest);
    if (state.step === "recording" || state.step === "paused") state.take.cancel();
    this.#become(chatId, IDLE);
  }

  /**
   * Ends the recording if it goes on, and sends it. What cannot be sent is kept, with the error.
   * @returns the message as it waits
   */
  async send(
    chat: Chat,
    replyToId: number | undefined,
  ): Promise<{ message: Message; recorded: Recorded } | undefined> {
    await this.end(chat.id);
    const state = this.of(chat.id);
    if (state.step !== "ready") return undefined;
    const { medium, recorded } = state;
    this.#become(chat.id, { step: "sending", medium, recorded });
    try {
      const message = await chat.send(outgoing(recorded, replyToId ?? this.#replies.get(chat.id)));
      this.#become(chat.id, IDLE);
      return { message, recorded };
    } catch (error) {
      this.#become(chat.id, { step: "ready", medium, recorded, error });
      return undefined;
    }
  }

  get #holdsSomething(): boolean {
    return [...this.#states.values()].some(({ step }) => step !== "asking" && step !== "failed");
  }

  #endAll(ending: Ending): void {
    for (const chatId of this.#states.keys()) void this.end(chatId, ending);
  }

  #watchLength(chatId: number, take: Take): void {
    const left = LONGEST[take.medium] - take.elapsed;
    this.#longest = setTimeout(() => void this.end(chatId, "longest"), left);
  }

  #become(chatId: number, state: RecorderState): void {
    if (state.step === "idle") {
      this.#states.delete(chatId);
      this.#replies.delete(chatId);
    } else this.#states.set(chatId, state);
    for (const listener of this.#listeners) listener();
  }
}

function outgoing({ key: _, medium, blob, ...details }: Recorded, replyToId: number | undefined) {
  return {
    type: `${medium}_message` as const,
    files: [{ content: blob, type: blob.type, ...details }],
    ...(replyToId !== undefined && { replyTo: replyToId }),
  };
}
