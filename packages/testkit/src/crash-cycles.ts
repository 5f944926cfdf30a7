import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Message } from "@tacit/protocol";
import { type ServerProcess, spawnTestServer } from "./child-server.ts";
import { TestClient } from "./test-client.ts";
import { testRun, uniqueName } from "./test-run.ts";
import type { TestSocket } from "./test-socket.ts";

/** What is killed in a cycle, with SIGKILL. */
export type Victim = "server" | "database" | "both";

/** What a person would have noticed after all the crashes; each list is empty when all is well. */
export interface CrashReport {
  readonly acknowledged: number;
  readonly missing: readonly string[];
  readonly doubled: readonly string[];
  /** Senders whose messages are stored in another order than they were sent. */
  readonly reordered: readonly string[];
}

const VICTIMS: readonly Victim[] = ["both", "server", "database"];
const SENDERS = 6;
/** Messages that must be acknowledged in a cycle before something is killed. */
const LOAD = 120;

/**
 * Sends messages from several sockets while server and database are killed again and again; every sender repeats what was
 * not acknowledged, with the same `client_message_id`, as a client does.
 *
 * @param onCycle told after each restart.
 */
export async function runCrashCycles(
  cycles: number,
  onCycle: (cycle: number, victim: Victim) => void,
): Promise<CrashReport> {
  const dataDirectory = join(testRun().directory, uniqueName("crash"));
  let server = await spawnTestServer({ dataDirectory });
  try {
    const clients = await Promise.all(Array.from({ length: 2 }, () => TestClient.register(server)));
    const [alice, bob] = clients as [TestClient, TestClient];
    const { body: chat } = await alice.post("/chats", {
      body: { kind: "private", user_ids: [bob.id] },
      expectStatus: 200,
    });
    const senders = Array.from({ length: SENDERS }, (_, index) => new Sender(String(index), chat.id));
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const victim = VICTIMS[cycle % VICTIMS.length] as Victim;
      server = await crashOnce(server, victim, senders, alice, chat.id);
      onCycle(cycle, victim);
    }
    return await inspect(clientOf(alice, server), chat.id, senders);
  } finally {
    await server.kill();
  }
}

async function crashOnce(
  server: ServerProcess,
  victim: Victim,
  senders: readonly Sender[],
  owner: TestClient,
  chatId: number,
): Promise<ServerProcess> {
  const acknowledged = () => senders.reduce((sum, sender) => sum + sender.acknowledged.length, 0);
  const enough = acknowledged() + LOAD;
  let stop = false;
  let running: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    const isOver = () => {
      if (acknowledged() >= enough) resolve();
      return stop;
    };
    running = senders.map((sender) => sender.run(clientOf(owner, server), chatId, isOver));
  });
  const next = await crash(server, victim);
  stop = true;
  await Promise.all(running);
  return next;
}

async function crash(server: ServerProcess, victim: Victim): Promise<ServerProcess> {
  const { dataDirectory } = server;
  if (victim !== "server") process.kill(await databasePid(dataDirectory), "SIGKILL");
  if (victim === "database") return await untilWell(server);
  await server.kill("SIGKILL");
  return await spawnTestServer({ dataDirectory, patience: 30_000 });
}

const UP_AGAIN = "the built-in database is up again";

/** The first line of PostgreSQL's pid file is the postmaster's process id. */
async function databasePid(dataDirectory: string): Promise<number> {
  const [pid] = (await readFile(join(dataDirectory, "postgres", "postmaster.pid"), "utf8")).split("\n");
  return Number(pid);
}

/** The same process may have survived this before, so only what it says from now on counts. */
async function untilWell(server: ServerProcess): Promise<ServerProcess> {
  const past = new Set(server.output.lines.filter((line) => line.includes(UP_AGAIN)));
  await server.output.waitFor((line) => line.includes(UP_AGAIN) && !past.has(line), 30_000);
  return server;
}

function clientOf(client: TestClient, server: ServerProcess): TestClient {
  const moved = new TestClient(server, { ...client.identity });
  moved.account = client.account;
  moved.token = client.token;
  return moved;
}

/** Somebody who sends one message after the other and goes on only when the one before was acknowledged. */
class Sender {
  readonly name: string;
  readonly acknowledged: string[] = [];
  #next = 0;
  #pending: { message: string; client_message_id: string } | null = null;

  constructor(name: string, chatId: number) {
    this.name = `${name} in ${chatId}`;
  }

  /** Sends until it is told to stop or its socket is gone. */
  async run(client: TestClient, chatId: number, isOver: () => boolean): Promise<void> {
    let socket: TestSocket | null = null;
    try {
      socket = await client.socket();
      while (!isOver()) await this.#send(socket, chatId);
    } catch {
      // The connection died with the server: what was pending is sent again after the restart.
    } finally {
      socket?.raw.terminate();
    }
  }

  async #send(socket: TestSocket, chatId: number): Promise<void> {
    if (!this.#pending) {
      this.#pending = { message: `${this.name} #${this.#next}`, client_message_id: randomUUID() };
      this.#next += 1;
    }
    const answer = await socket.ask({ type: "send_message", chat_id: chatId, ...this.#pending });
    if (answer.type === "error") return;
    this.acknowledged.push(this.#pending.message);
    this.#pending = null;
  }
}

async function inspect(client: TestClient, chatId: number, senders: readonly Sender[]): Promise<CrashReport> {
  const stored = await readAll(client, chatId);
  const seen = new Set<string>();
  const doubled = stored.filter((message) => seen.size === seen.add(message).size);
  const acknowledged = senders.flatMap((sender) => sender.acknowledged);
  const reordered = senders.filter(
    ({ name }) => !isAscending(stored.filter((message) => message.startsWith(`${name} #`))),
  );
  return {
    acknowledged: acknowledged.length,
    missing: acknowledged.filter((message) => !seen.has(message)),
    doubled,
    reordered: reordered.map(({ name }) => name),
  };
}

function isAscending(messages: readonly string[]): boolean {
  const numbers = messages.map((message) => Number(message.split("#")[1]));
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] as number));
}

async function readAll(client: TestClient, chatId: number): Promise<string[]> {
  const messages: string[] = [];
  for (let after = 0; ; ) {
    const page: Message[] = (
      await client.get(`/chats/${chatId}/messages?limit=200&after_id=${after}`, { expectStatus: 200 })
    ).body;
    messages.push(...page.map(({ message }) => message));
    const last = page.at(-1);
    if (!last) return messages;
    after = last.id;
  }
}
