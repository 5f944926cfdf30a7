import type { BodyOf, endpoints } from "@tacit/protocol";
import type { Bus } from "../bus/bus.ts";
import type { Database } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import * as store from "./settings-store.ts";

/** What settings need from the rest of the server. */
export interface SettingsDependencies {
  readonly database: Database;
  readonly bus: Bus;
}

/** What members settle for themselves: nobody else sees it. All of it ends when they leave. */
export interface ChatSettings {
  /** Repeatable. @throws {TacitError} `too_many_favorites`, `not_a_member`. */
  addFavorite(chatId: number, userId: number): Promise<void>;
  /** Repeatable. @throws {TacitError} `not_a_member`. */
  removeFavorite(chatId: number, userId: number): Promise<void>;
  /** @throws {TacitError} `not_a_member`. */
  change(chatId: number, userId: number, changes: SettingsChange): Promise<void>;
}

/** What a client asks for. */
export type SettingsChange = BodyOf<typeof endpoints.chats.setChatSettings>;

/** Builds the settings. */
export function createChatSettings({ database, bus }: SettingsDependencies): ChatSettings {
  const inTurn = turns();

  /** In turn, so that the last frame a device receives is what holds. */
  function settle(
    chatId: number,
    userId: number,
    apply: () => Promise<store.Settings | null>,
    otherwise: (settings: store.Settings) => void = () => {},
  ): Promise<void> {
    return inTurn(userId, async () => {
      const changed = await apply();
      if (changed) return announce(bus, chatId, userId, changed);
      const unchanged = await database.run((sql) => store.readSettings(sql, chatId, userId));
      if (!unchanged) throw new TacitError("not_a_member");
      otherwise(unchanged);
    });
  }

  return {
    addFavorite: (chatId, userId) => {
      const apply = () =>
        database.transaction(async (sql) => {
          await store.lockFavorites(sql, userId);
          return await store.addFavorite(sql, chatId, userId);
        });
      return settle(chatId, userId, apply, ({ is_favorite }) => {
        if (!is_favorite) throw new TacitError("too_many_favorites");
      });
    },
    removeFavorite: (chatId, userId) =>
      settle(chatId, userId, () => database.run((sql) => store.removeFavorite(sql, chatId, userId))),
    change: (chatId, userId, { is_archived: isArchived, muted_until }) => {
      const mutedUntil = muted_until === undefined ? undefined : futureOrNull(new Date(muted_until));
      return settle(chatId, userId, () =>
        database.run((sql) => store.changeSettings(sql, chatId, userId, { isArchived, mutedUntil })),
      );
    },
  };
}

/** The last moment with a year of four digits (RFC 3339), which an offset may have crossed. */
const END_OF_TIME = Date.UTC(10_000, 0) - 1;

/** A time that is over means: not muted. */
function futureOrNull(time: Date): Date | null {
  if (time.getTime() <= Date.now()) return null;
  return new Date(Math.min(time.getTime(), END_OF_TIME));
}

function announce(bus: Bus, chatId: number, userId: number, settings: store.Settings): void {
  const { is_favorite, is_archived, muted_until } = settings;
  bus.publish("user.event", {
    userIds: [userId],
    frame: {
      type: "chat_settings",
      chat_id: chatId,
      is_favorite,
      is_archived,
      muted_until: muted_until?.toISOString() ?? null,
    },
  });
}

/** Runs the work of one key one after the other. */
function turns(): (key: number, work: () => Promise<void>) => Promise<void> {
  const last = new Map<number, Promise<void>>();
  return (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => {});
    last.set(key, settled);
    void settled.then(() => {
      if (last.get(key) === settled) last.delete(key);
    });
    return turn;
  };
}
