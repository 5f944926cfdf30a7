import type { Logger } from "pino";
import type { Bus } from "../bus/bus.ts";
import type { Database } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import { createPointerAnnouncer, type Movements } from "./pointer-announcer.ts";
import * as store from "./pointers-store.ts";

/** What pointers need from the rest of the server. */
export interface PointersDependencies {
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Pick<Logger, "warn">;
}

/** How far members have read, and how far messages have reached them. */
export interface Pointers {
  /**
   * Moves the caller's pointer forward, to the newest message without `upTo`, and tells those concerned if it moved.
   *
   * @returns where it is now; null before the first message.
   * @throws {TacitError} `not_a_member`.
   */
  move(
    chatId: number,
    userId: number,
    pointer: store.Pointer,
    upTo: number | undefined,
  ): Promise<number | null>;
  /** Announces what still waits. */
  close(): Promise<void>;
}

/** Builds the pointers. */
export function createPointers({ database, bus, log }: PointersDependencies): Pointers {
  const announcer = createPointerAnnouncer(async (chatId, userId, movements) => {
    try {
      for (const { movement, frame } of framesOf(chatId, userId, movements)) {
        const userIds = await database.run((sql) => store.readPointerAudience(sql, chatId, userId, movement));
        if (userIds.length > 0) bus.publish("user.event", { userIds, frame });
      }
    } catch (error) {
      log.warn({ err: error, chatId }, "a pointer could not be announced");
    }
  });
  return {
    move: async (chatId, userId, pointer, upTo) => {
      const moved = await database.run((sql) =>
        store.movePointer(sql, chatId, userId, pointer, upTo ?? null),
      );
      if (moved) {
        announcer.moved(chatId, userId, pointer, moved);
        return moved.to;
      }
      // Read after the attempt, so that it is not older than what kept the pointer from moving.
      const position = await database.run((sql) => store.readPointer(sql, chatId, userId, pointer));
      if (position === null) throw new TacitError("not_a_member");
      return position || null;
    },
    close: () => announcer.close(),
  };
}

/** Reading implies delivery, so what is read needs no second frame. */
function framesOf(chatId: number, userId: number, { read, delivered }: Movements) {
  const of = { chat_id: chatId, user_id: userId };
  return [
    ...(delivered && delivered.to > (read?.to ?? 0)
      ? [
          {
            movement: delivered,
            frame: { type: "message_delivered", ...of, last_delivered_message_id: delivered.to },
          },
        ]
      : []),
    ...(read
      ? [{ movement: read, frame: { type: "message_read", ...of, last_read_message_id: read.to } }]
      : []),
  ];
}
