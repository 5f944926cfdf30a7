import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { pipeline, Transform } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/** Where a proxy leads to: a TCP port of this machine, or a unix socket. */
export type ProxyTarget = { readonly port: number; readonly host?: string } | { readonly path: string };

/** A network between two parties that a test can break. */
export interface TcpProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Resets every connection; new ones are forwarded. */
  cut(): void;
  /** Forwards nothing, in both directions, while every connection stays open, as when a cable is pulled. */
  pause(): void;
  /** Forwards again, also what was sent in the meantime. */
  resume(): void;
  /** Resets every connection, old and new, until {@link accept}. */
  refuse(): void;
  accept(): void;
  /** Holds everything back for so many milliseconds, in order. */
  delay(milliseconds: number): void;
  close(): Promise<void>;
}

/** Starts a proxy on a free local port. */
export async function startProxy(target: ProxyTarget): Promise<TcpProxy> {
  const line = new Line();
  const clients = new Set<Socket>();
  let refusing = false;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    clients.add(client);
    client.once("close", () => clients.delete(client));
    if (refusing) client.resetAndDestroy();
    else join(client, connect({ ...target, allowHalfOpen: true }), line);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const client of clients) client.resetAndDestroy();
  };
  const close = async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    cut,
    pause: () => line.pause(),
    resume: () => line.resume(),
    refuse: () => {
      refusing = true;
      cut();
    },
    accept: () => {
      refusing = false;
    },
    delay: (milliseconds) => {
      line.latency = milliseconds;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What both directions of every connection pass through. */
class Line {
  latency = 0;
  #open: Promise<void> = Promise.resolve();
  #resume = () => {};

  pause(): void {
    this.resume();
    this.#open = new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  resume(): void {
    this.#resume();
  }

  async pass(): Promise<void> {
    if (this.latency > 0) await delay(this.latency);
    await this.#open;
  }
}

function join(client: Socket, upstream: Socket, line: Line): void {
  pipeline(client, gate(line), upstream, () => {});
  pipeline(upstream, gate(line), client, () => {});
}

function gate(line: Line): Transform {
  return new Transform({
    transform: (chunk, _encoding, done) => {
      void line.pass().then(() => done(null, chunk));
    },
  });
}
