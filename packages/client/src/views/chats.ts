import { type ChatKind, endpoints } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import type { Chat } from "./chat.ts";
import type { ChatActions } from "./chat-actions.ts";
import type { PersonReference } from "./people.ts";

/** My chats. */
export class Chats {
  readonly #actions: ChatActions;

  /** @internal */
  constructor(actions: ChatActions) {
    this.#actions = actions;
  }

  /** All of them, latest activity first. */
  list(): Chat[] {
    return this.#actions.directory.chats().map(({ id }) => this.#actions.chat(id));
  }

  /** One of them; `undefined` if I am not in it. */
  get(id: number): Chat | undefined {
    return this.#actions.directory.chat(id) && this.#actions.chat(id);
  }

  /**
   * The private chat with somebody: the one that there is, or a new one. It is encrypted.
   * @throws TacitError `unknown_user`, `blocked`
   */
  async withUser(person: PersonReference): Promise<Chat> {
    const peerId = await this.#actions.resolve(person);
    const known = this.#actions.directory.chats().find((chat) => chat.peerId === peerId);
    return known ? this.#actions.chat(known.id) : await this.#create({ kind: "private", user_ids: [peerId] });
  }

  /**
   * A new group, encrypted for all who are in it.
   * @param group.title 1 to 128 characters
   * @param group.encrypted `false` for a group that is to grow beyond 500: then nothing in it is encrypted
   * @throws TacitError `unknown_user`, `chat_full`
   */
  async createGroup(group: NewChat): Promise<Chat> {
    return await this.#createFor("group", group);
  }

  /** A new channel, in which its owner and admins write. Otherwise as {@link Chats.createGroup}. */
  async createChannel(channel: NewChat): Promise<Chat> {
    return await this.#createFor("channel", channel);
  }

  /** Tells the server that everything in every chat has been read. */
  async markAllRead(): Promise<void> {
    await Promise.all(this.list().map((chat) => (chat.unread > 0 ? chat.markRead() : undefined)));
  }

  async #createFor(
    kind: "group" | "channel",
    { title, members = [], encrypted = true }: NewChat,
  ): Promise<Chat> {
    const user_ids = await Promise.all(members.map((person) => this.#actions.resolve(person)));
    return await this.#create({ kind, title, user_ids }, encrypted);
  }

  async #create(
    chat: { kind: "private" | "group" | "channel"; title?: string; user_ids: number[] },
    encrypted = true,
  ): Promise<Chat> {
    const created = await this.#actions.api.call(endpoints.chats.createChat, {
      body: { ...chat, encrypted },
    });
    const { id, kind, peer_id: peerId } = created;
    requireAsked(chat, { kind, peerId });
    // A private chat that an old client made is not bound to be encrypted; it is all the same.
    if (encrypted && kind !== "private" && !created.encrypted)
      throw new TacitError("encryption_downgrade", "The server made a chat that is not encrypted.");
    await this.#actions.adopt(created);
    // An id of a chat that is here already brings that one, whatever the answer says of it.
    const adopted = this.#actions.directory.chat(id);
    if (adopted) requireAsked(chat, adopted);
    return this.#actions.chat(id);
  }
}

function requireAsked(
  asked: { readonly kind: ChatKind; readonly user_ids: readonly number[] },
  { kind, peerId }: { readonly kind: ChatKind; readonly peerId: number | null },
): void {
  if (kind === asked.kind && (kind !== "private" || peerId === asked.user_ids[0])) return;
  throw new TacitError("bad_answer", "The server gave another chat than the one that was asked for.");
}

/** A group or channel to be made. */
export interface NewChat {
  /** 1 to 128 characters; the server can read it. */
  readonly title: string;
  /** Who is in it beside me. */
  readonly members?: readonly PersonReference[];
  /** Default `true`, for ever. */
  readonly encrypted?: boolean;
}
