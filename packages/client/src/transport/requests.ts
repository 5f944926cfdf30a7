import { CLOSE_CODES, LIMITS, type ServerEventOf, utf8Length } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import { frameRefusal, type ReadFrame } from "./frames.ts";
import type { Frame } from "./transport.ts";

/** Octets that may be on their way without an answer, beside the first frame. */
const MOST_OCTETS_IN_FLIGHT = LIMITS.frameBytes;
/** The slowest line that frames are expected to get through: octets in a millisecond. */
const SLOWEST = 16;

interface Request {
  readonly id: string;
  readonly text: string;
  readonly octets: number;
  readonly resolve: (ok: ServerEventOf<"ok">) => void;
  readonly reject: (error: TacitError) => void;
  timer?: ReturnType<typeof setTimeout>;
}

/** What the requests of one socket need. */
export interface RequestsOptions {
  readonly send: (text: string) => void;
  /** Milliseconds until a frame must have been answered; large ones get more. */
  readonly deadline: number;
  /** An answer is overdue: from now on, nobody knows which answers are still to come. */
  readonly overdue: () => void;
  /** An id for the next request; never the same twice, over all sockets. */
  readonly nextId: () => string;
}

/**
 * The requests of one socket. They go out in their order; what the server would not read yet waits here, so that a
 * deadline begins when a frame leaves.
 */
export class Requests {
  readonly #options: RequestsOptions;
  readonly #waiting: Request[] = [];
  /** In the order in which they left. */
  readonly #inFlight = new Map<string, Request>();
  #octetsInFlight = 0;
  #broken: TacitError | undefined;

  /** None yet. */
  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** Milliseconds that a slow line may need for what is on its way. */
  get allowance(): number {
    return this.#octetsInFlight / SLOWEST;
  }

  /** Sends a frame, now or when there is room. @throws TacitError as `Connection.request`, and `message_too_large` */
  request(frame: Frame): Promise<ServerEventOf<"ok">> {
    if (this.#broken) return Promise.reject(this.#broken);
    const id = this.#options.nextId();
    const text = JSON.stringify({ ...frame, request_id: id });
    const octets = utf8Length(text);
    if (octets > LIMITS.frameBytes) return Promise.reject(tooLarge());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, text, octets, resolve, reject });
      this.#sendWaiting();
    });
  }

  /** Gives an answer to who waits for it; one that nobody waits for any more is dropped. */
  answer(id: string, { event }: ReadFrame): void {
    const request = this.#inFlight.get(id);
    if (!request) return;
    this.#inFlight.delete(id);
    this.#octetsInFlight -= request.octets;
    clearTimeout(request.timer);
    if (event?.type === "ok") request.resolve(event);
    else request.reject(event?.type === "error" ? frameRefusal(event) : badAnswer());
    this.#sendWaiting();
  }

  /**
   * The socket is gone: fails all that has no answer.
   *
   * @param closeCode with "too big", it was the largest that the server did not take
   */
  fail(error: TacitError, closeCode?: number): void {
    this.#broken ??= error;
    const open = [...this.#inFlight.values(), ...this.#waiting.splice(0)];
    const culprit = closeCode === CLOSE_CODES.too_big ? this.#largestInFlight() : undefined;
    this.#inFlight.clear();
    this.#octetsInFlight = 0;
    for (const request of open) {
      clearTimeout(request.timer);
      request.reject(request === culprit ? tooLarge() : error);
    }
  }

  #largestInFlight(): Request | undefined {
    return [...this.#inFlight.values()].toSorted((a, b) => b.octets - a.octets)[0];
  }

  #sendWaiting(): void {
    for (let next = this.#waiting[0]; next && this.#hasRoom(next.octets); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#send(next);
    }
  }

  #hasRoom(octets: number): boolean {
    const { size } = this.#inFlight;
    if (size >= LIMITS.unfinishedFrames) return false;
    return size === 0 || this.#octetsInFlight + octets <= MOST_OCTETS_IN_FLIGHT;
  }

  #send(request: Request): void {
    this.#inFlight.set(request.id, request);
    this.#octetsInFlight += request.octets;
    request.timer = setTimeout(() => this.#expire(request), this.#options.deadline + this.allowance);
    this.#options.send(request.text);
  }

  #expire(request: Request): void {
    this.#inFlight.delete(request.id);
    this.#octetsInFlight -= request.octets;
    request.reject(new TacitError("timeout", "The server did not answer in time."));
    this.#options.overdue();
  }
}

function tooLarge(): TacitError {
  return new TacitError("message_too_large", "This is more than the server takes at once.");
}

function badAnswer(): TacitError {
  return new TacitError("bad_answer", "The server answered what the protocol does not allow.");
}
