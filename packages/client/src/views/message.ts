import type { SystemNotice } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import { SPOKEN } from "../messages/content.ts";
import type {
  AttachmentRecord,
  ChatRecord,
  MessageContent,
  MessageRecord,
  MessageTrust,
  OutboxRecord,
  UnreadableReason,
} from "../store/tables.ts";
import type { Attachment } from "./attachment.ts";
import type { Chat } from "./chat.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Person } from "./people.ts";

/**
 * Where a message of mine stands. `held`: somebody's identity has changed and waits to be accepted. `failed`: `failure` says why;
 * it can be tried again, or discarded. `delivered` and `read`: by somebody else at least. Messages of others are `received`, unless
 * what I asked for with them has failed.
 */
export type MessageState =
  | "queued"
  | "sending"
  | "held"
  | "failed"
  | "sent"
  | "delivered"
  | "read"
  | "received";

/** What a message can be asked to do; the chat does it. */
export interface MessageActions {
  person(id: number): Person;
  chat(id: number): Chat;
  attachment(record: AttachmentRecord, key: string | undefined): Attachment;
  edit(message: Message, text: string): Promise<void>;
  remove(message: Message): Promise<void>;
  forward(record: MessageRecord, toChatIds: readonly number[]): Promise<void>;
  retry(outboxId: string): Promise<void>;
  discard(outboxId: string): Promise<boolean>;
}

interface Parts {
  readonly record: MessageRecord | undefined;
  readonly outbox: OutboxRecord | undefined;
  readonly state: MessageState;
  readonly senderId: number;
  readonly isMine: boolean;
  readonly text: string;
}

/** A message as it is now. It does not change by itself: what changed is read anew from the chat. */
export class Message {
  /** The chat that it is in: see {@link Message.chat}. */
  readonly chatId: number;
  /** The server's id; `undefined` until it has one. */
  readonly id: number | undefined;
  /** The same before and after the message was sent: for lists on a screen. */
  readonly key: string;
  /** Who wrote it, as far as {@link Message.verified} says. */
  readonly sender: Person;
  /** Whether I wrote it. */
  readonly isMine: boolean;
  /** What it says; empty if it cannot be read. */
  readonly text: string;
  /** `text`, `voice_message`, `video_message`, or the type of a document (CRYPTO.md, section 4); `system` for what the server writes. */
  readonly kind: string;
  /** The whole document, of kinds that this release does not know; `text` is its fallback. */
  readonly document: Readonly<Record<string, unknown>> | undefined;
  /** Its files, in the order in which they were sent. */
  readonly attachments: readonly Attachment[];
  /** When the server stored it, by the server's clock; until then, when it was written, by this device's. */
  readonly sentAt: Date;
  /** When it was last edited, by the server's clock. */
  readonly editedAt: Date | undefined;
  /** Id of the message that it answers. */
  readonly replyToId: number | undefined;
  /** From whom it was forwarded, as the forwarding side's server tells: nothing proves it. */
  readonly forwardedFrom: Person | undefined;
  /** Who joined, left and so on, to be said in the reader's language. */
  readonly system: SystemNotice | undefined;
  /** What is known of who wrote it. */
  readonly trust: MessageTrust;
  /** Why it cannot be shown. Then `text` is empty. */
  readonly unreadable: UnreadableReason | undefined;
  /** A later edit was forged or an older one brought back; what is shown is the last that was right. */
  readonly editRefused: boolean;
  /** Where it stands, if it is mine; of others', `failed` if it could not be deleted. */
  readonly state: MessageState;
  /** Why it was not sent: a stable code and a sentence for the person. */
  readonly failure: OutboxRecord["failure"];
  readonly #actions: MessageActions;
  readonly #record: MessageRecord | undefined;
  readonly #outboxId: string | undefined;

  /** @internal */
  constructor(
    chatId: number,
    actions: MessageActions,
    { record, outbox, state, senderId, isMine, text }: Parts,
  ) {
    const content = record?.content ?? contentOf(outbox);
    this.#actions = actions;
    this.#record = record;
    this.#outboxId = outbox?.id;
    this.chatId = chatId;
    this.id = record?.id;
    this.key = record?.clientMessageId ?? (record ? `#${record.id}` : (outbox?.id ?? ""));
    this.sender = actions.person(senderId);
    this.isMine = isMine;
    this.text = text;
    this.kind = kindOf(record, content);
    this.document = content?.document;
    this.attachments = (content?.attachments ?? []).map((file) => actions.attachment(file, content?.key));
    this.sentAt = new Date(record?.createdAt ?? outbox?.createdAt ?? 0);
    this.editedAt = record?.editedAt ? new Date(record.editedAt) : undefined;
    this.replyToId = record?.replyToId ?? replyOf(outbox);
    const forwarded = record?.forwardedFrom?.senderId;
    this.forwardedFrom = typeof forwarded === "number" ? actions.person(forwarded) : undefined;
    this.system = record?.system ?? undefined;
    this.trust = record?.trust ?? "verified";
    this.unreadable = record?.unreadable;
    this.editRefused = record?.editRefused ?? false;
    this.state = state;
    this.failure = outbox?.failure;
  }

  /** Whether it is surely what its sender wrote: encrypted, and signed by the identity that is pinned. */
  get verified(): boolean {
    return this.trust === "verified" && this.unreadable === undefined;
  }

  /** The chat that it is in. */
  get chat(): Chat {
    return this.#actions.chat(this.chatId);
  }

  /** Sends an answer that refers to it. @returns the answer as it waits. @throws as `Chat.send` */
  async reply(message: string | Outgoing): Promise<Message> {
    const answer = typeof message === "string" ? { text: message } : message;
    return await this.chat.send({ ...answer, replyTo: this });
  }

  /** Replaces its text; its files stay. @throws TacitError `not_possible` unless it is mine and readable */
  async edit(text: string): Promise<void> {
    await this.#actions.edit(this, text);
  }

  /** Deletes it for everyone. @throws TacitError `forbidden` later, as its failure, if the server does not let me */
  async remove(): Promise<void> {
    await this.#actions.remove(this);
  }

  /** Sends what it says, and its files, to other chats, encrypted anew. @throws TacitError `unreadable_message` */
  async forward(to: readonly (number | { readonly id: number })[]): Promise<void> {
    if (!this.#record?.content)
      throw new TacitError("unreadable_message", "This message cannot be read, so it cannot be forwarded.");
    const chatIds = to.map((chat) => (typeof chat === "number" ? chat : chat.id));
    await this.#actions.forward(this.#record, chatIds);
  }

  /** Tries again to send what has failed. */
  async retry(): Promise<void> {
    if (this.#outboxId !== undefined) await this.#actions.retry(this.#outboxId);
  }

  /** Gives up what has not been sent. @returns false if it is out already */
  async discard(): Promise<boolean> {
    return this.#outboxId === undefined ? false : await this.#actions.discard(this.#outboxId);
  }

  /** For the chat that made it. @internal */
  get outboxId(): string | undefined {
    return this.#outboxId;
  }
}

/** Where a message stands between the store and the outbox. */
export function stateOf(
  record: MessageRecord | undefined,
  outbox: OutboxRecord | undefined,
  chat: ChatRecord | undefined,
  ownId: number,
): MessageState {
  if (outbox && outbox.state !== "sent") return outbox.state;
  if (!record) return "sent";
  if (record.senderId !== ownId) return "received";
  if (chat && record.id <= chat.othersReadId) return "read";
  return chat && record.id <= chat.othersDeliveredId ? "delivered" : "sent";
}

/** What a row of the outbox will say, as if it were sent. */
export function contentOf(outbox: OutboxRecord | undefined): MessageContent | undefined {
  if (!outbox || outbox.operation.kind === "delete") return undefined;
  const { content } = outbox.operation;
  const uploading = outbox.uploads.map(({ attachment }) => attachment);
  return { ...content, attachments: [...content.attachments, ...uploading], key: outbox.key };
}

function kindOf(record: MessageRecord | undefined, content: MessageContent | undefined): string {
  if (record?.system) return "system";
  return record && SPOKEN.has(record.type) ? record.type : (content?.kind ?? "text");
}

function replyOf(outbox: OutboxRecord | undefined): number | undefined {
  return outbox?.operation.kind === "send" ? (outbox.operation.replyToId ?? undefined) : undefined;
}
