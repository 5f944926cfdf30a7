import { isDeepStrictEqual } from "node:util";
import type { Chat, Member, Message, Role } from "@tacit/protocol";
import type { TestClient } from "../test-client.ts";
import type { HeldChat, Replica } from "./replica.ts";

/** A message as somebody sees it. */
export interface MessageView {
  readonly id: number;
  readonly seq: number;
  readonly sender: number;
  readonly text: string;
  readonly type: string;
  readonly envelope: unknown;
  readonly isEdited: boolean;
  readonly replyTo: number | null;
  readonly forwardedFrom: number | null;
  readonly notice: unknown;
}

/** A chat as somebody sees it: what has to be the same on all of their devices. */
export interface ChatView {
  readonly kind: Chat["kind"];
  readonly title: string | null;
  readonly seq: number;
  readonly membersVersion: number;
  readonly members: Readonly<Record<number, Role>>;
  readonly historyFrom: number | null;
  readonly lastMessageId: number | null;
  readonly unread: number;
  readonly myRead: number | null;
  readonly othersRead: number | null;
  readonly othersDelivered: number | null;
  readonly isFavorite: boolean;
  readonly isArchived: boolean;
  /** Without deleted ones: a device that never heard of one need not know that it was. */
  readonly messages: readonly MessageView[];
}

/** Everything that somebody sees, by chat id. */
export type View = Readonly<Record<number, ChatView>>;

/** What the device shows, counted from what it holds. */
export function viewOfReplica(replica: Replica): View {
  const views: Record<number, ChatView> = {};
  for (const [chatId, held] of replica.chats) views[chatId] = viewOfHeld(held, replica.userId);
  return views;
}

function viewOfHeld({ chat, seq, members, messages }: HeldChat, userId: number): ChatView {
  const ordered = [...messages.values()].sort((a, b) => a.id - b.id);
  return {
    ...ofChat(chat),
    seq,
    members: Object.fromEntries(members),
    lastMessageId: ordered.at(-1)?.id ?? null,
    unread: countUnread(ordered, userId, chat.last_read_message_id),
    messages: ordered.map((message) => viewOfMessage(message, userId)),
  };
}

function countUnread(messages: readonly Message[], userId: number, lastRead: number | null): number {
  return messages.filter(
    ({ id, sender_id, system }) => id > (lastRead ?? 0) && sender_id !== userId && system === null,
  ).length;
}

function ofChat(chat: Chat) {
  return {
    kind: chat.kind,
    title: chat.title,
    membersVersion: chat.members_version,
    historyFrom: chat.history_from_id,
    myRead: chat.last_read_message_id,
    othersRead: chat.others_read_message_id,
    othersDelivered: chat.others_delivered_message_id,
    isFavorite: chat.is_favorite,
    isArchived: chat.is_archived,
  };
}

function viewOfMessage(message: Message, userId: number): MessageView {
  return {
    id: message.id,
    seq: message.seq,
    sender: message.sender_id,
    text: message.message,
    type: message.message_type,
    envelope: message.envelopes?.[userId] ?? null,
    isEdited: message.edited_at !== null,
    replyTo: message.reply_to_message_id,
    forwardedFrom: message.forwarded_from_message_id,
    notice: message.system,
  };
}

/** What the REST endpoints say: the truth that everything else has to agree with. */
export async function readTruth(client: TestClient): Promise<View> {
  const { body: chats } = await client.get("/chats", { expectStatus: 200 });
  const views: Record<number, ChatView> = {};
  for (const chat of chats as Chat[]) {
    const { body: members } = await client.get(`/chats/${chat.id}/members`, { expectStatus: 200 });
    views[chat.id] = {
      ...ofChat(chat),
      seq: chat.seq,
      members: Object.fromEntries((members as Member[]).map(({ user_id, role }) => [user_id, role])),
      lastMessageId: chat.last_message_id,
      unread: chat.unread_count,
      messages: (await readMessages(client, chat.id)).map((message) => viewOfMessage(message, client.id)),
    };
  }
  return views;
}

const PAGE = 200;

async function readMessages(client: TestClient, chatId: number): Promise<Message[]> {
  const messages: Message[] = [];
  for (let page: Message[] = []; ; ) {
    const after = messages.at(-1)?.id ?? 0;
    const path = `/chats/${chatId}/messages?limit=${PAGE}&after_id=${after}`;
    ({ body: page } = await client.get(path, { expectStatus: 200 }));
    messages.push(...page);
    if (page.length < PAGE) return messages;
  }
}

/** @returns what differs, one line each; nothing if the two are alike. */
export function differences(expected: unknown, actual: unknown, path = ""): string[] {
  if (isDeepStrictEqual(expected, actual)) return [];
  if (!isObject(expected) || !isObject(actual))
    return [`${path}: ${JSON.stringify(expected)} expected, but there is ${JSON.stringify(actual)}`];
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].flatMap((key) => differences(expected[key], actual[key], `${path}/${key}`));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
