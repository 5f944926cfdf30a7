import { WebSocket } from "ws";
import { answerParent } from "../system/child.ts";
import { type FrameTemplate, sendTemplate } from "./message-content.ts";
import type { Person } from "./people.ts";
import { Tracker } from "./tracker.ts";
import { WARM_UP_SECONDS } from "./warm-up.ts";

/** What a generator process is asked for, in this order; `connect` comes first. */
export type GeneratorRequest =
  | { readonly kind: "connect"; readonly url: string; readonly people: readonly Person[] }
  | { readonly kind: "closed"; readonly seconds: number; readonly outstanding: number }
  | { readonly kind: "open"; readonly seconds: number; readonly rate: number }
  | { readonly kind: "disconnect" };

/** What a run of a load came to. */
export interface LoadResult {
  /** Messages that were acknowledged and delivered to both sides within the measured time. */
  readonly complete: number;
  readonly seconds: number;
  /** Milliseconds from the moment a message was meant to be sent until all of it had arrived. */
  readonly latencies: Float64Array;
  readonly cpuSeconds: number;
}

const PATIENCE = 30_000;

interface Sender {
  readonly socket: WebSocket;
  readonly template: FrameTemplate;
}

let senders: Sender[] = [];
const tracker = new Tracker();

answerParent(async (request: GeneratorRequest) => {
  switch (request.kind) {
    case "connect":
      senders = await Promise.all(request.people.map((person, index) => connect(request.url, person, index)));
      return {};
    case "closed":
      return await closedLoop(request.seconds, request.outstanding);
    case "open":
      return await openLoop(request.seconds, request.rate);
    case "disconnect":
      await Promise.all(senders.map(({ socket }) => disconnect(socket)));
      return {};
  }
});

async function connect(url: string, person: Person, index: number): Promise<Sender> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, {
    headers: { authorization: `Bearer ${person.token}` },
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.on("message", (data) => tracker.receive(index, (data as Buffer).toString("latin1")));
  return { socket, template: sendTemplate(person) };
}

async function disconnect(socket: WebSocket): Promise<void> {
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.close();
  await closed;
}

function send(sender: number, intended: number): void {
  const { socket, template } = senders[sender] as Sender;
  socket.send(template.before + tracker.expect(sender, intended) + template.after);
}

/** Each socket always has `outstanding` messages under way: what the server can do at most. */
async function closedLoop(seconds: number, outstanding: number): Promise<LoadResult> {
  const begin = performance.now() + WARM_UP_SECONDS * 1000;
  const end = begin + seconds * 1000;
  const latencies: number[] = [];
  tracker.onComplete = (sender, latency) => {
    const now = performance.now();
    if (now >= begin && now < end) latencies.push(latency);
    if (now < end) send(sender, now);
  };
  for (const index of senders.keys()) {
    for (let count = 0; count < outstanding; count += 1) send(index, performance.now());
  }
  const usage = await cpuBetween(begin, end);
  await tracker.emptied(PATIENCE);
  return {
    complete: latencies.length,
    seconds,
    latencies: Float64Array.from(latencies),
    cpuSeconds: usage,
  };
}

/**
 * Messages are meant to be sent at random moments that do not depend on how fast the server answers, as people write. Their
 * latency counts from that moment, so a server that stalls pays for everything that had to wait (no coordinated omission).
 */
async function openLoop(seconds: number, rate: number): Promise<LoadResult> {
  const begin = performance.now() + WARM_UP_SECONDS * 1000;
  const end = begin + seconds * 1000;
  const latencies: number[] = [];
  let intended = performance.now();
  // What was meant to be sent within the measured time counts, however late it arrives.
  tracker.onComplete = (_, latency) => {
    const meantAt = performance.now() - latency;
    if (meantAt >= begin && meantAt < end) latencies.push(latency);
  };
  const sendDue = () => {
    for (const now = performance.now(); intended <= now && intended < end; intended += gap(rate)) {
      send(Math.floor(Math.random() * senders.length), intended);
    }
  };
  const timer = setInterval(sendDue, 1);
  const usage = await cpuBetween(begin, end);
  clearInterval(timer);
  sendDue();
  await tracker.emptied(PATIENCE);
  return {
    complete: latencies.length,
    seconds,
    latencies: Float64Array.from(latencies),
    cpuSeconds: usage,
  };
}

/** Milliseconds to the next message of a Poisson process. */
function gap(rate: number): number {
  return (-Math.log(1 - Math.random()) * 1000) / rate;
}

async function cpuBetween(begin: number, end: number): Promise<number> {
  await at(begin);
  const before = process.cpuUsage();
  await at(end);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function at(moment: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, moment - performance.now())));
}
