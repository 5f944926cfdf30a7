import type { Message, NoticeRecord } from "@tacit/client";
import { daysBetween } from "../language/dates.ts";

/** A message as a line of the list. */
export interface MessageRow {
  readonly kind: "message";
  readonly key: string;
  readonly message: Message;
  /** The day that begins with it. */
  readonly day: Date | undefined;
  /** The first that had not been read when the chat was opened. */
  readonly isFirstUnread: boolean;
  /** It opens a group of messages of one person. */
  readonly isFirst: boolean;
  /** It closes a group of messages of one person. */
  readonly isLast: boolean;
}

/** Something that this device noted for its owner. */
export interface NoticeRow {
  readonly kind: "notice";
  readonly key: string;
  readonly notice: NoticeRecord;
}

/** A line of the list. */
export type Row = MessageRow | NoticeRow;

/** What lines are made of. */
export interface RowSources {
  /** In order. */
  readonly messages: readonly Message[];
  readonly notices: readonly NoticeRecord[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  /** What comes after it, of others, had not been read. */
  readonly unreadAfterId: number | undefined;
}

/** Messages of one person within this time belong together. */
const GROUP_MILLISECONDS = 5 * 60_000;

/**
 * Makes the lines. A line that says the same as before stays the same object. While there are older messages the oldest one in
 * memory is not shown: only once its predecessor is known it is known whether it begins a day or a group, and lines must not
 * change their height when older ones come.
 */
export function rowsOf(sources: RowSources, before: readonly Row[]): readonly Row[] {
  const known = new Map(before.map((row) => [row.key, row]));
  const keep = (row: Row): Row => {
    const old = known.get(row.key);
    return old && isSameRow(old, row) ? old : row;
  };
  const rows: Row[] = [];
  const notices = [...noticesWithin(sources)];
  const { messages, hasOlder } = sources;
  const firstUnread = firstUnreadOf(sources);
  messages.forEach((message, at) => {
    while (notices[0] && message.id !== undefined && notices[0].afterMessageId < message.id)
      rows.push(keep(noticeRow(notices.shift() as NoticeRecord)));
    // What waits to be sent, and what would leave nothing, is shown all the same.
    if (at === 0 && hasOlder && messages[1]?.id !== undefined) return;
    const previous = messages[at - 1];
    rows.push(
      keep({
        kind: "message",
        key: message.key,
        message,
        day: previous && isSameDay(previous, message) ? undefined : message.sentAt,
        isFirstUnread: message === firstUnread,
        isFirst: message === firstUnread || !isTogether(previous, message),
        isLast: messages[at + 1] === firstUnread || !isTogether(message, messages[at + 1]),
      }),
    );
  });
  for (const notice of notices) rows.push(keep(noticeRow(notice)));
  return rows;
}

function* noticesWithin({ messages, notices, hasOlder, hasNewer }: RowSources): Generator<NoticeRecord> {
  const [first, last] = [messages[0]?.id ?? 0, messages.findLast(({ id }) => id !== undefined)?.id ?? 0];
  for (const notice of notices)
    if (!(hasOlder && notice.afterMessageId < first) && !(hasNewer && notice.afterMessageId >= last))
      yield notice;
}

const noticeRow = (notice: NoticeRecord): NoticeRow => ({
  kind: "notice",
  key: `notice-${notice.id}`,
  notice,
});

function firstUnreadOf({ messages, unreadAfterId, hasOlder }: RowSources): Message | undefined {
  if (unreadAfterId === undefined) return undefined;
  const at = messages.findIndex(
    ({ id, isMine, system }) => id !== undefined && id > unreadAfterId && !isMine && !system,
  );
  // At the edge of the window it is not known whether there is an earlier one.
  return at === 0 && hasOlder ? undefined : messages[at];
}

function isTogether(one: Message | undefined, other: Message | undefined): boolean {
  if (!one || !other || one.system || other.system) return false;
  return (
    one.sender.id === other.sender.id &&
    isSameDay(one, other) &&
    other.sentAt.getTime() - one.sentAt.getTime() < GROUP_MILLISECONDS
  );
}

const isSameDay = (one: Message, other: Message) => daysBetween(one.sentAt, other.sentAt) === 0;

function isSameRow(one: Row, other: Row): boolean {
  if (one.kind === "notice" || other.kind === "notice")
    return one.kind === "notice" && other.kind === "notice" && one.notice.id === other.notice.id;
  return (
    one.message === other.message &&
    one.day?.getTime() === other.day?.getTime() &&
    one.isFirstUnread === other.isFirstUnread &&
    one.isFirst === other.isFirst &&
    one.isLast === other.isLast
  );
}

/** Whether two readings of a message show the same. */
export function isSameMessage(one: Message, other: Message): boolean {
  return (
    one.id === other.id &&
    one.state === other.state &&
    one.text === other.text &&
    one.kind === other.kind &&
    one.trust === other.trust &&
    one.unreadable === other.unreadable &&
    one.editRefused === other.editRefused &&
    one.editedAt?.getTime() === other.editedAt?.getTime() &&
    one.sentAt.getTime() === other.sentAt.getTime() &&
    one.failure?.code === other.failure?.code &&
    one.replyToId === other.replyToId &&
    one.attachments.length === other.attachments.length &&
    isSamePerson(one.sender, other.sender) &&
    isSamePerson(one.forwardedFrom, other.forwardedFrom)
  );
}

function isSamePerson(one: Message["forwardedFrom"], other: Message["forwardedFrom"]): boolean {
  return (
    one === other ||
    (one?.id === other?.id && one?.nickname === other?.nickname && one?.avatarUrl === other?.avatarUrl)
  );
}
