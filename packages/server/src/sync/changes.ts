import type { ChatChanges, DeletedMessage, Message } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";
import type { Budget } from "./budget.ts";
import {
  type ChangedEntry,
  type ChatRange,
  type ComparedChat,
  findChangedEntries,
  type MemberKey,
  readMembers,
} from "./store.ts";

/** A message, named by its chat and its id. */
interface MessageKey {
  readonly chatId: number;
  readonly messageId: number;
}

/** What reading changes needs from the rest of the server. */
export interface ChangesDependencies {
  /** These messages as one reader sees them, the deleted ones too, by chat and `seq`. */
  readonly readMessages: (sql: Sql, readerId: number, keys: readonly MessageKey[]) => Promise<Message[]>;
}

/** Chats that are looked at with one query: each may have a thousand members. */
const CHATS_AT_ONCE = 100;
/** Queries for one answer: a chat with a long past and few messages left gives little each. */
const MAX_ROUNDS = 50;

/** What has changed in some chats, and whether there is more in those or others. */
export interface Changes {
  readonly changes: Record<string, ChatChanges>;
  readonly more: boolean;
}

/** A chat whose changes go into the answer up to `seq`. */
interface Extent {
  readonly chat: ComparedChat;
  readonly seq: number;
  readonly entries: readonly ChangedEntry[];
}

/** Reads what has changed in chats that the reader is in, as far as there is room, chat by chat. */
export async function readChanges(
  dependencies: ChangesDependencies,
  sql: Sql,
  readerId: number,
  chats: readonly ComparedChat[],
  budget: Budget,
): Promise<Changes> {
  const extents: Extent[] = [];
  let position = 0;
  for (let round = 0; round < MAX_ROUNDS && position < chats.length && !budget.isUsedUp; round += 1) {
    const ranges = rangesOf(chats.slice(position, position + CHATS_AT_ONCE), budget);
    const taken = takeEntries(ranges, await findChangedEntries(sql, ranges), budget);
    extents.push(...taken);
    position += taken.length;
    if (taken.length < ranges.length || isPartial(taken.at(-1))) break;
  }
  return {
    changes: await fill(dependencies, sql, readerId, extents),
    more: position < chats.length || extents.some(isPartial),
  };
}

/** A change takes one `seq`, so a chat has no more changed messages than its `seq` is ahead. */
function rangesOf(chats: readonly ComparedChat[], budget: Budget): ChatRange[] {
  const ranges: ChatRange[] = [];
  let room = budget.messages;
  for (const chat of chats) {
    if (room <= 0) break;
    const fromSeq = fromSeqOf(chat);
    const maxMessages = Math.min((chat.seq ?? 0) - fromSeq, room);
    ranges.push({ chat, fromSeq, maxMessages });
    room -= maxMessages;
  }
  return ranges;
}

/** Whoever is ahead of the database has seen what a restored backup does not know: they begin anew. */
function fromSeqOf({ asked_seq, seq }: ComparedChat): number {
  const asked = asked_seq ?? 0;
  return asked > (seq ?? 0) ? 0 : asked;
}

/** @returns the chats that go into the answer: all of them but the last one whole. */
function takeEntries(
  ranges: readonly ChatRange[],
  entries: readonly ChangedEntry[],
  budget: Budget,
): Extent[] {
  const extents: Extent[] = [];
  const entriesOf = ranges.map((): ChangedEntry[] => []);
  for (const entry of entries) entriesOf[entry.range]?.push(entry);
  for (const [index, range] of ranges.entries()) {
    const extent = takeRange(range, entriesOf[index] ?? [], budget);
    if (extent) extents.push(extent);
    if (!extent || isPartial(extent)) break;
  }
  return extents;
}

/** @returns null if there is no room for any of it. */
function takeRange(range: ChatRange, entries: readonly ChangedEntry[], budget: Budget): Extent | null {
  const { chat } = range;
  const limit = completeUpTo(range, entries);
  const taken: ChangedEntry[] = [];
  for (const group of groupsBySeq(entries)) {
    const [first] = group;
    if (!first || first.seq > limit) break;
    if (!budget.take(sizeOf(group)))
      return taken.length === 0 ? null : { chat, seq: taken.at(-1)?.seq ?? 0, entries: taken };
    taken.push(...group);
  }
  return { chat, seq: limit, entries: taken };
}

/** The `seq` up to which both messages and members have been read. */
function completeUpTo({ chat, fromSeq, maxMessages }: ChatRange, entries: readonly ChangedEntry[]): number {
  const seq = chat.seq ?? 0;
  const messages = entries.filter(({ message_id }) => message_id !== null);
  if (messages.length < maxMessages || maxMessages === seq - fromSeq) return seq;
  return messages.at(-1)?.seq ?? seq;
}

/** What has one `seq` belongs together: the members with whom a chat was made. */
function groupsBySeq(entries: readonly ChangedEntry[]): ChangedEntry[][] {
  const groups: ChangedEntry[][] = [];
  for (const entry of entries) {
    const group = groups.at(-1);
    if (group?.[0]?.seq === entry.seq) group.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

function sizeOf(group: readonly ChangedEntry[]): { bytes: number; messages: number } {
  return {
    bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
    messages: group.filter(({ message_id }) => message_id !== null).length,
  };
}

function isPartial(extent: Extent | undefined): boolean {
  return extent !== undefined && extent.seq < (extent.chat.seq ?? 0);
}

async function fill(
  { readMessages: read }: ChangesDependencies,
  sql: Sql,
  readerId: number,
  extents: readonly Extent[],
): Promise<Record<string, ChatChanges>> {
  const [messages, members] = await Promise.all([
    read(sql, readerId, extents.flatMap(messageKeys)),
    readMembers(sql, extents.flatMap(memberKeys)),
  ]);
  const changes: Record<string, ChatChanges> = {};
  for (const extent of extents) {
    const { chat, seq } = extent;
    changes[chat.id] = { messages: [], members: [], seq, more: isPartial(extent) };
  }
  const hidden = new Set(extents.flatMap(({ entries }) => entries.filter(isHidden).map(messageIdOf)));
  for (const message of messages)
    changes[message.chat_id]?.messages.push(asSeen(message, hidden.has(message.id)));
  for (const { chatId, member } of members) changes[chatId]?.members.push(member);
  return changes;
}

function messageKeys({ chat, entries }: Extent): MessageKey[] {
  return entries.flatMap(({ message_id }) =>
    message_id === null ? [] : [{ chatId: chat.id, messageId: message_id }],
  );
}

function memberKeys({ chat, entries }: Extent): MemberKey[] {
  return entries.flatMap(({ user_id }) => (user_id === null ? [] : [{ chatId: chat.id, userId: user_id }]));
}

/** What an edit hid from the reader is gone for them, as they were told when it happened. */
function asSeen(message: Message, isHiddenNow: boolean): Message | DeletedMessage {
  const { id, seq, deleted_at, deleted_by, edited_at, created_at, sender_id } = message;
  if (deleted_at !== null) return { id, deleted_at, deleted_by: deleted_by ?? sender_id, seq };
  return isHiddenNow ? { id, deleted_at: edited_at ?? created_at, deleted_by: sender_id, seq } : message;
}

function isHidden({ is_hidden }: ChangedEntry): boolean {
  return is_hidden;
}

function messageIdOf({ message_id }: ChangedEntry): number | null {
  return message_id;
}
