import type { ChatRow } from "./chat-rows.ts";

/** The filters of the list, in order. */
export const FILTERS = ["all", "unread", "groups", "channels"] as const;
/** Which chats the list shows. */
export type Filter = (typeof FILTERS)[number];

const PASSES: Readonly<Record<Filter, (row: ChatRow) => boolean>> = {
  all: () => true,
  unread: ({ unread }) => unread > 0,
  groups: ({ kind }) => kind === "group",
  channels: ({ kind }) => kind === "channel",
};

/**
 * The chats that a filter shows, without the archived ones.
 * @param staysId a chat that is shown among the unread ones although it is read by now
 */
export function filtered(rows: readonly ChatRow[], filter: Filter, staysId?: number): readonly ChatRow[] {
  return rows.filter(
    (row) => !row.isArchived && (PASSES[filter](row) || (filter === "unread" && row.id === staysId)),
  );
}

/** How many chats with unread messages each filter has, muted ones left out: they do not call. */
export function unreadCounts(rows: readonly ChatRow[]): Readonly<Record<Filter, number>> {
  const calling = rows.filter(
    ({ unread, isArchived, mutedUntil }) => unread > 0 && !isArchived && !mutedUntil,
  );
  const count = (filter: Filter) => calling.filter(PASSES[filter]).length;
  return { all: count("all"), unread: count("unread"), groups: count("groups"), channels: count("channels") };
}
