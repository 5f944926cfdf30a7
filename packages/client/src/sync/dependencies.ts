import type { ChatKind, Message } from "@tacit/protocol";
import type { LocalStore } from "../store/local-store.ts";
import type { MessageRecord, StoredMessage } from "../store/tables.ts";
import type { Api, Connection } from "../transport/transport.ts";
import type { Turns } from "../turns.ts";
import type { ChangeFeed } from "./changes.ts";

/** Decrypts and verifies; see messages/reader.ts. Not within a turn: it may fetch a sender's key, and then fail to. */
export interface MessageReader {
  read(
    messages: readonly Message[],
    chat: { readonly encrypted: boolean; readonly kind: ChatKind },
    known: ReadonlyMap<number, StoredMessage>,
  ): Promise<MessageRecord[]>;
}

/** What waits to be sent, as far as receiving one's own messages ends it; see outbox/. Both are called within a turn. */
export interface AwaitedMessages {
  /** Of these `client_message_id`s, those that the outbox holds, with the keys of their rows. */
  ordersFor(clientMessageIds: readonly string[]): readonly { readonly id: string; readonly order: number }[];
  /** Their rows were removed, in the write that stored the messages. */
  confirmed(clientMessageIds: readonly string[]): void;
}

/** Milliseconds; tests make them short. */
export interface SyncDelays {
  /** In which messages are gathered before their sender is told that they arrived. Default 1,000. */
  readonly delivered?: number;
  /** After which somebody types no longer, if nothing was heard. Default 6,000. */
  readonly typing?: number;
  /** In which new contacts are gathered before their presence is asked for. Default 1,000. */
  readonly contacts?: number;
  /** Before something that failed is tried again; doubles up to {@link SyncDelays.maxRetry}. Default 1,000. */
  readonly retry?: number;
  /** Default 60,000. */
  readonly maxRetry?: number;
}

/** What following an account needs from the rest of the SDK. */
export interface SyncDependencies {
  readonly api: Pick<Api, "call">;
  readonly connection: Pick<Connection, "state" | "tell">;
  readonly store: LocalStore;
  readonly turns: Turns;
  readonly changes: ChangeFeed;
  readonly reader: MessageReader;
  readonly trust: { keyUpdated(userId: number, keyVersion: number): void };
  readonly outbox: AwaitedMessages;
  readonly userId: number;
  /** The members of a chat, or their keys, are others now: encrypt for those. */
  readonly onMembership: (chatId: number) => void;
  /** Everything missed since {@link Sync.opened} is in the store. */
  readonly onCaughtUp: () => void;
  /** The histories of all chats are in the store, as far as they are to be here and the server gives them. */
  readonly onHistoryLoaded: () => void;
  /** Another device has rotated the keys of this account. */
  readonly onOwnKeyUpdated?: () => void;
  readonly delays?: SyncDelays;
}
