import { clientMessageIdIn } from "./message-content.ts";

/** What has to arrive before a message counts: the answer to its sender, and a delivery to each side. */
const ACKNOWLEDGED = 1;
const DELIVERED_TO_SENDER = 2;
const DELIVERED_TO_PEER = 4;
const COMPLETE = ACKNOWLEDGED | DELIVERED_TO_SENDER | DELIVERED_TO_PEER;

interface Expected {
  readonly sender: number;
  /** When it was meant to be sent: waiting to be sent is part of its latency. */
  readonly intended: number;
  arrived: number;
}

/** Follows messages from sending until everything that belongs to them has arrived. */
export class Tracker {
  /** Called for each message that is complete, with its milliseconds since it was meant to be sent. */
  onComplete: (sender: number, latency: number) => void = () => {};
  readonly #expected = new Map<string, Expected>();
  #next = 0;
  #emptied: (() => void) | null = null;

  /** @returns the `client_message_id` to send it under. */
  expect(sender: number, intended: number): string {
    this.#next += 1;
    const number = this.#next.toString(16).padStart(12, "0");
    const id = `${process.pid.toString(16).padStart(8, "0")}-0000-4000-8000-${number}`;
    this.#expected.set(id, { sender, intended, arrived: 0 });
    return id;
  }

  /** @throws {Error} for an error frame: every message of a load is one that the server must take. */
  receive(receiver: number, frame: string): void {
    if (frame.startsWith('{"type":"error"')) throw new Error(`the server refused a message: ${frame}`);
    const id = clientMessageIdIn(frame);
    const expected = id === null ? undefined : this.#expected.get(id);
    if (id === null || !expected) return;
    expected.arrived |= partOf(frame, receiver === expected.sender);
    if (expected.arrived !== COMPLETE) return;
    this.#expected.delete(id);
    this.onComplete(expected.sender, performance.now() - expected.intended);
    if (this.#expected.size === 0) this.#emptied?.();
  }

  /** Resolves when nothing is under way any more. @throws {Error} if that takes longer than `patience` milliseconds. */
  async emptied(patience: number): Promise<void> {
    if (this.#expected.size === 0) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${this.#expected.size} messages were lost`)),
        patience,
      );
      this.#emptied = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#emptied = null;
  }
}

function partOf(frame: string, toSender: boolean): number {
  if (frame.startsWith('{"type":"ok"')) return ACKNOWLEDGED;
  return toSender ? DELIVERED_TO_SENDER : DELIVERED_TO_PEER;
}
