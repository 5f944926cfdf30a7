import { answerParent } from "../system/child.ts";
import { eachOf } from "./at-once.ts";
import { type CountingSocket, openCountingSocket } from "./counting-socket.ts";
import { exchange } from "./exchange.ts";

/** Someone who connects, and what they say first. */
export interface Caller {
  readonly token: string;
  readonly contacts: readonly number[];
  /** Body of the `POST /sync` that follows, on a connection of its own; without one there is none. */
  readonly sync?: object;
}

/** What a process that opens many sockets is asked for, in this order. */
export type DialerRequest =
  | { readonly kind: "prepare"; readonly url: string; readonly callers: readonly Caller[] }
  /** Opens this many sockets, the callers taking turns. */
  | { readonly kind: "dial"; readonly sockets: number; readonly atOnce: number }
  | { readonly kind: "hang-up" };

/** How the sockets came to be open. */
export interface Dialled {
  /**
   * Milliseconds from the beginning of the storm until a socket had its first answer, of each: everybody wants to be
   * connected at its beginning, so waiting for a turn is part of it.
   */
  readonly latencies: Float64Array;
  readonly cpuSeconds: number;
}

/** One loopback address has 28,000 ports by default, and those of the previous run rest for a minute. */
const SOURCES = 8;

let url = "";
let callers: readonly Caller[] = [];
const sockets: CountingSocket[] = [];

answerParent(async (request: DialerRequest) => {
  switch (request.kind) {
    case "prepare":
      ({ url, callers } = request);
      return {};
    case "dial":
      return await dial(request.sockets, request.atOnce);
    case "hang-up":
      for (const socket of sockets.splice(0)) socket.close();
      return {};
  }
});

async function dial(count: number, atOnce: number): Promise<Dialled> {
  const begin = performance.now();
  const cpuBefore = process.cpuUsage();
  const latencies = new Float64Array(count);
  await eachOf([...latencies.keys()], atOnce, async (index) => {
    await connect(index);
    latencies[index] = performance.now() - begin;
  });
  const { user, system } = process.cpuUsage(cpuBefore);
  return { latencies, cpuSeconds: (user + system) / 1e6 };
}

/** As a client does: the socket, `init`, and once that is answered, what was missed. */
async function connect(index: number): Promise<void> {
  const { token, contacts, sync } = callers[index % callers.length] as Caller;
  let answered = () => {};
  const answer = new Promise<void>((resolve) => {
    answered = resolve;
  });
  const source = `127.0.0.${1 + (index % SOURCES)}`;
  const socket = await openCountingSocket(
    url,
    token,
    (type, frame) => {
      if (type === "ok") answered();
      if (type === "error") throw new Error(`the server refused a frame: ${frame.toString("latin1")}`);
    },
    source,
  );
  sockets.push(socket);
  socket.send(JSON.stringify({ type: "init", contacts }));
  await answer;
  if (sync)
    await exchange({ url: `${url}/sync`, token, agent: false, json: Buffer.from(JSON.stringify(sync)) });
}
