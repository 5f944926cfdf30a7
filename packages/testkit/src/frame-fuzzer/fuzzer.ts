import { randomBytes } from "node:crypto";
import fc, { type Arbitrary } from "fast-check";
import type { LogCatcher } from "../log-catcher.ts";
import type { TestSql } from "../test-database.ts";
import { type FrameSchemas, readFrameSchemas } from "./document.ts";
import { Judge } from "./expectation.ts";
import { type FuzzFrame, framesOf } from "./frame-arbitrary.ts";
import { Lane, type Tally } from "./lane.ts";
import { RawSocket } from "./raw-socket.ts";
import { Observer, Watch } from "./watch.ts";
import { makeWorld, type Resident, type World } from "./world.ts";

/** A server to be fuzzed, in this process or another. */
export interface FuzzTarget {
  readonly url: string;
  readonly sql: TestSql;
  readonly logs: LogCatcher;
}

const SOCKETS_EACH = 3;
/** Frames of one socket that go out at once: sometimes more than the server wants to have unfinished. */
const BURST = 40;
/** Milliseconds that the last events may take. */
const PATIENCE = 20_000;
const ERROR_LEVEL = 50;

interface Sender {
  readonly lane: Lane;
  readonly frames: Arbitrary<FuzzFrame>;
}

/** Several sockets of several people that send what they should not, and others that listen. */
export class FrameFuzzer {
  readonly tally: Tally = { frames: 0, accepted: 0, refused: new Map(), closed: new Map() };
  readonly #target: FuzzTarget;
  readonly #world: World;
  readonly #watch: Watch;
  readonly #senders: readonly Sender[];
  readonly #observers = new Map<Resident, Observer>();
  readonly #listening: RawSocket[] = [];
  readonly #marker: string;
  #readLines = 0;

  private constructor(
    target: FuzzTarget,
    world: World,
    watch: Watch,
    marker: string,
    judge: Judge,
    schemas: FrameSchemas,
  ) {
    this.#target = target;
    this.#world = world;
    this.#watch = watch;
    this.#marker = marker;
    this.#senders = world.residents.flatMap((resident) => {
      const frames = framesOf({ schemas, judge, world, marker }, resident);
      return Array.from({ length: SOCKETS_EACH }, () => ({
        lane: new Lane(target.url, resident, watch, this.tally),
        frames,
      }));
    });
  }

  /** Makes the people and chats that the frames are about. */
  static async start(target: FuzzTarget): Promise<FrameFuzzer> {
    const schemas = await readFrameSchemas(target.url);
    const world = await makeWorld(target.url, target.sql);
    const watch = new Watch(schemas, world);
    const marker = `fuzz-${randomBytes(8).toString("hex")}`;
    const fuzzer = new FrameFuzzer(target, world, watch, marker, new Judge(schemas), schemas);
    for (const resident of world.residents) await fuzzer.#listen(resident);
    return fuzzer;
  }

  /**
   * Sends the frames that follow from this seed: {@link FRAMES_PER_SEED}, and one more on each socket.
   *
   * @returns what went wrong, one line each.
   */
  async run(seed: number): Promise<readonly string[]> {
    this.#watch.problems.length = 0;
    await Promise.all(
      this.#senders.map(({ lane, frames }, index) =>
        lane.send(fc.sample(frames, { seed: seed * this.#senders.length + index, numRuns: BURST })),
      ),
    );
    this.#readLog();
    return [...this.#watch.problems];
  }

  /** Everybody still hears of everything. @returns what went wrong, one line each. */
  async inspect(): Promise<readonly string[]> {
    this.#watch.problems.length = 0;
    for (const resident of this.#world.residents) await this.#inspect(resident);
    this.#readLog();
    return [...this.#watch.problems];
  }

  /** Closes every socket. */
  async close(): Promise<void> {
    await Promise.all(this.#senders.map(({ lane }) => lane.close()));
    await Promise.all(this.#listening.map((socket) => socket.close()));
  }

  async #listen(resident: Resident): Promise<void> {
    const observer = new Observer(this.#watch, this.#world, resident.id);
    const { token } = resident.client;
    const socket = await RawSocket.open(this.#target.url, token ?? "", (text) => observer.take(text));
    socket.closed.then(
      (code) => code === 1000 || this.#watch.object(`a socket that only listens was closed with ${code}`),
      (error: unknown) => this.#watch.object(String(error)),
    );
    this.#observers.set(resident, observer);
    this.#listening.push(socket);
  }

  /** A new device of theirs says something in a private chat of theirs, and everybody in it hears it. */
  async #inspect(resident: Resident): Promise<void> {
    const device = await resident.client.onAnotherDevice();
    await using socket = await device.socket();
    for (const { id, members, isEncrypted } of resident.chats) {
      const envelopes = isEncrypted
        ? Object.fromEntries([...members].map((member) => [member, { key: "x" }]))
        : null;
      const answer = await socket.ask({
        type: "send_message",
        chat_id: id,
        message: "Is anybody there?",
        envelopes,
      });
      if (answer.type === "error" && answer.code !== "may_not_write")
        this.#watch.object(`a new device is refused: ${JSON.stringify(answer)}`);
    }
    const { body } = await device.get("/chats", { expectStatus: 200 });
    for (const { id, seq } of body as { id: number; seq: number }[]) {
      for (const [{ chats, id: userId }, observer] of this.#observers)
        if (chats.some((chat) => chat.id === id) && !(await observer.until(id, seq, PATIENCE)))
          this.#watch.object(`${userId} never heard of ${seq} in chat ${id}, but of ${observer.seqOf(id)}`);
    }
  }

  #readLog(): void {
    const { lines } = this.#target.logs;
    for (const line of lines.slice(this.#readLines)) {
      if (line.includes(this.#marker)) this.#watch.object(`in the log: ${line}`);
      if (line.startsWith("{") && Number(JSON.parse(line).level) >= ERROR_LEVEL)
        this.#watch.object(`logged: ${line}`);
    }
    this.#readLines = lines.length;
  }
}

/** The frames of one seed. */
export const FRAMES_PER_SEED = 6 * SOCKETS_EACH * BURST;
