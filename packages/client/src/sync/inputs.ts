import type {
  Chat,
  DeletedMessage,
  DepartedMember,
  Member,
  Message,
  ServerEventOf,
  SyncedMember,
  User,
} from "@tacit/protocol";
import type { StoredMessage } from "../store/tables.ts";

/**
 * What is told of the account, whichever way it came: live, caught up or as history. `M` is a message as it was delivered, or
 * as it was read.
 */
export type Input<M> =
  | ChatInput
  | ChangesInput<M>
  | PageInput<M>
  | MembersInput
  | FigureInput
  | PointerInput
  | SettingsInput
  | GoneInput
  | ClearedInput
  | { readonly kind: "profiles"; readonly users: readonly User[] };

/** An input as it was delivered. */
export type Delivered = Input<Message | DeletedMessage>;
/** An input whose messages were decrypted and verified. */
export type Understood = Input<StoredMessage>;

/** A chat as the server shows it. `latest`: nothing that was applied before can be newer. */
export interface ChatInput {
  readonly kind: "chat";
  readonly chat: Chat;
  readonly latest: boolean;
}

/** What changed in a chat above `after`, up to `seq`. */
export interface ChangesInput<M> {
  readonly kind: "changes";
  readonly chatId: number;
  readonly after: number;
  readonly seq: number;
  readonly messages: readonly M[];
  readonly members: readonly (SyncedMember | DepartedMember)[];
  readonly appearance?: Pick<Chat, "title" | "avatar">;
}

/** All messages from `oldestId` up to what was held, as of some later moment than when they were asked for. */
export interface PageInput<M> {
  readonly kind: "page";
  readonly chatId: number;
  readonly messages: readonly M[];
  readonly oldestId: number;
  /** There is nothing before. */
  readonly complete: boolean;
  /** Unread messages among them are news: the chat itself is. */
  readonly news: boolean;
}

/** All members, as of `seq` or later. */
export interface MembersInput {
  readonly kind: "members";
  readonly chatId: number;
  readonly seq: number;
  readonly members: readonly Member[];
}

/** How many messages past `readId` were unread when the chat was at `seq`. */
export interface FigureInput {
  readonly kind: "figure";
  readonly chatId: number;
  readonly seq: number;
  readonly readId: number;
  readonly unread: number;
}

/** A chat is not, or no longer, mine: with its change `seq`, if that is known and the chat has not gone on since. */
export interface GoneInput {
  readonly kind: "gone";
  readonly chatId: number;
  readonly seq?: number;
}

/** These messages, the oldest of all that this device has of a chat, are to go from it; the server still has them. */
export interface ClearedInput {
  readonly kind: "cleared";
  readonly chatId: number;
  readonly messageIds: readonly number[];
}

/** Somebody has read, or received, everything up to a message. `toTell`: this device says so; the server does not know. */
export interface PointerInput {
  readonly kind: "read" | "delivered";
  readonly chatId: number;
  readonly userId: number;
  readonly messageId: number;
  readonly toTell?: boolean;
}

/** My own settings of a chat. */
export interface SettingsInput {
  readonly kind: "settings";
  readonly settings: Omit<ServerEventOf<"chat_settings">, "type">;
}

/** What a chat's own fields say about how much of it is unread. */
export function figureOf({ id, seq, unread_count, last_read_message_id }: Chat): FigureInput {
  return { kind: "figure", chatId: id, seq, readId: last_read_message_id ?? 0, unread: unread_count };
}
