import type { ServerEvent, ServerEventOf, ServerEventType } from "@tacit/protocol";
import { WebSocket } from "ws";
import { checkFrame } from "./contract-check.ts";
import { registerSecret, registerSecretsIn } from "./secrets.ts";

/** How a socket is opened. */
export interface SocketOptions {
  /** How the token goes out: as a browser can, or as every other client does. Default `header`. */
  readonly via?: "header" | "subprotocol";
  readonly origin?: string;
  /** Instead of the client's own; `null` sends none. */
  readonly token?: string | null | undefined;
  /** Instead of those that follow from `via`. */
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** False: a frame that the protocol does not know is kept and does not throw. */
  readonly strict?: boolean;
}

/** The server answered the handshake with a status, not with a socket. */
export class SocketRefused extends Error {
  override readonly name = "SocketRefused";
  readonly status: number;

  constructor(status: number) {
    super(`The server refused the socket with status ${status}.`);
    this.status = status;
  }
}

/** How a socket was closed. */
export interface SocketClosed {
  readonly code: number;
  readonly reason: string;
}

/** An open WebSocket, as a client sees it. */
export interface TestSocket extends AsyncDisposable {
  /** Every frame so far, in order. */
  readonly frames: readonly ServerEvent[];
  readonly closed: Promise<SocketClosed>;
  readonly protocol: string;
  /** The socket itself, for what only a broken or hostile client does. */
  readonly raw: WebSocket;
  /** Sends an object as JSON, or a string or bytes as they are. */
  send(frame: object | string | Uint8Array): void;
  /**
   * The next frame that matches and was not returned before; frames in between stay for later calls.
   *
   * @throws {Error} that shows what came instead, after `timeout` ms (5 s), or when the socket closes.
   */
  next<T extends ServerEventType>(type: T, timeout?: number): Promise<ServerEventOf<T>>;
  next(matches: (frame: ServerEvent) => boolean, timeout?: number): Promise<ServerEvent>;
  /** Sends a frame with a `request_id` and returns the `ok` or `error` that answers it. */
  ask(frame: object): Promise<ServerEventOf<"ok"> | ServerEventOf<"error">>;
  /** When it resolves, all that the server had written to this socket before has arrived. */
  flushed(): Promise<void>;
  /** Closes the socket and waits until it is closed. */
  close(): Promise<SocketClosed>;
}

const PATIENCE = 5_000;
/** Of what came instead of an awaited frame, an error shows this many frames and so many characters of each. */
const SHOWN_FRAMES = 20;
const SHOWN_LENGTH = 500;

interface Waiter {
  readonly matches: (frame: ServerEvent) => boolean;
  readonly resolve: (frame: ServerEvent) => void;
  readonly reject: (error: Error) => void;
}

/** Opens a socket on a server. @throws {SocketRefused} if there is an answer with a status instead. */
export async function openTestSocket(url: string, options: SocketOptions): Promise<TestSocket> {
  const { token, via = "header", origin, headers } = options;
  if (token) registerSecret("access token", token);
  const bearer = token && via === "header" ? { authorization: `Bearer ${token}` } : {};
  const protocols = options.protocols ?? (token && via === "subprotocol" ? ["tacit", `bearer.${token}`] : []);
  const raw = new WebSocket(`${url.replace(/^http/, "ws")}/ws`, [...protocols], {
    headers: { ...headers, ...bearer },
    ...(origin === undefined ? {} : { origin }),
    perMessageDeflate: false,
  });
  const socket = new Inbox(raw, options.strict ?? true);
  await new Promise<void>((resolve, reject) => {
    raw.once("open", resolve);
    raw.once("error", reject);
    raw.once("unexpected-response", (request, response) => {
      request.destroy();
      reject(new SocketRefused(response.statusCode ?? 0));
    });
  });
  return socket;
}

class Inbox implements TestSocket {
  readonly frames: ServerEvent[] = [];
  readonly closed: Promise<SocketClosed>;
  readonly raw: WebSocket;
  readonly #strict: boolean;
  readonly #waiting: ServerEvent[] = [];
  readonly #waiters = new Set<Waiter>();
  #failure: Error | undefined;
  #requests = 0;

  constructor(raw: WebSocket, strict: boolean) {
    this.raw = raw;
    this.#strict = strict;
    this.closed = new Promise((resolve) => {
      raw.once("close", (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#fail(new Error(`The socket was closed with ${code}.`));
      });
    });
    raw.on("error", () => {});
    raw.on("message", (data) => this.#take(data.toString()));
  }

  get protocol(): string {
    return this.raw.protocol;
  }

  send(frame: object | string | Uint8Array): void {
    const isRaw = typeof frame === "string" || frame instanceof Uint8Array;
    if (typeof frame === "string") registerSecret("frame", frame);
    if (!isRaw) registerSecretsIn(frame);
    this.raw.send(isRaw ? frame : JSON.stringify(frame));
  }

  next(wanted: ServerEventType | ((frame: ServerEvent) => boolean), timeout = PATIENCE): Promise<never> {
    const matches = typeof wanted === "string" ? (frame: ServerEvent) => frame.type === wanted : wanted;
    const index = this.#waiting.findIndex(matches);
    if (index >= 0) return Promise.resolve(this.#waiting.splice(index, 1)[0] as never);
    if (this.#failure) return Promise.reject(this.#failure);
    return this.#wait(
      matches,
      timeout,
      typeof wanted === "string" ? wanted : "a matching frame",
    ) as Promise<never>;
  }

  async ask(frame: object) {
    this.#requests += 1;
    const request_id = `request-${this.#requests}`;
    this.send({ ...frame, request_id });
    const answer = await this.next(({ type, ...rest }: ServerEvent) => {
      return (type === "ok" || type === "error") && "request_id" in rest && rest.request_id === request_id;
    });
    return answer as ServerEventOf<"ok"> | ServerEventOf<"error">;
  }

  async flushed(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const fail = () => reject(new Error("The socket was closed."));
      this.raw.once("close", fail);
      this.raw.once("pong", () => {
        this.raw.off("close", fail);
        resolve();
      });
      this.raw.ping();
    });
    this.#throwFailure();
  }

  async close(): Promise<SocketClosed> {
    this.raw.close();
    return await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #take(text: string): void {
    try {
      const frame = JSON.parse(text) as ServerEvent;
      if (frame.type !== "error") registerSecretsIn(frame);
      if (this.#strict) checkFrame(frame);
      this.frames.push(frame);
      this.#deliver(frame);
    } catch (error) {
      // With nobody waiting, an unhandled rejection is what fails the run.
      if (this.#waiters.size === 0) void Promise.reject(error);
      this.#fail(error as Error);
    }
  }

  #deliver(frame: ServerEvent): void {
    const waiter = [...this.#waiters].find(({ matches }) => matches(frame));
    if (waiter) waiter.resolve(frame);
    else this.#waiting.push(frame);
  }

  #wait(matches: Waiter["matches"], timeout: number, what: string): Promise<ServerEvent> {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        matches,
        resolve: (frame) => {
          done();
          resolve(frame);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      const expire = () =>
        waiter.reject(new Error(`No ${what} within ${timeout} ms; there came: ${this.#summary()}`));
      const timer = setTimeout(expire, timeout);
      this.#waiters.add(waiter);
    });
  }

  #summary(): string {
    if (this.#waiting.length === 0) return "nothing";
    const shown = this.#waiting
      .slice(-SHOWN_FRAMES)
      .map((frame) => JSON.stringify(frame).slice(0, SHOWN_LENGTH));
    return `${this.#waiting.length} frames, at last ${shown.join(" ")}`;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiter of this.#waiters) waiter.reject(this.#failure);
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure;
  }
}
