import type { Bus, ChatEvent } from "../bus/bus.ts";
import type { Database, Sql } from "../db/database.ts";

/** What a change of chats needs from the rest of the server. */
export interface ChangeDependencies {
  readonly database: Database;
  readonly bus: Bus;
}

/** Something that is told outside any chat's order. */
export interface Telling {
  readonly userIds: readonly number[];
  readonly frame: object;
}

/** What a change is announced with once it has committed: each `seq` that it took, in order, then the rest. */
export interface Announcement {
  readonly events: readonly ChatEvent[];
  readonly tellings?: readonly Telling[];
}

/** Nothing has changed, so there is nothing to tell. */
export const NOTHING: Announcement = { events: [] };

/** Runs a change in a transaction and announces it after the commit. */
export async function announced(
  { database, bus }: ChangeDependencies,
  change: (sql: Sql) => Promise<Announcement>,
): Promise<void> {
  announce(bus, await database.transaction(change));
}

/** Publishes what a committed change is to be announced with. */
export function announce(bus: Bus, { events, tellings = [] }: Announcement): void {
  for (const event of events) bus.publish("chat.event", event);
  for (const telling of tellings) bus.publish("user.event", telling);
}
