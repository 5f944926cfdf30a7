import type { BodyOf, Chat, endpoints, ResponseOf, SyncedProfile } from "@tacit/protocol";
import type { Database, Sql } from "../db/database.ts";
import { Budget } from "./budget.ts";
import { type ChangesDependencies, readChanges } from "./changes.ts";
import { BEGINNING, readCursor, type SyncPosition, writeCursor } from "./cursor.ts";
import * as store from "./store.ts";

/** What catching up needs from the rest of the server. */
export interface SyncDependencies extends ChangesDependencies {
  readonly database: Database;
  /** Of these chats, those that the user is in, as that user sees them. */
  readonly readChats: (sql: Sql, userId: number, chatIds: readonly number[]) => Promise<Chat[]>;
}

/** What a client has. */
export type SyncRequest = BodyOf<typeof endpoints.sync.sync>;
/** What it lacks. */
export type SyncAnswer = ResponseOf<typeof endpoints.sync.sync>;

/** Catching up after having been away. */
export interface SyncService {
  /**
   * Answers from one snapshot with what changed, as far as one answer has room: chats first, then profiles, then the changes
   * in the chats asked about, those with the latest activity first. With `more`, asking again with what came of this answer
   * goes on from there.
   *
   * @throws {TacitError} `invalid_input` for a cursor that no answer gave.
   */
  sync(userId: number, request: SyncRequest): Promise<SyncAnswer>;
}

/** A transaction that writes commits within seconds of its stamps, so what it wrote cannot hide behind this. */
const OVERLAP = 60_000;
const CHATS_AT_ONCE = 200;
const PROFILES_AT_ONCE = 1_000;
const LAST_ID = Number.MAX_SAFE_INTEGER;

/** Builds the service. */
export function syncService(dependencies: SyncDependencies): SyncService {
  return {
    sync: async (userId, request) => {
      const { database } = dependencies;
      const position = request.cursor === undefined ? BEGINNING : readCursor(request.cursor);
      // If nothing is new there is nothing that would need to be of one snapshot.
      const glance = await database.run((sql) => look(sql, userId, request, position));
      if (isNothing(glance)) return nothingNew(position, glance);
      return await database.transaction(
        (sql) => answer(dependencies, sql, userId, request, position),
        "repeatable read",
      );
    },
  };
}

/** Whether there is anything to say. */
interface Look {
  readonly moment: Date;
  readonly chats: readonly store.ComparedChat[];
  readonly profiles: readonly SyncedProfile[];
}

async function look(sql: Sql, userId: number, { chats }: SyncRequest, position: SyncPosition): Promise<Look> {
  const asked = Object.entries(chats).map(([id, seq]) => [Number(id), seq] as const);
  const [comparison, profiles] = await Promise.all([
    store.compareChats(sql, userId, asked, position),
    readProfiles(sql, userId, position),
  ]);
  return { ...comparison, profiles };
}

function isNothing({ chats, profiles }: Look): boolean {
  return chats.length === 0 && profiles.length === 0;
}

function nothingNew(position: SyncPosition, { moment }: Look): SyncAnswer {
  const all = { isComplete: true, lastId: undefined };
  const cursor = writeCursor(nextPosition(position, moment, all, all));
  return { chats: [], changes: {}, removed: [], profiles: [], cursor, more: false };
}

async function answer(
  dependencies: SyncDependencies,
  sql: Sql,
  userId: number,
  request: SyncRequest,
  position: SyncPosition,
): Promise<SyncAnswer> {
  const { moment, chats: compared, profiles } = await look(sql, userId, request, position);
  const budget = new Budget(request.limit);
  const chats = await readChats(dependencies, sql, userId, idsOf(compared.filter(isChanged)), budget);
  const told = takeProfiles(profiles, chats.isComplete, budget);
  const { changes, more } = await readChanges(dependencies, sql, userId, compared.filter(isBehind), budget);
  const isComplete = chats.isComplete && told.isComplete;
  return {
    chats: chats.chats,
    changes,
    removed: idsOf(compared.filter(({ seq }) => seq === null)),
    profiles: told.profiles,
    cursor: writeCursor(nextPosition(position, moment, chats, told)),
    more: more || !isComplete,
  };
}

function isChanged({ is_changed }: store.ComparedChat): boolean {
  return is_changed;
}

function isBehind({ asked_seq, seq }: store.ComparedChat): boolean {
  return asked_seq !== null && seq !== null && asked_seq !== seq;
}

function idsOf(chats: readonly store.ComparedChat[]): number[] {
  return chats.map(({ id }) => id);
}

interface Taken {
  readonly isComplete: boolean;
  /** The last one in the answer. */
  readonly lastId: number | undefined;
}

/** The next answer goes on where this one has ended, or begins with what changes from a minute ago on. */
function nextPosition(position: SyncPosition, moment: Date, chats: Taken, profiles: Taken): SyncPosition {
  const next = position.next ?? new Date(moment.getTime() - OVERLAP);
  if (chats.isComplete && profiles.isComplete)
    return { since: next, next: null, afterChatId: 0, afterUserId: 0 };
  return {
    since: position.since,
    next,
    afterChatId: chats.isComplete ? LAST_ID : (chats.lastId ?? position.afterChatId),
    afterUserId: profiles.isComplete ? LAST_ID : (profiles.lastId ?? position.afterUserId),
  };
}

/** In slices, because the last message of each may be large. */
async function readChats(
  { readChats: read }: SyncDependencies,
  sql: Sql,
  userId: number,
  chatIds: readonly number[],
  budget: Budget,
): Promise<Taken & { readonly chats: Chat[] }> {
  const chats: Chat[] = [];
  const byId = [...chatIds].sort((a, b) => a - b);
  for (let position = 0; position < byId.length; position += CHATS_AT_ONCE) {
    const slice = await read(sql, userId, byId.slice(position, position + CHATS_AT_ONCE));
    for (const chat of slice.sort((a, b) => a.id - b.id)) {
      if (!budget.take({ bytes: bytesOf(chat) }))
        return { chats, isComplete: false, lastId: chats.at(-1)?.id };
      chats.push(chat);
    }
  }
  return { chats, isComplete: true, lastId: chats.at(-1)?.id };
}

function bytesOf(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Without a cursor there are none: whoever begins has the profiles with the chats and their members. */
async function readProfiles(
  sql: Sql,
  userId: number,
  { since, afterUserId }: SyncPosition,
): Promise<SyncedProfile[]> {
  if (since === null) return [];
  return await store.findChangedProfiles(sql, userId, { since, afterUserId, limit: PROFILES_AT_ONCE });
}

function takeProfiles(
  found: readonly SyncedProfile[],
  isTheirTurn: boolean,
  budget: Budget,
): Taken & { readonly profiles: SyncedProfile[] } {
  const profiles: SyncedProfile[] = [];
  for (const profile of found) {
    if (!isTheirTurn || !budget.take({ bytes: bytesOf(profile) })) break;
    profiles.push(profile);
  }
  const isComplete = profiles.length === found.length && found.length < PROFILES_AT_ONCE;
  return { profiles, isComplete, lastId: profiles.at(-1)?.id };
}
