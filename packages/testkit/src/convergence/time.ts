import type { TestServer } from "../test-server.ts";
import type { Device } from "./device.ts";

/** Milliseconds that pass at once: more than a cursor reaches back. */
const WHILE = 90_000;

/**
 * Makes everything that has happened happen earlier: the stamps of the database, and the cursors of all devices. To move the
 * cursors, it knows what is in them, which no client may.
 */
export async function letTimePass({ sql }: TestServer, devices: readonly Device[]): Promise<void> {
  const move = async () => {
    const interval = `${WHILE} milliseconds`;
    await sql`UPDATE chats SET changed_at = changed_at - ${interval}::interval`;
    await sql`UPDATE chat_members SET touched_at = touched_at - ${interval}::interval`;
    for (const { replica } of devices) if (replica.cursor) replica.cursor = earlier(replica.cursor);
  };
  await devices.reduce((work, device) => () => device.whileQuiet(work), move)();
}

function earlier(cursor: string): string {
  const [version, since, ...rest] = Buffer.from(cursor, "base64url").toString().split(".");
  const moved = since === "-" ? since : Number(since) - WHILE;
  return Buffer.from(
    [version, moved, ...rest.slice(0, 1).map(earlierNext), ...rest.slice(1)].join("."),
  ).toString("base64url");
}

function earlierNext(next: string): string | number {
  return next === "-" ? next : Number(next) - WHILE;
}
