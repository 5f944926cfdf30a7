import { CLOSE_CODES, type ServerEventOf } from "@tacit/protocol";
import { LONGEST_WAIT, watchNetwork } from "#platform/network";
import { openSocket } from "#platform/websocket";
import { TacitError } from "../errors.ts";
import { BROKEN, type OpenSocket, type Socket, type SocketEnd } from "../platform/websocket.ts";
import { abortable } from "./abortable.ts";
import { Backoff } from "./backoff.ts";
import { readFrame } from "./frames.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Requests } from "./requests.ts";
import type { Session } from "./session.ts";
import type { Connection, ConnectionListener, ConnectionState, Frame } from "./transport.ts";

/** How long a connection waits for what, in milliseconds. */
export interface ConnectionDelays {
  /** The first wait after a connection broke lasts at most this long, each further one up to twice as long. */
  readonly firstWait: number;
  /** But no wait longer than this. */
  readonly longestWait: number;
  /** A connection that stood this long was a good one: waits begin anew. */
  readonly stable: number;
  /** A token and an open socket must be there by then. */
  readonly connect: number;
  /** Silence after which the server is asked for a sign of life. */
  readonly idle: number;
  /** Silence after that which means that nobody is there. */
  readonly patience: number;
  /** A request is answered by then, or the connection is given up. */
  readonly answer: number;
  /** Reconnects after a restart of the server are spread over this long. */
  readonly restart: number;
  /** Not earlier than this after the server said that it had too many bad frames. */
  readonly flooding: number;
}

const DELAYS: ConnectionDelays = {
  firstWait: 250,
  longestWait: LONGEST_WAIT,
  stable: 10_000,
  connect: 10_000,
  idle: 25_000,
  patience: 10_000,
  answer: 30_000,
  restart: 1_000,
  flooding: 60_000,
};

/** What a connection needs. */
export interface ConnectionDependencies {
  /** As `https://chat.example.org`: `Http.server`. */
  readonly server: string;
  readonly session: Pick<Session, "accessToken" | "renew" | "ended">;
  readonly listener: ConnectionListener;
  readonly delays?: Partial<ConnectionDelays>;
  /** Instead of the platform's own. */
  readonly openSocket?: OpenSocket;
}

/** The connection of an account: `start` begins it. It ends with `close`, and by itself when the session has ended. */
export function createConnection(dependencies: ConnectionDependencies): Connection {
  return new ReconnectingConnection(dependencies);
}

/** What stands between `connecting` and the end of one socket. */
interface Link {
  readonly socket: Socket;
  readonly requests: Requests;
  readonly heartbeat: Heartbeat;
  readonly since: number;
}

/** Known to no chat: leaving it changes nothing, and is answered. A page has no other way to ask for a sign of life. */
const SIGN_OF_LIFE = JSON.stringify({
  type: "leave_chat",
  chat_id: Number.MAX_SAFE_INTEGER,
  request_id: "heartbeat",
});

class ReconnectingConnection implements Connection {
  readonly #dependencies: ConnectionDependencies;
  readonly #delays: ConnectionDelays;
  readonly #backoff: Backoff;
  readonly #url: string;
  #state: ConnectionState | undefined;
  #link: Link | undefined;
  /** Ends the socket that is open or opening, and the wait for its token. */
  #drop: (end: SocketEnd) => void = () => {};
  #retry: ReturnType<typeof setTimeout> | undefined;
  #stopWatching = () => {};
  /** The token that the server did not take, as far as one can tell. */
  #rejected: string | undefined;
  /** A token was renewed since the last socket opened: where refusals cannot be told from broken lines, once is enough. */
  #renewed = false;
  /** By the clock of `performance`: no try before then, whoever asks. */
  #notBefore = 0;
  #requests = 0;

  constructor(dependencies: ConnectionDependencies) {
    this.#dependencies = dependencies;
    this.#delays = { ...DELAYS, ...dependencies.delays };
    this.#backoff = new Backoff(this.#delays.firstWait, this.#delays.longestWait);
    this.#url = `${dependencies.server.replace(/^http/, "ws")}/ws`;
  }

  get state(): ConnectionState {
    return this.#state ?? { status: "offline", retryAt: Number.POSITIVE_INFINITY };
  }

  start(): void {
    if (this.#state) return;
    this.#stopWatching = watchNetwork(() => this.retryNow());
    void this.#connect();
  }

  request(frame: Frame): Promise<ServerEventOf<"ok">> {
    return this.#link ? this.#link.requests.request(frame) : Promise.reject(this.#whyNot());
  }

  tell(frame: Frame): void {
    this.#link?.socket.send(JSON.stringify(frame));
  }

  /** While a connection stands, the server is asked for a sign of life: it may be gone with the old network. */
  retryNow(): void {
    if (this.#state?.status === "offline" && performance.now() >= this.#notBefore) void this.#connect();
    else this.#link?.heartbeat.ask();
  }

  restart(): void {
    if (this.#link) this.#drop(BROKEN);
  }

  close(): void {
    if (this.#state?.status === "closed") return;
    this.#tell({ status: "closed" });
    this.#drop(BROKEN);
    clearTimeout(this.#retry);
    this.#stopWatching();
  }

  #whyNot(): TacitError {
    if (this.#dependencies.session.ended) return new TacitError("signed_out", "The session has ended.");
    if (this.#state?.status === "closed") return new TacitError("closed", "The connection was closed.");
    return new TacitError("unreachable", "There is no connection to the server.");
  }

  #tell(state: ConnectionState): void {
    this.#state = state;
    this.#dependencies.listener.state(state);
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#retry);
    const attempt = new AbortController();
    const deadline = setTimeout(() => this.#drop(BROKEN), this.#delays.connect);
    const drop = (end: SocketEnd) => {
      if (attempt.signal.aborted) return;
      clearTimeout(deadline);
      attempt.abort();
      this.#ended(end);
    };
    this.#drop = drop;
    this.#tell({ status: "connecting" });
    try {
      const token = await abortable(this.#token(), attempt.signal);
      this.#open(token, attempt.signal, drop, () => clearTimeout(deadline));
    } catch (error) {
      if (this.#dependencies.session.ended) this.close();
      else drop(error instanceof TacitError && error.details.retryAfter ? waitFor(error) : BROKEN);
    }
  }

  async #token(): Promise<string> {
    const { session } = this.#dependencies;
    const rejected = this.#rejected;
    if (rejected === undefined) return await session.accessToken();
    const token = await session.renew(rejected);
    this.#rejected = undefined;
    this.#renewed = true;
    return token;
  }

  #open(token: string, signal: AbortSignal, drop: (end: SocketEnd) => void, connected: () => void): void {
    const open = this.#dependencies.openSocket ?? openSocket;
    const alive =
      <A extends unknown[]>(tell: (...args: A) => void) =>
      (...args: A) => {
        if (!signal.aborted) tell(...args);
      };
    const socket = open(this.#url, token, {
      opened: alive(() => {
        connected();
        this.#opened(socket, drop);
      }),
      heard: alive(() => this.#link?.heartbeat.heard()),
      frame: alive((text) => this.#receive(text)),
      closed: alive((end) => {
        this.#noteRefusal(end, token);
        drop(end);
      }),
    });
    signal.addEventListener("abort", () => socket.close());
  }

  #opened(socket: Socket, drop: (end: SocketEnd) => void): void {
    const requests = new Requests({
      send: (text) => socket.send(text),
      deadline: this.#delays.answer,
      overdue: () => drop(BROKEN),
      nextId: () => String(++this.#requests),
    });
    const heartbeat = new Heartbeat({
      idle: this.#delays.idle,
      patience: () => this.#delays.patience + requests.allowance,
      ask: () => void (socket.ping() || socket.send(SIGN_OF_LIFE)),
      dead: () => drop(BROKEN),
    });
    this.#link = { socket, requests, heartbeat, since: performance.now() };
    this.#renewed = false;
    this.#tell({ status: "online" });
    // Whoever heard that may have closed it.
    if (this.#link) this.#dependencies.listener.opened();
  }

  #receive(text: string): void {
    const read = readFrame(text);
    if (read.requestId !== undefined) this.#link?.requests.answer(read.requestId, read);
    else if (read.event) this.#dependencies.listener.event(read.event);
  }

  /** A page is not told why a socket did not open, so there any such failure may be a token that was revoked. */
  #noteRefusal(end: SocketEnd, token: string): void {
    const refused = "status" in end ? end.status === 401 : end.code === CLOSE_CODES.session_ended;
    const perhaps = "unexplained" in end && end.unexplained && !this.#renewed;
    if (refused || perhaps) this.#rejected = token;
  }

  #ended(end: SocketEnd): void {
    const link = this.#link;
    this.#link = undefined;
    link?.heartbeat.stop();
    if (link && performance.now() - link.since >= this.#delays.stable) this.#backoff.reset();
    if (this.#state?.status !== "closed") this.#retryAfter(this.#waitAfter(end));
    link?.requests.fail(this.#brokenOff(), "code" in end ? end.code : undefined);
  }

  #brokenOff(): TacitError {
    if (this.#state?.status === "closed") return this.#whyNot();
    return new TacitError("unreachable", "The connection broke off before an answer.");
  }

  #waitAfter(end: SocketEnd): number {
    const wait = this.#backoff.next();
    if ("status" in end) return Math.max(wait, end.retryAfter ?? 0);
    const { restart, flooding } = this.#delays;
    if (end.code === CLOSE_CODES.restart) return Math.random() * restart;
    if (end.code !== CLOSE_CODES.flooding) return wait;
    this.#notBefore = performance.now() + flooding;
    return flooding + wait;
  }

  #retryAfter(wait: number): void {
    this.#retry = setTimeout(() => void this.#connect(), wait);
    this.#tell({ status: "offline", retryAt: Date.now() + wait });
  }
}

function waitFor({ details }: TacitError): SocketEnd {
  return { status: details.status ?? 0, retryAfter: details.retryAfter ?? 0 };
}
