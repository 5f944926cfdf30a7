import type {
  BodyOf,
  Chat,
  ChatChanges,
  endpoints,
  Message,
  ResponseOf,
  Role,
  ServerEvent,
  ServerEventOf,
} from "@tacit/protocol";

/** What a device asks `POST /sync` for. */
export type SyncRequest = BodyOf<typeof endpoints.sync.sync>;
/** What it is answered. */
export type SyncAnswer = ResponseOf<typeof endpoints.sync.sync>;

/** What a frame or an answer leaves to be done: `behind` means that the device has to ask `/sync`. */
export type Outcome = "applied" | "behind";

/** A chat as a device holds it. */
export interface HeldChat {
  /** As last told; what events change is changed here too. What can be counted from the rest is not kept up to date. */
  chat: Chat;
  /** Everything up to this change is in here. */
  seq: number;
  readonly members: Map<number, Role>;
  /** Without those that were deleted. */
  readonly messages: Map<number, Message>;
  /** The newest message that was ever heard of, deleted or not. */
  newestId: number;
}

/**
 * What one device knows: the state, and how frames and answers change it. Knows no network: whoever owns it feeds frames in
 * the order in which they came, and none while an answer is awaited.
 */
export class Replica {
  readonly userId: number;
  readonly chats = new Map<number, HeldChat>();
  /** Gaps in the order of `seq` that were noticed. */
  gaps = 0;
  /** Of the last answer. */
  cursor: string | undefined;
  /** Chats that were heard of and are not held. */
  readonly #unknown = new Set<number>();

  constructor(userId: number) {
    this.userId = userId;
  }

  /** What to ask next. */
  request(limit?: number): SyncRequest {
    const chats: Record<string, number> = {};
    for (const chatId of this.#unknown) chats[chatId] = 0;
    for (const [chatId, { seq }] of this.chats) chats[chatId] = seq;
    return {
      chats,
      ...(this.cursor === undefined ? {} : { cursor: this.cursor }),
      ...(limit === undefined ? {} : { limit }),
    };
  }

  /** Applies an answer to that very request. `behind`: there is more to ask for. */
  applyAnswer(request: SyncRequest, answer: SyncAnswer): Outcome {
    for (const chatId of answer.removed) this.#forget(chatId);
    for (const chat of answer.chats) this.#applyChat(chat);
    for (const [id, changes] of Object.entries(answer.changes)) {
      const held = this.chats.get(Number(id));
      // A chat that was begun anew since the question starts from nothing, so this does not fit.
      if (!held || (held.seq === 0 && request.chats[id] !== 0)) continue;
      if (changes.seq < (request.chats[id] ?? 0)) beginAnew(held);
      applyChanges(held, changes);
    }
    this.cursor = answer.cursor;
    const lacking = [...this.chats.values()].some(({ chat, seq }) => seq < chat.seq);
    return answer.more || lacking ? "behind" : "applied";
  }

  /** Applies a frame. `behind`: it cannot be applied, or not all that it means is in it. */
  applyEvent(event: ServerEvent): Outcome {
    switch (event.type) {
      case "message_new":
      case "message_updated":
      case "message_deleted":
      case "member_added":
      case "member_role_changed":
      case "member_removed":
      case "chat_updated":
        return this.#inOrder(event);
      case "chat_created":
        return this.chats.has(event.chat_id) && event.seq !== undefined
          ? "applied"
          : this.#hearOf(event.chat_id);
      case "chat_deleted":
        // It has no place in the order of changes: the chat may be back already.
        this.#forget(event.chat_id);
        return this.#hearOf(event.chat_id);
      case "message_read":
      case "message_delivered":
        return this.#movePointer(event);
      case "chat_settings":
        return this.#settle(event);
      default:
        return "applied";
    }
  }

  #inOrder(event: OrderedEvent): Outcome {
    const held = this.chats.get(event.chat_id);
    if (!held) return isMyEnd(event, this.userId) ? "applied" : this.#hearOf(event.chat_id);
    if (event.seq <= held.seq) return "applied";
    if (event.seq > held.seq + 1) {
      this.gaps += 1;
      return "behind";
    }
    held.seq = event.seq;
    held.chat.seq = Math.max(held.chat.seq, event.seq);
    return this.#apply(held, event);
  }

  #apply(held: HeldChat, event: OrderedEvent): Outcome {
    switch (event.type) {
      case "message_new":
      case "message_updated":
        putMessage(held, event.message);
        return "applied";
      case "message_deleted":
        held.messages.delete(event.message_id);
        return "applied";
      case "chat_updated":
        held.chat.title = event.title;
        held.chat.avatar = event.avatar;
        return "applied";
      case "member_role_changed":
        held.members.set(event.user_id, event.role);
        return "applied";
      case "member_added":
        return this.#addMember(held, event);
      case "member_removed":
        return this.#removeMember(held, event);
    }
  }

  /** Whoever joins has everything up to then behind them. */
  #addMember(held: HeldChat, event: ServerEventOf<"member_added">): Outcome {
    // I was away without noticing: what holds for me now only an answer tells.
    if (event.user_id === this.userId) return this.#startOver(event.chat_id);
    held.members.set(event.user_id, event.role);
    held.chat.members_version += 1;
    const { chat, newestId } = held;
    chat.others_read_message_id = furthest(chat.others_read_message_id, newestId);
    chat.others_delivered_message_id = furthest(chat.others_delivered_message_id, newestId);
    return "applied";
  }

  /** Whose pointer is the furthest after somebody has gone is not in the event. */
  #removeMember(held: HeldChat, event: ServerEventOf<"member_removed">): Outcome {
    if (event.user_id === this.userId) {
      this.#forget(event.chat_id);
      return "applied";
    }
    held.members.delete(event.user_id);
    held.chat.members_version += 1;
    return "behind";
  }

  #movePointer(event: ServerEventOf<"message_read"> | ServerEventOf<"message_delivered">): Outcome {
    const held = this.chats.get(event.chat_id);
    if (!held?.members.has(event.user_id)) return "applied";
    const { chat } = held;
    const isRead = event.type === "message_read";
    const position = isRead ? event.last_read_message_id : event.last_delivered_message_id;
    if (event.user_id === this.userId) {
      if (isRead) chat.last_read_message_id = furthest(chat.last_read_message_id, position);
      return "applied";
    }
    if (isRead) chat.others_read_message_id = furthest(chat.others_read_message_id, position);
    chat.others_delivered_message_id = furthest(chat.others_delivered_message_id, position);
    return "applied";
  }

  #settle({ chat_id, is_archived, is_favorite, muted_until }: ServerEventOf<"chat_settings">): Outcome {
    const held = this.chats.get(chat_id);
    if (held) Object.assign(held.chat, { is_archived, is_favorite, muted_until });
    return "applied";
  }

  #applyChat(told: Chat): void {
    this.#unknown.delete(told.id);
    const chat = { ...told };
    const newestId = Math.max(chat.last_message_id ?? 0, chat.history_from_id ?? 0);
    const held = this.chats.get(chat.id);
    if (!held) {
      this.chats.set(chat.id, { chat, seq: 0, members: new Map(), messages: new Map(), newestId });
      return;
    }
    held.newestId = Math.max(held.newestId, newestId);
    const hasReturned = held.chat.history_from_id !== chat.history_from_id;
    held.chat = chat;
    // In a group only a part of what is below is hidden, so it is asked for anew.
    if (hasReturned && chat.kind !== "private") beginAnew(held);
    if (hasReturned) for (const id of held.messages.keys()) if (isBefore(chat, id)) held.messages.delete(id);
  }

  #startOver(chatId: number): Outcome {
    this.#forget(chatId);
    return this.#hearOf(chatId);
  }

  #hearOf(chatId: number): Outcome {
    if (!this.chats.has(chatId)) this.#unknown.add(chatId);
    return "behind";
  }

  #forget(chatId: number): void {
    this.chats.delete(chatId);
    this.#unknown.delete(chatId);
  }
}

type OrderedEvent = ServerEventOf<
  | "message_new"
  | "message_updated"
  | "message_deleted"
  | "member_added"
  | "member_role_changed"
  | "member_removed"
  | "chat_updated"
>;

function isMyEnd(event: OrderedEvent, userId: number): boolean {
  return event.type === "member_removed" && event.user_id === userId;
}

function beginAnew(held: HeldChat): void {
  held.seq = 0;
  held.messages.clear();
  held.members.clear();
}

function applyChanges(held: HeldChat, { messages, members, seq }: ChatChanges): void {
  for (const entry of messages) {
    held.newestId = Math.max(held.newestId, entry.id);
    if ("message" in entry) putMessage(held, entry);
    else held.messages.delete(entry.id);
  }
  for (const member of members) {
    if ("removed" in member) held.members.delete(member.user_id);
    else held.members.set(member.user_id, member.role);
  }
  held.seq = seq;
}

/** What came before me is not for me, unless everybody may read it. */
function putMessage(held: HeldChat, message: Message): void {
  held.newestId = Math.max(held.newestId, message.id);
  const isHidden =
    isBefore(held.chat, message.id) && (held.chat.kind === "private" || message.envelopes !== null);
  if (isHidden) held.messages.delete(message.id);
  else held.messages.set(message.id, message);
}

function isBefore({ history_from_id }: Chat, messageId: number): boolean {
  return messageId <= (history_from_id ?? 0);
}

function furthest(known: number | null, position: number): number | null {
  return Math.max(known ?? 0, position) || null;
}
