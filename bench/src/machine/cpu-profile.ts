import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The parts of V8's profile format that are read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  /** Microseconds. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A share (0..1) of the time in which the process was not idle. */
export interface Share {
  readonly name: string;
  readonly share: number;
}

/** Where the self time of a profile goes. */
export interface ProfileSummary {
  readonly idle: number;
  readonly categories: readonly Share[];
  readonly functions: readonly Share[];
}

/** First match wins. */
const CATEGORIES: readonly (readonly [string, RegExp])[] = [
  ["garbage collection", /^\(garbage collector\)/],
  ["native code and system calls", /^\(program\)|^\w* $/],
  ["ws", /node_modules\/ws\//],
  ["the PostgreSQL driver", /node_modules\/postgres\//],
  [
    "HTTP (Fastify and its plugins)",
    /node_modules\/(@fastify\/(?!busboy)|fastify|find-my-way|light-my-request)/,
  ],
  [
    "forms (busboy)",
    /node_modules\/@fastify\/busboy\/|packages\/server\/dist\/http\/(multipart|form-parser|read-parts)/,
  ],
  ["files (media, blobs)", /packages\/server\/dist\/(media|blobs)\//],
  ["signing in (auth, JWT)", /packages\/server\/dist\/auth\/|node_modules\/fast-jwt\//],
  ["Argon2's calls", /node_modules\/@node-rs\/argon2/],
  ["validation (protocol, typebox)", /packages\/protocol\/|node_modules\/typebox\/|evalmachine|^\w+ $/],
  ["gateway", /packages\/server\/dist\/(gateway|bus)\//],
  ["messages and database", /packages\/server\/dist\/(messages|db)\//],
  ["the rest of the server", /packages\/server\//],
  ["Node.js: sockets, streams, timers", / node:/],
];

/** Reads the only profile in a directory, from `from` to `to` microseconds after it began. */
export async function summariseProfile(directory: string, from: number, to: number): Promise<ProfileSummary> {
  const [file = ""] = (await readdir(directory)).filter((name) => name.endsWith(".cpuprofile"));
  const profile = JSON.parse(await readFile(join(directory, file), "utf8")) as CpuProfile;
  const selfTimes = timesByFrame(profile, from, to);
  const total = sum([...selfTimes.values()]);
  const idle = sum([...selfTimes].filter(([frame]) => frame.startsWith("(idle)")).map(([, time]) => time));
  const busy = [...selfTimes].filter(([frame]) => !frame.startsWith("(idle)"));
  return {
    idle: idle / total,
    categories: shares(
      busy.map(([frame, time]) => [categoryOf(frame), time]),
      total - idle,
    ),
    functions: shares(busy, total - idle).slice(0, 25),
  };
}

function timesByFrame(
  { nodes, samples, timeDeltas }: CpuProfile,
  from: number,
  to: number,
): Map<string, number> {
  const frames = new Map(
    nodes.map(({ id, callFrame }) => [id, `${callFrame.functionName || "anonymous"} ${callFrame.url}`]),
  );
  const times = new Map<string, number>();
  let now = 0;
  for (const [index, node] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0;
    now += delta;
    const frame = frames.get(node) ?? "";
    if (now >= from && now < to) times.set(frame, (times.get(frame) ?? 0) + delta);
  }
  return times;
}

function shares(times: readonly (readonly [string, number])[], total: number): Share[] {
  const byName = new Map<string, number>();
  for (const [name, time] of times) byName.set(name, (byName.get(name) ?? 0) + time);
  return [...byName]
    .map(([name, time]) => ({ name, share: time / total }))
    .sort((one, other) => other.share - one.share);
}

function categoryOf(frame: string): string {
  return CATEGORIES.find(([, pattern]) => pattern.test(frame))?.[0] ?? "other";
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
