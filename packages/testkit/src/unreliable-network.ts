import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { ProxyTarget } from "./network.ts";
import { SeededRandom } from "./random.ts";
import { Stream } from "./unreliable-stream.ts";

/** `up`: from the client to the server. */
export type Direction = "up" | "down";

/** How slow a line is. */
export interface Slowness {
  /** Milliseconds that everything takes. */
  readonly latency?: number;
  /** Milliseconds that it takes longer, at random, but still in order. */
  readonly jitter?: number;
  /** Octets in a millisecond. */
  readonly bandwidth?: number;
}

/** A network between one client and its server in which anything can happen but that octets change or change places. */
export interface UnreliableNetwork extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** From now on, until {@link UnreliableNetwork.heal}. */
  slow(slowness: Slowness): void;
  /** Nothing passes, in both directions, while every connection stays open and takes what is sent. */
  stall(): void;
  /**
   * From a random octet on, nothing of this direction arrives any more, on any connection. One that has lost something stays
   * open until it is cut, as it would then say what was never said.
   */
  swallow(direction: Direction): void;
  /** Resets every connection at once, and with it whatever is still on its way. */
  cut(): void;
  /** Resets every connection of now after some more octets of one direction, wherever in a frame that is. */
  cutAfter(octets: number, direction: Direction): void;
  /** Resets every connection, old and new. */
  refuse(): void;
  /**
   * Plays a second time, on a connection of its own, what a client has sent on one of the last seconds. The answers go nowhere.
   *
   * @param mayBe whether it may be this one, by what was sent on it
   * @returns whether there was one
   */
  repeat(mayBe?: (sent: Buffer) => boolean): boolean;
  /** All is well again: what was held back goes on, what has lost something is cut, what was repeated ends. */
  heal(): void;
  close(): Promise<void>;
}

/** What is kept of connections to be repeated: so many octets of each, for so many milliseconds after it began. */
const KEPT_OCTETS = 1024 * 1024;
const KEPT_FOR = 3_000;
/** The first octet that is swallowed is one of so many. */
const SWALLOW_WITHIN = 2_000;

/**
 * Starts one on a free local port.
 *
 * @param target asked for each connection: a server may come back elsewhere
 * @param seed of all that is random about it
 */
export async function startUnreliableNetwork(
  target: () => ProxyTarget,
  seed: number | string,
): Promise<UnreliableNetwork> {
  const network = new Network(target, new SeededRandom(seed));
  await network.listen();
  return network;
}

/** A connection of a client, and the one that it leads to. */
interface Link {
  readonly client: Socket;
  readonly up: Stream;
  readonly down: Stream;
  readonly since: number;
  readonly sent: Buffer[];
}

class Network implements UnreliableNetwork {
  readonly host = "127.0.0.1";
  readonly #target: () => ProxyTarget;
  readonly #random: SeededRandom;
  readonly #server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  readonly #links = new Set<Link>();
  /** Of connections that were not too long ago, open or not. */
  #past: Link[] = [];
  readonly #repeats = new Set<Socket>();
  #slowness: Slowness = {};
  #isStalled = false;
  #isRefusing = false;
  readonly #swallowing = new Set<Direction>();

  constructor(target: () => ProxyTarget, random: SeededRandom) {
    this.#target = target;
    this.#random = random;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, this.host);
    await once(this.#server, "listening");
  }

  slow(slowness: Slowness): void {
    this.#slowness = slowness;
  }

  stall(): void {
    this.#isStalled = true;
  }

  swallow(direction: Direction): void {
    this.#swallowing.add(direction);
    for (const link of this.#links) this.#loseFrom(link, direction);
  }

  cut(): void {
    for (const link of this.#links) reset(link);
  }

  cutAfter(octets: number, direction: Direction): void {
    for (const link of this.#links) link[direction].cutAfter(octets);
  }

  refuse(): void {
    this.#isRefusing = true;
    this.cut();
  }

  repeat(mayBe: (sent: Buffer) => boolean = () => true): boolean {
    const since = performance.now() - KEPT_FOR;
    this.#past = this.#past.filter((link) => link.since > since);
    const candidates = this.#past.map(({ sent }) => Buffer.concat(sent));
    const sent = this.#random.of(candidates.filter((octets) => octets.byteLength > 0 && mayBe(octets)));
    if (!sent) return false;
    const socket = connect({ ...this.#target() });
    this.#repeats.add(socket);
    socket.on("error", () => {}).once("close", () => this.#repeats.delete(socket));
    socket.resume().write(sent);
    return true;
  }

  heal(): void {
    this.#slowness = {};
    this.#isStalled = false;
    this.#isRefusing = false;
    this.#swallowing.clear();
    for (const socket of this.#repeats) socket.destroy();
    for (const link of this.#links) {
      if (link.up.isToLose || link.down.isToLose) reset(link);
      else for (const stream of [link.up, link.down]) stream.wake();
    }
  }

  async close(): Promise<void> {
    this.heal();
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(client: Socket): void {
    client.on("error", () => {});
    if (this.#isRefusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...this.#target(), allowHalfOpen: true });
    server.on("error", () => client.resetAndDestroy());
    const line = { wait: (octets: number) => this.#waitFor(octets), isOpen: () => !this.#isStalled };
    const up = new Stream(client, server, line);
    const down = new Stream(server, client, line);
    const link: Link = { client, up, down, since: performance.now(), sent: [] };
    client.on("data", (octets: Buffer) => keep(link, octets));
    this.#links.add(link);
    this.#past.push(link);
    client.once("close", () => this.#links.delete(link));
    for (const direction of this.#swallowing) this.#loseFrom(link, direction);
  }

  #waitFor(octets: number): number {
    const { latency = 0, jitter = 0, bandwidth = Number.POSITIVE_INFINITY } = this.#slowness;
    return latency + this.#random.next() * jitter + octets / bandwidth;
  }

  #loseFrom(link: Link, direction: Direction): void {
    link[direction].loseAfter(this.#random.below(SWALLOW_WITHIN));
  }
}

function keep({ sent, since }: Link, octets: Buffer): void {
  const length = sent.reduce((sum, { byteLength }) => sum + byteLength, octets.byteLength);
  if (length <= KEPT_OCTETS && performance.now() - since < KEPT_FOR) sent.push(octets);
}

function reset({ up, down }: Link): void {
  up.reset();
  down.reset();
}
