import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** What both directions of a connection have in common. */
export interface Line {
  /** Milliseconds that so many octets take. */
  wait(octets: number): number;
  /** Whether anything passes. */
  isOpen(): boolean;
}

/** Octets that are taken without being passed on before the sender is kept waiting. */
const MOST_HELD = 1024 * 1024;

/** One direction of a connection. */
export class Stream {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #line: Line;
  readonly #held: Buffer[] = [];
  #heldOctets = 0;
  /** Octets until what comes is lost, and until the connection is cut. */
  #loseIn = Number.POSITIVE_INFINITY;
  #cutIn = Number.POSITIVE_INFINITY;
  #hasEnded = false;
  #isPassing = false;

  constructor(from: Socket, to: Socket, line: Line) {
    this.#from = from;
    this.#to = to;
    this.#line = line;
    from.on("data", (octets: Buffer) => this.#take(octets));
    from.once("end", () => {
      this.#hasEnded = true;
      this.wake();
    });
    from.once("close", () => {
      if (!this.#hasEnded) to.resetAndDestroy();
    });
  }

  /** Whether something of it is lost, or will be. */
  get isToLose(): boolean {
    return this.#loseIn < Number.POSITIVE_INFINITY;
  }

  /** After so many octets more, all others are lost. */
  loseAfter(octets: number): void {
    this.#loseIn = Math.min(this.#loseIn, octets);
  }

  /** After so many octets more, the connection is reset. */
  cutAfter(octets: number): void {
    this.#cutIn = Math.min(this.#cutIn, octets);
    if (octets === 0) this.reset();
  }

  reset(): void {
    this.#from.resetAndDestroy();
    this.#to.resetAndDestroy();
  }

  /** Goes on if it can. */
  wake(): void {
    if (this.#isPassing) return;
    this.#isPassing = true;
    void this.#pass().finally(() => {
      this.#isPassing = false;
    });
  }

  #take(octets: Buffer): void {
    this.#held.push(octets);
    this.#heldOctets += octets.byteLength;
    if (this.#heldOctets > MOST_HELD) this.#from.pause();
    this.wake();
  }

  async #pass(): Promise<void> {
    for (let octets = this.#next(); octets; octets = this.#next()) {
      const wait = this.#line.wait(octets.byteLength);
      if (wait > 0) await delay(wait);
      // What was under way when the line went is held back with the rest.
      if (!this.#line.isOpen()) return;
      this.#held.shift();
      this.#heldOctets -= octets.byteLength;
      if (this.#heldOctets <= MOST_HELD) this.#from.resume();
      await this.#deliver(octets);
    }
    if (this.#hasEnded && this.#held.length === 0 && !this.isToLose) this.#to.end();
  }

  #next(): Buffer | undefined {
    return this.#line.isOpen() && !this.#to.destroyed ? this.#held[0] : undefined;
  }

  async #deliver(octets: Buffer): Promise<void> {
    const end = Math.min(octets.byteLength, this.#loseIn, this.#cutIn);
    const arriving = octets.subarray(0, end);
    this.#loseIn = Math.max(this.#loseIn - octets.byteLength, 0);
    this.#cutIn -= octets.byteLength;
    if (arriving.byteLength > 0)
      await new Promise<void>((resolve) => {
        this.#to.write(arriving, () => resolve());
      });
    if (this.#cutIn <= 0) this.reset();
  }
}
