import { newMessageKey } from "../crypto/index.ts";
import { toBase64 } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import type { LocalStore } from "../store/local-store.ts";
import type {
  ChatRecord,
  MessageRecord,
  OutboxRecord,
  OutgoingContent,
  SpooledFile,
} from "../store/tables.ts";
import { type NewContent, notPossible, reworded, saidAgain } from "./content.ts";
import { requireRoom } from "./room.ts";
import type { Rows } from "./rows.ts";
import { type Follower, findSent, followersOf, type Target } from "./targets.ts";

/** A new message. */
export interface Draft {
  /** UUID: becomes the `client_message_id`. Asking twice with the same one sends once. Default a fresh one. */
  readonly id?: string;
  /** The message's key, base64 of 32 octets: its files are encrypted with it. */
  readonly key: string;
  readonly content: OutgoingContent;
  readonly replyToId?: number | null;
  readonly files?: readonly SpooledFile[];
}

/** What writing rows needs to know. */
export interface ComposerDependencies {
  readonly store: LocalStore;
  readonly rows: Rows;
  readonly ownUserId: number;
  /** The `rev` of the latest edit of a message that the server has confirmed: the edit itself may still be to come. */
  confirmedRev(messageId: number): number;
  /** Whether a row can still be discarded: nothing of it can have reached the server. */
  isRecallable(row: OutboxRecord): boolean;
}

/** Turns what a person asks for into rows. Everything is called within a turn. */
export class Composer {
  readonly #dependencies: ComposerDependencies;
  readonly #store: LocalStore;
  readonly #rows: Rows;

  constructor(dependencies: ComposerDependencies) {
    this.#dependencies = dependencies;
    this.#store = dependencies.store;
    this.#rows = dependencies.rows;
  }

  /** @throws TacitError `unknown_chat`, `message_too_large` */
  async send(
    chatId: number,
    id: string,
    { key, content, replyToId = null, files = [] }: Draft,
  ): Promise<void> {
    if (this.#rows.get(id) || (files.length > 0 && (await this.#sent(chatId, id)))) return;
    requireRoom(await this.#chat(chatId), content, files.length);
    await this.#add(chatId, id, { operation: { kind: "send", content, replyToId }, key, uploads: files });
  }

  /** @throws TacitError `unknown_chat`, `message_too_large`, `unreadable_message`, `not_possible` */
  async forward(message: MessageRecord, toChatId: number, id: string): Promise<void> {
    if (this.#rows.get(id)) return;
    const content = saidAgain(message);
    requireRoom(await this.#chat(toChatId), content);
    const { chatId: fromChatId, id: messageId } = message;
    const operation = { kind: "forward", fromChatId, messageId, content } as const;
    await this.#add(toChatId, id, { operation, key: keyFor(content, message.content?.key), uploads: [] });
  }

  /**
   * @param about id of the message, or of its row in the outbox
   * @throws TacitError `unknown_chat`, `unknown_message`, `unreadable_message`, `message_too_large`, `not_possible`
   */
  async edit(chatId: number, about: number | string, change: NewContent, id: string): Promise<void> {
    if (this.#rows.get(id)) return;
    const chat = await this.#chat(chatId);
    const unsent = this.#unsent(chatId, about);
    const { content, key, ...target } = unsent ?? (await this.#editable(chatId, about));
    const edited = reworded(content, change);
    requireRoom(chat, edited, unsent?.row.uploads.length);
    if (unsent && isUntouched(unsent.row)) return await this.#rewrite(unsent.row, edited);
    await this.#addEdit(chatId, id, { target, content: edited, key: keyFor(edited, key) });
  }

  /**
   * @param about id of the message, or of its row in the outbox
   * @returns the row to discard instead, as it was not sent yet
   * @throws TacitError `unknown_message`, `not_possible`
   */
  async remove(chatId: number, about: number | string, id: string): Promise<OutboxRecord | undefined> {
    if (this.#rows.get(id)) return undefined;
    const unsent = this.#unsent(chatId, about);
    if (unsent && this.#dependencies.isRecallable(unsent.row)) return unsent.row;
    const target = unsent ? targetOf(unsent.row) : await this.#deletable(chatId, about);
    if (target) await this.#addDeletion(chatId, id, target);
    return undefined;
  }

  async #addEdit(
    chatId: number,
    id: string,
    { target, content, key }: { target: KnownTarget; content: OutgoingContent; key: string },
  ): Promise<void> {
    const followers = followersOf(this.#rows.inChat(chatId), target);
    if (followers.some((row) => row.operation.kind === "delete" && row.state !== "failed"))
      throw notPossible("This message is being deleted.");
    const failed = followers.filter(({ state }) => state === "failed");
    const waiting = followers.findLast((row) => row.state !== "failed" && isUntouched(row));
    if (waiting?.operation.kind === "edit") {
      const operation = { ...waiting.operation, content };
      return await this.#rows.write({ put: [{ ...waiting, operation, key }], remove: failed, durable: true });
    }
    const rev = Math.max(target.rev, ...followers.map(revOf)) + 1;
    const { messageId, clientMessageId } = target;
    const operation = {
      kind: "edit",
      rev,
      content,
      messageId,
      ...(clientMessageId && { clientMessageId }),
    } as const;
    await this.#add(chatId, id, { operation, key, uploads: [] }, failed);
  }

  async #addDeletion(chatId: number, id: string, target: Target): Promise<void> {
    const followers = followersOf(this.#rows.inChat(chatId), target);
    if (followers.some((row) => row.operation.kind === "delete" && row.state !== "failed")) return;
    // An edit that is under way stays: it cannot be called back, and its row is about to change.
    const pointless = followers.filter((row) => row.state !== "sending");
    const operation = { kind: "delete", ...target } as const;
    await this.#add(chatId, id, { operation, key: toBase64(newMessageKey()), uploads: [] }, pointless);
  }

  async #add(
    chatId: number,
    id: string,
    parts: Pick<OutboxRecord, "operation" | "key" | "uploads">,
    remove: readonly OutboxRecord[] = [],
  ): Promise<void> {
    const order = this.#rows.nextOrder();
    const createdAt = new Date().toISOString();
    await this.#rows.write({
      put: [{ id, order, chatId, createdAt, ...parts, state: "queued" }],
      remove,
      durable: true,
    });
  }

  async #rewrite(row: OutboxRecord, content: OutgoingContent): Promise<void> {
    if (row.operation.kind === "delete") return;
    await this.#rows.write({ put: [{ ...row, operation: { ...row.operation, content } }], durable: true });
  }

  async #chat(chatId: number): Promise<ChatRecord> {
    const chat = await this.#store.get("chat", [chatId]);
    if (!chat) throw new TacitError("unknown_chat", "This chat does not exist.");
    return chat;
  }

  #sent(chatId: number, id: string): Promise<MessageRecord | undefined> {
    return findSent(this.#store, { chatId, ownUserId: this.#dependencies.ownUserId, id });
  }

  /** A message that is in the outbox itself. */
  #unsent(chatId: number, about: number | string) {
    const row = typeof about === "string" ? this.#rows.get(about) : undefined;
    if (!row || row.chatId !== chatId) return undefined;
    if (row.operation.kind !== "send" && row.operation.kind !== "forward") return undefined;
    return { row, ...targetOf(row), rev: 0, content: row.operation.content, key: row.key };
  }

  async #editable(chatId: number, about: number | string): Promise<KnownTarget & Sealed> {
    const message = await this.#existing(chatId, about);
    if (message === "deleted") throw notPossible("This message was deleted.");
    if (message.senderId !== this.#dependencies.ownUserId)
      throw notPossible("Only who wrote a message can edit it.");
    const content = saidAgain(message);
    const rev = Math.max(message.rev ?? 0, this.#dependencies.confirmedRev(message.id));
    return { messageId: message.id, rev, content, key: message.content?.key };
  }

  async #deletable(chatId: number, about: number | string): Promise<Target | undefined> {
    const message = await this.#existing(chatId, about);
    if (message === "deleted") return undefined;
    if (message.system) throw notPossible("What the server wrote cannot be deleted.");
    return { messageId: message.id };
  }

  async #existing(chatId: number, about: number | string): Promise<MessageRecord | "deleted"> {
    const message =
      typeof about === "string"
        ? await this.#sent(chatId, about)
        : await this.#store.get("message", [chatId, about]);
    if (!message) throw new TacitError("unknown_message", "This message does not exist.");
    return message.deleted ? "deleted" : message;
  }
}

/** A target, and the highest `rev` that is known of it. */
type KnownTarget = Target & { readonly rev: number };

interface Sealed {
  readonly content: OutgoingContent;
  readonly key: string | undefined;
}

function targetOf({ id, messageId }: OutboxRecord): Target {
  return { messageId: messageId ?? null, clientMessageId: id };
}

/** Whether it surely is on no server yet, nor on its way. */
function isUntouched({ state, tried }: OutboxRecord): boolean {
  return state !== "sending" && state !== "sent" && !tried;
}

function revOf({ operation }: Follower): number {
  return operation.kind === "edit" ? operation.rev : 0;
}

/** Files are encrypted with their message's key; what has none gets a key of its own. */
function keyFor({ attachments }: OutgoingContent, key: string | undefined): string {
  return attachments.length > 0 && key !== undefined ? key : toBase64(newMessageKey());
}
