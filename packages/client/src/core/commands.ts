import type { Chat } from "@tacit/protocol";
import type { PasswordChange } from "../account/change-password.ts";
import type { RecoveryRenewal } from "../account/recovery-proof.ts";
import type { Rotation } from "../account/rotate-keys.ts";
import type { QrComparison } from "../crypto/index.ts";
import type { Draft as OutboxDraft } from "../outbox/composer.ts";
import type { NewContent } from "../outbox/content.ts";
import type { MessageRecord, Draft as Unsent } from "../store/tables.ts";
import type { ConnectionState } from "../transport/transport.ts";

/** A message as it goes into the outbox. The one who writes it makes `id` and `key`, so asking twice sends once. */
export type Draft = Required<OutboxDraft>;

/** What is known of somebody's identity. */
export interface ContactIdentity {
  /** Somebody with an identity of their own; `server`: an old client, whose key the server signs. */
  readonly signedBy: "user" | "server";
  /** The server presents another identity than the one that was pinned: nothing is sent until it is accepted. */
  readonly changed: boolean;
  /** When the safety number was compared, RFC 3339. */
  readonly verifiedAt?: string;
}

/**
 * Everything that only the one writer of an account may do: the others ask it. Arguments and answers can be
 * structured-cloned, and doing a thing twice is as doing it once, since a writer may vanish before it answers.
 */
export interface Commands {
  send(chatId: number, draft: Draft): Promise<void>;
  /**
   * @param about id of the message, or of its row in the outbox
   * @param id UUID of the edit
   */
  edit(chatId: number, about: number | string, change: NewContent, id: string): Promise<void>;
  remove(chatId: number, about: number | string, id: string): Promise<void>;
  /** @param id UUID of the new message */
  forward(message: MessageRecord, toChatId: number, id: string): Promise<void>;
  retry(outboxId: string): Promise<void>;
  /** @returns false if it is out already and cannot be called back */
  discard(outboxId: string): Promise<boolean>;

  adopt(chat: Chat): Promise<void>;
  /** @returns whether there may be more */
  loadOlder(chatId: number): Promise<boolean>;
  /** Removes a chat's older messages from this device. */
  clearHistory(chatId: number): Promise<void>;
  /** Takes what was removed out of the search index. */
  tidySearch(): Promise<void>;
  /** Keeps what somebody has begun to write; `null` forgets it. */
  saveDraft(chatId: number, draft: Unsent | null): Promise<void>;
  markRead(chatId: number, upToId: number | undefined): Promise<void>;
  typing(chatId: number, isTyping: boolean): Promise<void>;
  follow(chatId: number): Promise<void>;
  unfollow(chatId: number): Promise<void>;
  catchUp(): Promise<void>;

  contact(userId: number): Promise<ContactIdentity>;
  accept(userId: number): Promise<void>;
  setVerified(userId: number, verified: boolean): Promise<void>;
  safetyNumber(userId: number): Promise<string>;
  safetyQr(userId: number): Promise<string>;
  compareQr(userId: number, scanned: string): Promise<QrComparison>;
  /** Whether nobody in the chat has an old client, which reads neither documents nor files in chunks. */
  isModern(chatId: number): Promise<boolean>;

  changePassword(change: PasswordChange): Promise<void>;
  rotateKeys(rotation: Rotation): Promise<void>;
  /** New recovery words, which count once {@link Commands.confirmRecovery} has been given some of them. */
  renewRecovery(renewal: RecoveryRenewal): Promise<RecoveryWords>;
  /** @returns false if they are wrong: ask again. @throws TacitError `not_possible` if nobody has asked for new ones */
  confirmRecovery(id: string, answers: readonly string[]): Promise<boolean>;

  /** Ends the session; the server is told if it can be reached within 5 s. Removing what is stored is the caller's part. */
  signOut(): Promise<void>;
  /** Deletes the account on the server. Removing what is stored is the caller's part. */
  deleteAccount(password: string): Promise<void>;
  accessToken(): Promise<string>;
  renewToken(rejected: string): Promise<string>;
  retryConnection(): Promise<void>;
  status(): Promise<Status>;
  /** Messages that hold all these words. */
  search(query: string, options: SearchOptions): Promise<SearchHit[]>;
}

/** What is searched for. */
export interface SearchOptions {
  /** In this chat alone. */
  readonly chatId?: number;
  /** Of this person alone. */
  readonly senderId?: number;
  /** For the next page: id of the last message of the page before, which the same query gave. */
  readonly before?: number;
  /** At most so many; 1,000 is the most. Default 50. */
  readonly limit?: number;
}

/** A message that was found. */
export interface SearchHit {
  readonly chatId: number;
  readonly messageId: number;
  /** The larger, the better it fits. */
  readonly score: number;
}

/** Recovery words that wait for their proof. */
export interface RecoveryWords {
  readonly id: string;
  /** Twelve. */
  readonly words: readonly string[];
  /** The places, from 0, of the words to ask for. */
  readonly positions: readonly number[];
}

/** How things stand, for a tab that has just come. */
export interface Status {
  readonly connection: ConnectionState;
  readonly upToDate: boolean;
  readonly signedOut: boolean;
  /** Who is online of those whom I know. */
  readonly online: readonly number[];
}
