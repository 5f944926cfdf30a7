import type { DeletedMessage, Message } from "@tacit/protocol";
import type { LocalStore } from "../store/local-store.ts";
import type { StoredMessage } from "../store/tables.ts";
import type { MessageReader } from "./dependencies.ts";
import type { Delivered, Understood } from "./inputs.ts";

/** Inputs whose messages could be read, in the order in which they came. */
export interface Reading {
  readonly inputs: readonly Understood[];
  /** Chats whose messages could not be read now, and why: their inputs were left out. */
  readonly failed: ReadonlyMap<number, unknown>;
}

/** Where messages are read. */
export interface ReadingContext {
  readonly store: LocalStore;
  readonly reader: MessageReader;
}

/**
 * Decrypts and verifies the messages of some inputs, each chat's at once and all chats at the same time, but none that would
 * not be applied. Not within a turn: a sender's key may have to be fetched.
 */
export async function understand(
  { store, reader }: ReadingContext,
  delivered: readonly Delivered[],
): Promise<Reading> {
  const wanted = await wantedMessages(store, delivered);
  const read = new Map<number, ReadonlyMap<number, StoredMessage>>();
  const failed = new Map<number, unknown>();
  const work = [...wanted].map(async ([chatId, { chat, messages, known }]) => {
    try {
      const records = messages.length === 0 ? [] : await reader.read(messages, chat, known);
      read.set(chatId, new Map(records.map((record) => [record.id, record])));
    } catch (error) {
      failed.set(chatId, error);
    }
  });
  await Promise.all(work);
  const applicable = delivered.filter((input) => !("chatId" in input && failed.has(input.chatId)));
  return { inputs: applicable.map((input) => withRecords(input, read)), failed };
}

interface Wanted {
  readonly chat: Parameters<MessageReader["read"]>[1];
  readonly messages: readonly Message[];
  readonly known: ReadonlyMap<number, StoredMessage>;
}

async function wantedMessages(
  store: LocalStore,
  delivered: readonly Delivered[],
): Promise<Map<number, Wanted>> {
  const wanted = new Map<number, Wanted>();
  for (const [chatId, inputs] of byChat(delivered)) {
    const chat = (await store.get("chat", [chatId])) ?? shownChat(chatId, delivered);
    if (!chat) continue;
    const messages = applicableTo(chat.seq, inputs).filter((message) => message.chat_id === chatId);
    const rows = await store.getMany(
      "message",
      messages.map(({ id }) => [chatId, id]),
    );
    const known = new Map(rows.flatMap((row) => (row ? [[row.id, row] as const] : [])));
    const isNews = ({ id, seq }: Message) => seq > (known.get(id)?.seq ?? -1);
    wanted.set(chatId, { chat, messages: messages.filter(isNews), known });
  }
  return wanted;
}

type WithMessages = Extract<Delivered, { readonly messages: unknown }>;

function byChat(delivered: readonly Delivered[]): Map<number, WithMessages[]> {
  const inputs = new Map<number, WithMessages[]>();
  for (const input of delivered) {
    if (!("messages" in input)) continue;
    const ofChat = inputs.get(input.chatId) ?? [];
    ofChat.push(input);
    inputs.set(input.chatId, ofChat);
  }
  return inputs;
}

/** A chat that is new with this very answer. */
function shownChat(chatId: number, delivered: readonly Delivered[]) {
  const input = delivered.find((input) => input.kind === "chat" && input.chat.id === chatId);
  return input?.kind === "chat" ? input.chat : undefined;
}

/** Those that a chat at this `seq` takes, in the order in which they came. */
function applicableTo(seq: number, inputs: readonly WithMessages[]): Message[] {
  let position = seq;
  return inputs.flatMap((input) => {
    if (input.kind === "page") return messagesOf(input);
    if (input.after > position) return [];
    position = Math.max(position, input.seq);
    return messagesOf(input).filter((message) => message.seq <= position);
  });
}

function messagesOf({ messages }: WithMessages): Message[] {
  return messages.filter((message): message is Message => "message" in message);
}

function withRecords(
  input: Delivered,
  read: ReadonlyMap<number, ReadonlyMap<number, StoredMessage>>,
): Understood {
  if (!("messages" in input)) return input;
  const { chatId } = input;
  const messages = input.messages.flatMap((message) => {
    if (!("message" in message)) return [tombstone(chatId, message)];
    const record = read.get(chatId)?.get(message.id);
    return record ? [record] : [];
  });
  return { ...input, messages };
}

function tombstone(
  chatId: number,
  { id, seq, deleted_at: at, deleted_by: by }: DeletedMessage,
): StoredMessage {
  return { chatId, id, seq, deleted: { at, by } };
}
