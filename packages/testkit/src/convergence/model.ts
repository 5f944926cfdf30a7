import type { Message, Role, ServerEvent } from "@tacit/protocol";
import type { ActionRecord, Made, Written } from "./record.ts";
import type { ChatView, MessageView } from "./view.ts";

/** An event that has its place in the order of its chat's changes. */
export type Change = Extract<ServerEvent, { readonly chat_id: number }> & { readonly seq: number };

interface ModelMember {
  role: Role;
  historyFrom: number;
  /** Where both pointers were put by joining. */
  joinedAt: number;
}

interface ModelMessage extends Omit<MessageView, "envelope"> {
  readonly envelopes: Written["envelopes"];
}

/** A chat by the rules, told from what people did in the order in which the server says that it happened. */
export class ModelChat {
  readonly made: Made;
  readonly members = new Map<number, ModelMember>();
  readonly messages = new Map<number, ModelMessage>();
  /** User id -> the changes that were to be announced to them. */
  readonly announced = new Map<number, number[]>();
  title: string | null;
  seq = 0;
  membersVersion = 1;
  newestId = 0;
  /** What went against the rules. */
  readonly violations: string[] = [];
  readonly #record: ActionRecord;

  constructor(made: Made, record: ActionRecord) {
    this.made = made;
    this.title = made.title;
    this.#record = record;
    for (const [userId, role] of Object.entries(made.members))
      this.members.set(Number(userId), { role, historyFrom: 0, joinedAt: 0 });
  }

  /** Applies the next change. */
  apply(change: Change): void {
    if (change.seq !== this.seq + 1) this.#object(`after change ${this.seq} comes ${change.seq}`);
    this.seq = change.seq;
    this.#change(change);
    for (const userId of this.members.keys()) this.#announce(userId, change.seq);
    if (change.type === "member_removed") this.#announce(change.user_id, change.seq);
  }

  #change(change: Change): void {
    switch (change.type) {
      case "chat_created":
        if (change.seq !== 1) this.#object("it is made anew");
        return;
      case "message_new":
        this.#addMessage(change.message);
        return;
      case "message_updated":
        this.#editMessage(change.message);
        return;
      case "message_deleted":
        this.#deleteMessage(change.message_id, change.deleted_by);
        return;
      case "chat_updated":
        if (!this.#record.titles.has(change.title ?? ""))
          this.#object(`nobody gave it the title ${change.title}`);
        this.#requireRole(change.changed_by, ["owner"]);
        this.title = change.title;
        return;
      case "member_added":
        this.#requireRole(change.changed_by, ["owner", "admin"]);
        this.#join(change.user_id, change.role);
        return;
      case "member_removed":
        if (change.changed_by !== change.user_id) this.#requireRole(change.changed_by, ["owner", "admin"]);
        if (!this.members.delete(change.user_id))
          this.#object(`${change.user_id} is removed, but was no member`);
        this.membersVersion += 1;
        return;
      case "member_role_changed":
        this.#requireRole(change.changed_by, ["owner", "admin"]);
        this.#setRole(change.user_id, change.role);
        return;
      default:
        this.#object(`a change is announced as ${change.type}`);
    }
  }

  #join(userId: number, role: Role): void {
    if (this.members.has(userId)) this.#object(`${userId} joins, but was a member`);
    this.membersVersion += 1;
    this.members.set(userId, { role, historyFrom: this.newestId, joinedAt: this.newestId });
  }

  #setRole(userId: number, role: Role): void {
    const member = this.members.get(userId);
    if (member) member.role = role;
    else this.#object(`${userId} is made ${role}, but was no member`);
  }

  #addMessage(message: Message): void {
    if (message.id <= this.newestId) this.#object(`message ${message.id} comes after ${this.newestId}`);
    this.newestId = message.id;
    // The server's own words: nobody else can write them.
    if (message.system) this.messages.set(message.id, { ...viewWithout(message), envelopes: null });
    const written = message.system ? undefined : this.#writtenAs(message);
    if (!written) return;
    this.#requireRight(written);
    this.messages.set(message.id, { ...viewWithout(message), seq: message.seq, ...asWritten(written) });
  }

  #editMessage(message: Message): void {
    const known = this.messages.get(message.id);
    const written = this.#writtenAs(message);
    if (!written) return;
    if (known?.sender !== written.senderId) this.#object(`${written.senderId} edits what is not theirs`);
    this.#requireRight(written);
    this.messages.set(message.id, {
      ...viewWithout(message),
      ...(known ? { replyTo: known.replyTo, forwardedFrom: known.forwardedFrom } : {}),
      text: written.text,
      envelopes: written.envelopes,
      isEdited: true,
    });
  }

  #deleteMessage(messageId: number, deletedBy: number): void {
    const known = this.messages.get(messageId);
    if (!known) this.#object(`message ${messageId} is deleted, but was not there`);
    else if (known.sender !== deletedBy) this.#requireRole(deletedBy, ["owner", "admin"]);
    this.messages.delete(messageId);
  }

  #writtenAs(message: Message): Written | undefined {
    const written = this.#record.written.get(message.message);
    if (written?.senderId === message.sender_id && written.chatId === this.made.id) return written;
    this.#object(`nobody wrote ${message.message} as ${message.sender_id}`);
    return undefined;
  }

  /** Members only; in a channel those who lead it; and, where everything is encrypted, for everybody who is there. */
  #requireRight({ senderId, envelopes, text }: Written): void {
    this.#requireRole(
      senderId,
      this.made.kind === "channel" ? ["owner", "admin"] : ["owner", "admin", "member"],
    );
    if (!this.made.encrypted) return;
    for (const userId of this.members.keys()) {
      if (!envelopes?.[userId]) this.#object(`${text} is not encrypted for ${userId}`);
    }
  }

  #requireRole(userId: number, roles: readonly Role[]): void {
    const role = this.members.get(userId)?.role;
    if (!role || !roles.includes(role)) this.#object(`${userId} does what a ${role ?? "stranger"} may not`);
  }

  #announce(userId: number, seq: number): void {
    const seqs = this.announced.get(userId);
    if (seqs) seqs.push(seq);
    else this.announced.set(userId, [seq]);
  }

  #object(what: string): void {
    this.violations.push(`chat ${this.made.id}, change ${this.seq}: ${what}`);
  }

  /**
   * What a member sees at the end.
   *
   * @param historyFrom in a private chat what the server says: leaving and returning have no place in the order of changes.
   */
  viewFor(
    userId: number,
    settings: Pick<ChatView, "isFavorite" | "isArchived">,
    historyFrom?: number,
  ): ChatView {
    const from = historyFrom ?? this.members.get(userId)?.historyFrom ?? 0;
    const isPrivate = this.made.kind === "private";
    const messages = [...this.messages.values()]
      .filter(({ id, envelopes }) => id > from || (!isPrivate && envelopes === null))
      .map(({ envelopes, ...message }) => ({ ...message, envelope: envelopes?.[userId] ?? null }));
    const myRead = this.#pointer(userId, "read");
    const others = [...this.members.keys()].filter((id) => id !== userId);
    return {
      kind: this.made.kind,
      title: this.title,
      seq: this.seq,
      membersVersion: this.membersVersion,
      members: Object.fromEntries([...this.members].map(([id, { role }]) => [id, role])),
      historyFrom: from || null,
      lastMessageId: messages.at(-1)?.id ?? null,
      unread: messages.filter(({ id, sender, notice }) => id > myRead && sender !== userId && notice === null)
        .length,
      myRead: myRead || null,
      othersRead: Math.max(0, ...others.map((id) => this.#pointer(id, "read"))) || null,
      othersDelivered:
        Math.max(0, ...others.flatMap((id) => [this.#pointer(id, "read"), this.#pointer(id, "delivered")])) ||
        null,
      ...settings,
      messages,
    };
  }

  #pointer(userId: number, pointer: "read" | "delivered"): number {
    const joinedAt = this.members.get(userId)?.joinedAt ?? 0;
    return Math.max(joinedAt, this.#record.pointer(this.made.id, userId, pointer));
  }
}

function viewWithout(message: Message): Omit<MessageView, "envelope"> {
  return {
    id: message.id,
    seq: message.seq,
    sender: message.sender_id,
    text: message.message,
    type: message.message_type,
    isEdited: message.edited_at !== null,
    replyTo: message.reply_to_message_id,
    forwardedFrom: message.forwarded_from_message_id,
    notice: message.system,
  };
}

function asWritten({ text, envelopes, replyTo, forwardedFrom }: Written) {
  return { text, envelopes, replyTo, forwardedFrom };
}
