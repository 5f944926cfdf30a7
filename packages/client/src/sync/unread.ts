import { LIMITS } from "@tacit/protocol";
import type { ChatRecord, StoredMessage } from "../store/tables.ts";
import { seenId } from "./chat-record.ts";
import { type Draft, isThere } from "./draft.ts";
import type { FigureInput } from "./inputs.ts";

/** What happened to the number of unread messages of a chat within one write. */
export interface Tally {
  /** What came less what went, of messages whose rows are or were here. */
  change: number;
  /** Only looking at the rows tells. */
  recount: boolean;
  /** A message went that was never here: it may have been counted. */
  lost: boolean;
  figure?: FigureInput;
}

/** A tally of nothing. */
export function newTally(): Tally {
  return { change: 0, recount: false, lost: false };
}

/** Whether it is one of those that are counted, and not seen yet. */
export function isUnread(message: StoredMessage | undefined, chat: ChatRecord, userId: number): boolean {
  return (
    isThere(message) &&
    message.id > seenId(chat) &&
    message.senderId !== userId &&
    message.system === null &&
    message.type !== "system"
  );
}

/**
 * The number after a write: what the server said for exactly this state; else counted, where all that could count is here;
 * else what it was with what came and went since.
 */
export async function settledUnread(
  draft: Draft,
  chat: ChatRecord,
  tally: Tally,
  userId: number,
): Promise<ChatRecord> {
  const told = toldUnread(chat, tally.figure);
  if (told !== undefined) return certain(chat, told);
  const guess = Math.min(Math.max(chat.unread + tally.change, 0), LIMITS.unreadMax);
  // Nobody counts beyond the maximum, so what is taken from there leads to no number.
  const leavesMaximum = chat.unread >= LIMITS.unreadMax && tally.change < 0;
  const mustCount = tally.recount || tally.lost || leavesMaximum || chat.unreadUncertain === true;
  if (!mustCount) return { ...chat, unread: guess };
  if (!isAllHere(chat)) return { ...chat, unread: guess, unreadUncertain: true };
  const counts = (message: StoredMessage) => isUnread(message, chat, userId);
  return certain(chat, await draft.countMessages(chat.id, seenId(chat), counts, LIMITS.unreadMax));
}

/** Fits only if the chat is at this very change, and seen as far here as the server knows. */
function toldUnread(chat: ChatRecord, figure: FigureInput | undefined): number | undefined {
  if (!figure || figure.seq !== chat.seq) return undefined;
  return seenId({ ...chat, readId: figure.readId }) === seenId(chat) ? figure.unread : undefined;
}

/** Whether everything that is not seen yet is here. */
function isAllHere(chat: ChatRecord): boolean {
  const { historyComplete, oldestId, newestId = 0 } = chat;
  return historyComplete || (oldestId !== null && oldestId <= seenId(chat) + 1) || newestId <= seenId(chat);
}

function certain({ unreadUncertain: _, ...chat }: ChatRecord, unread: number): ChatRecord {
  return { ...chat, unread };
}
