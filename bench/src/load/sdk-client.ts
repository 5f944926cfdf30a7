import { randomBytes } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { directory, type Message, Tacit } from "@tacit/client";
import { answerParent } from "../system/child.ts";

/** What a process with the SDK is asked for; the storage of its account lies in the directory `path`. */
export type SdkRequest =
  | { readonly kind: "register"; readonly path: string; readonly server: string }
  /** Connects and waits until so many messages of its first chat are here. */
  | { readonly kind: "load"; readonly path: string; readonly messages: number }
  /** Opens the storage and reads what a first screen shows: the chats with their last messages, and a page of one. */
  | { readonly kind: "open"; readonly path: string }
  /**
   * Sends a file of so many octets to somebody, and waits until the server has it. With `collect`, garbage is collected ten
   * times a second: that takes time, and shows what is really in use.
   */
  | {
      readonly kind: "send-file";
      readonly path: string;
      readonly to: number;
      readonly octets: number;
      readonly collect: boolean;
    };

/** What came of it. */
export interface SdkAnswer {
  readonly userId: number;
  /** Milliseconds; what came before does not count. */
  readonly took: number;
  /** Octets by which the process was larger than before, at most: resident, or in use if garbage was collected. */
  readonly grown: number;
}

answerParent<SdkRequest>(async (request) => {
  const storage = directory(request.path);
  if (request.kind === "register") return await register(storage, request.server);
  const started = performance.now();
  const tacit = await Tacit.open({ storage });
  try {
    if (request.kind === "open") return answer(tacit, await firstScreen(tacit, started), 0);
    await tacit.ready();
    if (request.kind === "load") return answer(tacit, await loaded(tacit, request.messages), 0);
    return await sendFile(tacit, request);
  } finally {
    await tacit.close();
  }
});

function answer({ id: userId }: Tacit, took: number, grown: number): SdkAnswer {
  return { userId, took, grown };
}

async function register(storage: ReturnType<typeof directory>, server: string): Promise<SdkAnswer> {
  const name = `bench-${randomBytes(8).toString("hex")}`;
  const password = randomBytes(16).toString("base64url");
  const unproven = await Tacit.register({ server, login: name, username: name, password, storage });
  const tacit = await unproven.confirm(unproven.positions.map((at) => unproven.words[at] ?? ""));
  if (!tacit) throw new Error("the recovery words were not taken");
  await tacit.close();
  return answer(tacit, 0, 0);
}

async function firstScreen(tacit: Tacit, started: number): Promise<number> {
  const chats = tacit.chats.list();
  await Promise.all(chats.map((chat) => chat.lastMessage()));
  const page = await chats[0]?.messages();
  if (!page || page.length === 0) throw new Error("the first screen is empty");
  return performance.now() - started;
}

async function loaded(tacit: Tacit, wanted: number): Promise<number> {
  const started = performance.now();
  const [chat] = tacit.chats.list();
  if (!chat) throw new Error("there is no chat to load");
  let count = 0;
  for await (const message of chat.history()) if (message.unreadable === undefined) count += 1;
  if (count < wanted) throw new Error(`${count} messages of ${wanted} could be read`);
  return performance.now() - started;
}

type SendFile = Extract<SdkRequest, { kind: "send-file" }>;

async function sendFile(tacit: Tacit, { to, octets, collect }: SendFile): Promise<SdkAnswer> {
  const content = { size: octets, name: "film.mp4", stream: () => pieces(octets) };
  const chat = await tacit.chats.withUser(to);
  const memory = new MemoryWatch(collect ? inUse() : () => process.memoryUsage.rss());
  const started = performance.now();
  const message = await chat.send({ files: [content] });
  await sent(tacit, chat.id, message);
  return answer(tacit, performance.now() - started, memory.end());
}

function* pieces(octets: number): Generator<Uint8Array> {
  const piece = randomBytes(65_536);
  for (let left = octets; left > 0; left -= piece.length)
    yield piece.subarray(0, Math.min(left, piece.length));
}

/** Until the message is among those that the server has. */
function sent(tacit: Tacit, chatId: number, { key }: Message): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = async () => {
      const found = (await tacit.chats.get(chatId)?.messages())?.find((message) => message.key === key);
      if (found?.state === "failed") reject(new Error(`the file was refused: ${found.failure?.code}`));
      else if (found?.id !== undefined) resolve();
    };
    tacit.on("messages", () => void look().catch(reject));
    tacit.on("outbox", () => void look().catch(reject));
  });
}

/** What is left of the heap and of buffers once all garbage is gone. */
function inUse(): () => number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  return () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
}

/** Looks at the memory of this process, ten times a second. */
class MemoryWatch {
  readonly #measure: () => number;
  readonly #before: number;
  readonly #timer = setInterval(() => this.#look(), 100);
  #most = 0;

  constructor(measure: () => number) {
    this.#measure = measure;
    this.#before = measure();
  }

  end(): number {
    this.#look();
    clearInterval(this.#timer);
    return this.#most - this.#before;
  }

  #look(): void {
    this.#most = Math.max(this.#most, this.#measure());
  }
}
