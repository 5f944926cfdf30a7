import { invalidField } from "../errors.ts";

/** Where the next answer begins. Ids are 0 for "from the first". */
export interface SyncPosition {
  /** Changes from this moment on, on the database's clock; null: everything. */
  readonly since: Date | null;
  /** For an answer that did not have room for everything: what the last one of its series is to give as `since`. */
  readonly next: Date | null;
  /** Chats up to this id were in the answers before. */
  readonly afterChatId: number;
  /** Profiles up to this id were in the answers before. */
  readonly afterUserId: number;
}

/** Who never synchronised. */
export const BEGINNING: SyncPosition = { since: null, next: null, afterChatId: 0, afterUserId: 0 };

const VERSION = "1";
const TEXT = /^1\.(\d{1,16}|-)\.(\d{1,16}|-)\.(\d{1,16})\.(\d{1,16})$/;

/** Opaque to clients, which keep it and give it back. */
export function writeCursor({ since, next, afterChatId, afterUserId }: SyncPosition): string {
  const parts = [VERSION, writeTime(since), writeTime(next), afterChatId, afterUserId];
  return Buffer.from(parts.join(".")).toString("base64url");
}

/** @throws {TacitError} `invalid_input` for what {@link writeCursor} did not write. */
export function readCursor(cursor: string): SyncPosition {
  const match = TEXT.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  const position = match && {
    since: readTime(match[1]),
    next: readTime(match[2]),
    afterChatId: Number(match[3]),
    afterUserId: Number(match[4]),
  };
  if (!position || !isPossible(position) || writeCursor(position) !== cursor)
    throw invalidField("/cursor", "must be one that an earlier answer gave");
  return position;
}

function writeTime(time: Date | null): string {
  return time === null ? "-" : String(time.getTime());
}

function readTime(text: string | undefined): Date | null {
  return text === "-" ? null : new Date(Number(text));
}

/** Within what PostgreSQL can hold: a year of four digits is enough. */
function isPossible({ since, next, afterChatId, afterUserId }: SyncPosition): boolean {
  return (
    [since, next].every((time) => (time?.getTime() ?? 0) < Date.UTC(10_000, 0)) &&
    [afterChatId, afterUserId].every(Number.isSafeInteger)
  );
}
