import type { Logger } from "pino";
import type { Bus, ChatEvent } from "../bus/bus.ts";
import { TacitError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { FrameHandlers } from "./dispatch.ts";
import { type Join, JoinedChats, type Standing } from "./joined-chats.ts";
import { textFrame } from "./text-frame.ts";

/** Milliseconds between two typing events of one socket in one chat; what changes in between is told at their end. */
const INTERVAL = 500;

/** What typing needs from the rest of the server. */
export interface TypingDependencies {
  readonly bus: Bus;
  readonly log: Logger;
  readonly connectionsOf: (userId: number) => Iterable<Connection>;
  /** Of these users, those who are members of the chat now. */
  readonly standingsIn: (
    chatId: number,
    userIds: readonly number[],
  ) => Promise<ReadonlyMap<number, Standing>>;
}

/**
 * Who types in the chats that sockets of this node have joined. Who may hear whom is looked up when a chat is joined and
 * when an event says that it may have changed: never for a typing frame, of which there are many.
 */
export class Typing {
  readonly handlers: FrameHandlers;
  readonly #dependencies: TypingDependencies;
  readonly #joined: JoinedChats;
  readonly #subscriptions: readonly (() => void)[];

  constructor(dependencies: TypingDependencies) {
    this.#dependencies = dependencies;
    this.#joined = new JoinedChats((join) => this.#fallSilent(join));
    this.#subscriptions = this.#listen(dependencies.bus);
    this.handlers = {
      join_chat: async ({ chat_id }, connection) => {
        await this.#join(connection, chat_id);
        return { ok: { chat_id } };
      },
      leave_chat: async ({ chat_id }, connection) => {
        const join = this.#joined.find(connection, chat_id);
        if (join) this.#leave(join);
        return { ok: { chat_id } };
      },
      typing: async ({ chat_id, is_typing }, connection) => {
        const join = this.#joined.find(connection, chat_id);
        if (join) this.#hear(join, is_typing);
        return {};
      },
    };
  }

  /** Ends what it listens to. */
  stop(): void {
    for (const stop of this.#subscriptions) stop();
  }

  #listen(bus: Bus): (() => void)[] {
    return [
      bus.subscribe("chat.typing", ({ chatId, userId, isTyping }) => this.#pass(chatId, userId, isTyping)),
      bus.subscribe("chat.event", (event) => {
        const userId = removedBy(event);
        if (userId !== null) this.#lookUpAgain(event.chatId, [userId]);
      }),
      bus.subscribe("user.event", ({ userIds, frame }) => {
        const chatId = deletedBy(frame);
        if (chatId !== null) this.#lookUpAgain(chatId, userIds);
      }),
      bus.subscribe("block.changed", ({ ownerId, otherId }) => this.#followBlock(ownerId, otherId)),
    ];
  }

  /** Registered before the look-up, so that a removal which happens meanwhile finds it. */
  async #join(connection: Connection, chatId: number): Promise<void> {
    const join = this.#joined.add(connection, chatId);
    try {
      const standings = await this.#lookUp(chatId, [join]);
      if (!standings.has(connection.userId)) throw new TacitError("not_a_member");
    } catch (error) {
      this.#joined.remove(join);
      throw error;
    }
  }

  #leave(join: Join): void {
    this.#joined.remove(join);
    this.#fallSilent(join);
  }

  /** Whoever leaves while typing has stopped. */
  #fallSilent(join: Join): void {
    join.latest = false;
    if (join.told) this.#tell(join);
  }

  #hear(join: Join, isTyping: boolean): void {
    join.latest = isTyping;
    if (join.timer) return;
    const wait = join.toldAt + INTERVAL - performance.now();
    if (wait <= 0) this.#tell(join);
    else join.timer = setTimeout(() => this.#catchUp(join), wait).unref();
  }

  #catchUp(join: Join): void {
    join.timer = null;
    if (join.latest !== join.told) this.#tell(join);
  }

  #tell(join: Join): void {
    join.told = join.latest;
    join.toldAt = performance.now();
    if (!isHeard(join)) return;
    const { chatId, connection, told: isTyping } = join;
    this.#dependencies.bus.publish("chat.typing", { chatId, userId: connection.userId, isTyping });
  }

  #pass(chatId: number, userId: number, isTyping: boolean): void {
    const frame = { type: "typing", chat_id: chatId, user_id: userId, is_typing: isTyping };
    const bytes = textFrame(JSON.stringify(frame));
    for (const join of this.#joined.in(chatId))
      if (join.connection.userId !== userId && isHeard(join)) join.connection.sendFrame(bytes);
  }

  async #lookUp(chatId: number, joins: readonly Join[]): Promise<ReadonlyMap<number, Standing>> {
    const rounds = new Map<Join, number>();
    for (const join of joins) {
      join.round += 1;
      rounds.set(join, join.round);
    }
    const userIds = new Set(joins.map(({ connection }) => connection.userId));
    const standings = await this.#dependencies.standingsIn(chatId, [...userIds]);
    for (const [join, round] of rounds) {
      if (join.round !== round) continue;
      join.standing = standings.get(join.connection.userId);
      if (!join.standing) this.#joined.remove(join);
    }
    return standings;
  }

  /** Until there is an answer nobody hears these users, nor they anybody. */
  #lookUpAgain(chatId: number, userIds: readonly number[]): void {
    const users = new Set(userIds);
    const joins = [...this.#joined.in(chatId)].filter(({ connection }) => users.has(connection.userId));
    if (joins.length === 0) return;
    for (const join of joins) join.standing = undefined;
    this.#lookUp(chatId, joins).catch((error: unknown) => {
      this.#dependencies.log.warn({ err: error, chatId }, "who may hear whom type could not be read");
      for (const join of joins) this.#joined.remove(join);
    });
  }

  #followBlock(ownerId: number, otherId: number): void {
    const chats = new Set<number>();
    for (const [userId, peerId] of [
      [ownerId, otherId],
      [otherId, ownerId],
    ] as const) {
      for (const connection of this.#dependencies.connectionsOf(userId)) {
        for (const { chatId, standing } of this.#joined.by(connection))
          if (!standing || standing.peerId === peerId) chats.add(chatId);
      }
    }
    for (const chatId of chats) this.#lookUpAgain(chatId, [ownerId, otherId]);
  }
}

function isHeard({ standing }: Join): boolean {
  return standing?.isSilenced === false;
}

/** Whom this event takes out of its chat. */
function removedBy({ frame }: ChatEvent): number | null {
  const { type, user_id } = frame as { type?: unknown; user_id?: unknown };
  return type === "member_removed" && typeof user_id === "number" ? user_id : null;
}

/** Which chat is gone for those who get this frame. */
function deletedBy(frame: object): number | null {
  const { type, chat_id } = frame as { type?: unknown; chat_id?: unknown };
  return type === "chat_deleted" && typeof chat_id === "number" ? chat_id : null;
}
