import { type ChatKind, endpoints, type Role } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import type { Draft, NoticeRecord } from "../store/tables.ts";
import type { ChatActions } from "./chat-actions.ts";
import { type ChatMember, membersOf } from "./members.ts";
import type { Message } from "./message.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Person, PersonReference } from "./people.ts";
import type { PageOptions } from "./timeline.ts";

/** A chat. What it says of itself is always the latest that this device knows. */
export class Chat {
  /** The server's id. */
  readonly id: number;
  readonly #actions: ChatActions;

  /** @internal */
  constructor(id: number, actions: ChatActions) {
    this.id = id;
    this.#actions = actions;
  }

  /** `private`, `group` or `channel`, for ever. */
  get kind(): ChatKind {
    return this.#record.kind;
  }

  /** What to call it: the title, or the other side's name. */
  get title(): string {
    return this.#record.title ?? this.peer?.nickname ?? "";
  }

  /** Address of its picture, or of the other side's. */
  get avatarUrl(): string | undefined {
    const { avatar } = this.#record;
    return avatar === null ? this.peer?.avatarUrl : `${this.#actions.api.server}/avatars/${avatar}`;
  }

  /** The other side of a private chat. */
  get peer(): Person | undefined {
    const { peerId } = this.#record;
    return peerId === null ? undefined : this.#actions.directory.person(peerId);
  }

  /** Whether everything in it is encrypted, for ever. Private chats with old clients are encrypted too, but not bound to be. */
  get encrypted(): boolean {
    return this.#record.encrypted;
  }

  /** Messages of others that I have not read; 1000 stands for that many or more. */
  get unread(): number {
    return this.#record.unread;
  }

  /** What I am in it: `owner`, `admin` or `member`. */
  get myRole(): Role {
    return this.#record.myRole;
  }

  /** How many people are in it, me too. */
  get memberCount(): number {
    return this.#record.memberCount;
  }

  /** Whether it is one of my favourites. */
  get isFavorite(): boolean {
    return this.#record.isFavorite;
  }

  /** Whether I have put it away. */
  get isArchived(): boolean {
    return this.#record.isArchived;
  }

  /** Until when it is muted, if that is still to come. */
  get mutedUntil(): Date | undefined {
    const until = new Date(this.#record.mutedUntil ?? 0);
    return until.getTime() > Date.now() ? until : undefined;
  }

  /** When something last happened in it. */
  get activeAt(): Date {
    return new Date(this.#record.activeAt);
  }

  /** Up to which message I have read; 0 for none. */
  get readId(): number {
    return this.#record.readId;
  }

  /** Whether this device holds its whole history; if not, {@link Chat.loadOlder} brings more. */
  get historyComplete(): boolean {
    return this.#record.historyComplete;
  }

  /** What I have begun to write here and not sent. It is kept on this device, sealed as everything else. */
  get draft(): Draft | undefined {
    return this.#actions.directory.draft(this.id);
  }

  get #record() {
    const record = this.#actions.directory.chat(this.id);
    if (!record) throw new TacitError("unknown_chat", "This chat is gone.");
    return record;
  }

  /**
   * Sends a message: encrypted for all who are in the chat, kept until the server has it, sent once.
   *
   * @param message a text, or text with files
   * @returns the message as it waits. Its state changes with the chat's `messages` and `outbox`; a failure of the network is none.
   * @throws TacitError `message_too_large`, `file_too_large`, `file_changed`, `store_full`, `not_possible`; the signal's
   *   reason. Nothing is sent then.
   */
  async send(message: string | Outgoing): Promise<Message> {
    return await this.#actions.send(this.#record, typeof message === "string" ? { text: message } : message);
  }

  /**
   * Keeps what I have begun to write, so that it outlives the program; `null` forgets it. Once it resolves, {@link Chat.draft}
   * shows it and its `drafts` change has been told: what is told after that is of another tab.
   */
  async setDraft(draft: Draft | null): Promise<void> {
    await this.#actions.commands.saveDraft(this.id, draft);
    await this.#actions.heard();
  }

  /**
   * Messages, oldest first: the newest, those before one, or those after one. What this device lacks is fetched first, which needs the network;
   * without it, what is here is given. To be awaited as a list, or read in a loop (`for await`).
   */
  messages(options: PageOptions = {}): Promise<Message[]> & AsyncIterable<Message> {
    return iterable(this.#page(options));
  }

  async #page({ limit = 50, ...where }: PageOptions): Promise<Message[]> {
    return await this.#actions.page(this.#record, { limit, ...where });
  }

  /** The whole history, newest first, loaded as it is read. */
  async *history(): AsyncGenerator<Message, void, undefined> {
    let before: number | undefined;
    do {
      const page = await this.messages({ limit: 100, ...(before !== undefined && { before }) });
      for (const message of page.toReversed()) if (message.id !== undefined) yield message;
      before = page.find(({ id }) => id !== undefined)?.id;
    } while (before !== undefined);
  }

  /** One message; `undefined` if it is deleted, or not on this device. */
  async message(id: number): Promise<Message | undefined> {
    return await this.#actions.one(this.#record, id);
  }

  /** The newest message; `undefined` in an empty chat, and until it has arrived on this device. */
  async lastMessage(): Promise<Message | undefined> {
    const { lastMessageId } = this.#record;
    return lastMessageId === null ? undefined : await this.message(lastMessageId);
  }

  /** What stands last in it on this device: the newest of what waits to be sent, else the newest message. It never asks the server. */
  async latest(): Promise<Message | undefined> {
    return await this.#actions.latest(this.#record);
  }

  /** Fetches a page of history. @returns whether there may be more */
  async loadOlder(): Promise<boolean> {
    return await this.#actions.commands.loadOlder(this.id);
  }

  /** What this device noted for its owner in the chat: identities that changed. */
  async notices(): Promise<NoticeRecord[]> {
    const notices = await this.#actions.store.range("notice", { prefix: [this.id] });
    return notices.sort((a, b) => a.afterMessageId - b.afterMessageId || (a.at < b.at ? -1 : 1));
  }

  /** Marks everything up to a message as read; without one, everything. Works offline; never goes back. */
  async markRead(upTo?: Message | number): Promise<void> {
    await this.#actions.commands.markRead(this.id, typeof upTo === "object" ? upTo.id : upTo);
  }

  /** Tells those who look at the chat that I type, or no longer type. */
  async setTyping(isTyping: boolean): Promise<void> {
    await this.#actions.commands.typing(this.id, isTyping);
  }

  /** Follows who types here, until the returned function is called. */
  follow(): () => void {
    // After closing there is nothing to follow, and nobody who waits to hear that.
    const nothing = () => undefined;
    this.#actions.commands.follow(this.id).catch(nothing);
    let ended = false;
    return () => {
      if (!ended) this.#actions.commands.unfollow(this.id).catch(nothing);
      ended = true;
    };
  }

  /** Who is in it. */
  async members(): Promise<ChatMember[]> {
    return await membersOf(this.#actions.store, this.#actions.directory, this.id);
  }

  /** Adds somebody to a group or channel. @throws TacitError `chat_full`, `forbidden`, `private_chat`, `unknown_user` */
  async add(person: PersonReference, role?: "member" | "admin"): Promise<void> {
    const user_id = await this.#actions.resolve(person);
    await this.#call(chats.addMember, { params: { id: this.id }, body: { user_id, ...(role && { role }) } });
  }

  /** Removes somebody from a group or channel. @throws TacitError `forbidden`, `private_chat` */
  async remove(person: PersonReference): Promise<void> {
    const user_id = await this.#actions.resolve(person);
    await this.#call(chats.removeMember, { params: { id: this.id, user_id } });
  }

  /** Changes what somebody may do. @throws TacitError `forbidden`, `private_chat`, `unknown_user` */
  async setRole(person: PersonReference, role: "member" | "admin"): Promise<void> {
    const user_id = await this.#actions.resolve(person);
    await this.#call(chats.setMemberRole, { params: { id: this.id, user_id }, body: { role } });
  }

  /** Hands the ownership over to another member. @throws TacitError `forbidden`, `private_chat`, `unknown_user` */
  async handOver(person: PersonReference): Promise<void> {
    const user_id = await this.#actions.resolve(person);
    await this.#call(chats.transferOwnership, { params: { id: this.id }, body: { user_id } });
  }

  /**
   * Renames a group or channel.
   * @param title 1 to 128 characters; the server can read it
   * @throws TacitError `forbidden`, `private_chat`
   */
  async setTitle(title: string): Promise<void> {
    await this.#call(chats.updateChat, { params: { id: this.id }, body: { title } });
  }

  /**
   * Sets or removes the picture of a group or channel.
   * @param picture PNG, JPEG, GIF or WebP, at most 5 MiB; the server can see it
   */
  async setAvatar(picture: Blob | null): Promise<void> {
    await this.#actions.setAvatar(this.id, picture);
  }

  /** Makes it one of my favourites, of which there are at most 5, or takes it out. @throws TacitError `too_many_favorites` */
  async setFavorite(isFavorite: boolean): Promise<void> {
    const endpoint = isFavorite ? chats.addFavorite : chats.removeFavorite;
    await this.#call(endpoint, { params: { id: this.id } });
  }

  /** Puts it away, or takes it back out; for me alone, on all my devices. */
  async setArchived(isArchived: boolean): Promise<void> {
    await this.#call(chats.setChatSettings, { params: { id: this.id }, body: { is_archived: isArchived } });
  }

  /**
   * Mutes it, for me alone, on all my devices. Nothing is held back: programs ask {@link Chat.mutedUntil} before they notify.
   * @param until a time to come; `null` ends it
   */
  async mute(until: Date | null): Promise<void> {
    // For the protocol no time is no change, and one that has passed the end.
    const muted_until = (until ?? new Date(0)).toISOString();
    await this.#call(chats.setChatSettings, { params: { id: this.id }, body: { muted_until } });
  }

  /** Leaves it. In a private chat, everything so far is gone for me. */
  async leave(): Promise<void> {
    await this.#call(chats.deleteChat, { params: { id: this.id }, query: {} });
  }

  /** Deletes it for everyone. @throws TacitError `forbidden` */
  async deleteForAll(): Promise<void> {
    await this.#call(chats.deleteChat, { params: { id: this.id }, query: { for_all: true } });
  }

  readonly #call: ChatActions["api"]["call"] = (endpoint, input) => this.#actions.api.call(endpoint, input);
}

const { chats } = endpoints;

function iterable<T>(list: Promise<T[]>): Promise<T[]> & AsyncIterable<T> {
  return Object.assign(list, {
    async *[Symbol.asyncIterator]() {
      yield* await list;
    },
  });
}
