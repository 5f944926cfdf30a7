import type { Chat, DepartedMember, Member, SyncedMember, User } from "@tacit/protocol";
import type { ChatRecord, MemberRecord, ProfileRecord } from "../store/tables.ts";
import { mergedChat, newChatRecord } from "./chat-record.ts";
import type { Draft } from "./draft.ts";
import type { ChatInput, MembersInput, PointerInput, SettingsInput, Understood } from "./inputs.ts";
import { MessageRows } from "./message-rows.ts";
import { newOutcome, type Outcome, type ReducerContext } from "./outcome.ts";
import { isUnread, newTally, settledUnread, type Tally } from "./unread.ts";

/**
 * Applies everything that is told of the account to what is held, whichever way it came: what arrives live and what is caught
 * up go through here, so they cannot differ. Knows no network, and the store only as far as the draft shows it.
 *
 * @param inputs in the order in which they came
 */
export async function reduce(
  draft: Draft,
  inputs: readonly Understood[],
  context: ReducerContext,
): Promise<Outcome> {
  const reducer = new Reducer(draft, context);
  for (const input of inputs) await reducer.apply(input);
  return await reducer.settle();
}

class Reducer {
  readonly #draft: Draft;
  readonly #userId: number;
  readonly #outcome = newOutcome();
  readonly #tallies = new Map<number, Tally>();
  /** How far chats are according to the server. */
  readonly #told = new Map<number, number>();
  readonly #messages: MessageRows;

  constructor(draft: Draft, { userId, outbox }: ReducerContext) {
    this.#draft = draft;
    this.#userId = userId;
    this.#messages = new MessageRows({
      draft,
      userId,
      outbox,
      outcome: this.#outcome,
      tallyOf: (chatId) => this.#tallyOf(chatId),
    });
  }

  async apply(input: Understood): Promise<void> {
    switch (input.kind) {
      case "chat":
        return await this.#showChat(input);
      case "gone":
        return await this.#drop(input.chatId, input.seq);
      case "profiles":
        return await this.#putProfiles(input.users);
    }
    const chatId = input.kind === "settings" ? input.settings.chat_id : input.chatId;
    const chat = await this.#draft.get("chat", [chatId]);
    if (!chat || (input.kind === "changes" && chat.seq < input.after)) {
      if (input.kind === "changes") this.#outcome.behind.add(chatId);
      return;
    }
    switch (input.kind) {
      case "changes":
        await this.#messages.stream(chat, input);
        return await this.#changeMembers(chat, input.members);
      case "page":
        return await this.#messages.addPage(chat, input);
      case "members":
        return await this.#replaceMembers(chat, input);
      case "figure":
        this.#tallyOf(chatId).figure = input;
        return;
      case "read":
      case "delivered":
        return await this.#movePointer(chat, input);
      case "cleared":
        return this.#messages.clear(chat, input);
      case "settings":
        return this.#putChat({ ...chat, ...settingsOf(input) });
    }
  }

  /** Does what can be done only once, when all is applied. */
  async settle(): Promise<Outcome> {
    for (const [chatId, tally] of this.#tallies) {
      const chat = await this.#draft.get("chat", [chatId]);
      if (!chat) continue;
      const settled = await settledUnread(this.#draft, chat, tally, this.#userId);
      if (settled.unread !== chat.unread || settled.unreadUncertain !== chat.unreadUncertain)
        this.#putChat(settled);
      if (settled.unreadUncertain) this.#outcome.uncertain.add(chatId);
    }
    for (const [chatId, seq] of this.#told) {
      const chat = await this.#draft.get("chat", [chatId]);
      if (chat && chat.seq < seq) this.#outcome.behind.add(chatId);
    }
    await this.#leaveOutSeen();
    return this.#outcome;
  }

  /** What was read on another device is no news. */
  async #leaveOutSeen(): Promise<void> {
    const { arrived } = this.#outcome;
    for (const [chatId, messageIds] of arrived) {
      const chat = await this.#draft.get("chat", [chatId]);
      const unseen: number[] = [];
      for (const id of messageIds)
        if (chat && isUnread(await this.#draft.get("message", [chatId, id]), chat, this.#userId))
          unseen.push(id);
      if (unseen.length > 0) arrived.set(chatId, unseen);
      else arrived.delete(chatId);
    }
  }

  async #showChat({ chat, latest }: ChatInput): Promise<void> {
    const known = await this.#draft.get("chat", [chat.id]);
    if (!known) return await this.#adopt(chat);
    const isOlder = chat.seq < known.seq;
    if (isOlder && !latest) return;
    // A server that was restored from a backup does not know what is here.
    if (isOlder || (chat.history_from_id ?? 0) < (known.historyFromId ?? 0)) {
      await this.#drop(chat.id);
      return await this.#adopt(chat);
    }
    this.#told.set(chat.id, chat.seq);
    const merged = mergedChat(known, chat, latest);
    if (merged.membersVersion !== known.membersVersion) this.#outcome.membership.add(chat.id);
    if (merged.readId > known.readId) this.#tallyOf(chat.id).recount = true;
    this.#putChat(merged);
    if (merged.historyFromId !== known.historyFromId) await this.#messages.hideBefore(merged);
    await this.#putProfiles(peerOf(chat));
  }

  async #adopt(chat: Chat): Promise<void> {
    const wasEncrypted = await this.#draft.get("setting", [encryptedSetting(chat.id)]);
    const record = newChatRecord(chat);
    this.#putChat(wasEncrypted === true ? { ...record, encrypted: true } : record);
    this.#outcome.adopted.add(chat.id);
    this.#outcome.membership.add(chat.id);
    if (record.kind !== "private" || record.peerId === null) return;
    const common = { chatId: chat.id, seq: 0, role: "member", joinedAt: chat.created_at } as const;
    const { readId, deliveredId, othersReadId, othersDeliveredId } = record;
    this.#putMember({ ...common, userId: this.#userId, readId, deliveredId });
    this.#putMember({
      ...common,
      userId: record.peerId,
      readId: othersReadId,
      deliveredId: othersDeliveredId,
    });
    await this.#putProfiles(peerOf(chat));
  }

  /** The rows of what waits to be sent are the outbox's own. */
  async #drop(chatId: number, seq = Number.POSITIVE_INFINITY): Promise<void> {
    const chat = await this.#draft.get("chat", [chatId]);
    if (!chat || chat.seq >= seq) return;
    await this.#messages.dropAll(chatId);
    for (const table of ["member", "notice"] as const) {
      const keys = await this.#draft.keys(table, { prefix: [chatId] }, ([id]) => id === chatId);
      for (const key of keys) this.#draft.remove(table, key);
    }
    this.#draft.remove("draft", [chatId]);
    // If it comes back it must not come back as a plain one.
    if (chat.encrypted) this.#draft.put("setting", [encryptedSetting(chatId)], true);
    this.#draft.remove("chat", [chatId]);
    this.#tallies.delete(chatId);
    this.#told.delete(chatId);
    this.#outcome.forget(chatId);
    this.#outcome.restarted.add(chatId);
  }

  async #changeMembers({ id, createdAt }: ChatRecord, changes: readonly (SyncedMember | DepartedMember)[]) {
    await this.#draft.load(
      "member",
      changes.map(({ user_id }) => [id, user_id]),
    );
    for (const change of changes) {
      const known = await this.#draft.get("member", [id, change.user_id]);
      if (known && known.seq >= change.seq) continue;
      this.#outcome.membership.add(id);
      if ("removed" in change) this.#putMember(departed(known ?? { createdAt }, id, change));
      else this.#putMember(merged(known, id, change, change.seq));
    }
    await this.#putProfiles(changes.flatMap((change) => ("removed" in change ? [] : [profileOf(change)])));
  }

  /** Who is not among them is gone, unless what is known is newer. */
  async #replaceMembers(chat: ChatRecord, { seq, members }: MembersInput): Promise<void> {
    const { id } = chat;
    const keys = await this.#draft.keys("member", { prefix: [id] }, ([chatId]) => chatId === id);
    await this.#draft.load("member", [
      ...keys,
      ...members.map(({ user_id }) => [id, user_id] as [number, number]),
    ]);
    const present = new Set(members.map(({ user_id }) => user_id));
    for (const [, userId] of keys) {
      const known = await this.#draft.get("member", [id, userId]);
      if (known && !known.removed && known.seq <= seq && !present.has(userId))
        this.#putMember({ ...known, seq, removed: true });
    }
    for (const member of members) {
      const known = await this.#draft.get("member", [id, member.user_id]);
      if (!known || known.seq <= seq) this.#putMember(merged(known, id, member, seq));
    }
    this.#putChat({ ...chat, membersLoaded: true });
    await this.#putProfiles(members.map(profileOf));
  }

  async #movePointer(chat: ChatRecord, input: PointerInput): Promise<void> {
    const { userId, messageId } = input;
    const isRead = input.kind === "read";
    const member = await this.#draft.get("member", [chat.id, userId]);
    if (member?.removed) return;
    const furthest = (known: number, moves: boolean) => (moves ? Math.max(known, messageId) : known);
    if (member && messageId > (isRead ? member.readId : member.deliveredId))
      this.#putMember({
        ...member,
        readId: furthest(member.readId, isRead),
        deliveredId: furthest(member.deliveredId, true),
      });
    if (userId === this.#userId) return this.#moveMine(chat, input);
    const othersReadId = furthest(chat.othersReadId, isRead);
    const othersDeliveredId = furthest(chat.othersDeliveredId, true);
    if (othersReadId !== chat.othersReadId || othersDeliveredId !== chat.othersDeliveredId)
      this.#putChat({ ...chat, othersReadId, othersDeliveredId });
  }

  #moveMine(chat: ChatRecord, { kind, messageId, toTell }: PointerInput): void {
    const { readToTell, ...rest } = chat;
    const deliveredId = Math.max(chat.deliveredId, messageId);
    if (kind === "delivered") {
      if (deliveredId > chat.deliveredId) this.#putChat({ ...chat, deliveredId });
      return;
    }
    const readId = Math.max(chat.readId, messageId);
    if (readId > chat.readId) this.#tallyOf(chat.id).recount = true;
    if (toTell) {
      if (readId > chat.readId) this.#putChat({ ...chat, readId, deliveredId, readToTell: messageId });
      return;
    }
    const isToldYet = readToTell === undefined || readToTell <= messageId;
    this.#putChat({ ...rest, readId, deliveredId, ...(isToldYet ? {} : { readToTell }) });
  }

  async #putProfiles(profiles: readonly (User | undefined)[]): Promise<void> {
    for (const user of profiles) {
      if (!user) continue;
      const { id: userId, username, nickname, avatar } = user;
      const known = await this.#draft.get("profile", [userId]);
      const profile = { userId, username, nickname, avatar };
      if (!known) this.#outcome.hasNewPeople = true;
      if (!known || !isSameProfile(known, profile)) this.#draft.put("profile", [userId], profile);
    }
  }

  #putChat(chat: ChatRecord): void {
    this.#draft.put("chat", [chat.id], chat);
  }

  #putMember(member: MemberRecord): void {
    this.#draft.put("member", [member.chatId, member.userId], member);
  }

  #tallyOf(chatId: number): Tally {
    const tally = this.#tallies.get(chatId) ?? newTally();
    this.#tallies.set(chatId, tally);
    return tally;
  }
}

function encryptedSetting(chatId: number): string {
  return `encrypted/${chatId}`;
}

function settingsOf({ settings }: SettingsInput) {
  const { is_favorite: isFavorite, is_archived: isArchived, muted_until: mutedUntil } = settings;
  return { isFavorite, isArchived, mutedUntil };
}

function merged(known: MemberRecord | undefined, chatId: number, member: Member, seq: number): MemberRecord {
  return {
    chatId,
    userId: member.user_id,
    seq,
    role: member.role,
    joinedAt: member.joined_at,
    readId: Math.max(known?.readId ?? 0, member.last_read_message_id ?? 0),
    deliveredId: Math.max(known?.deliveredId ?? 0, member.last_delivered_message_id ?? 0),
  };
}

/** Who was never here as a member has no better time of joining than the chat's own. */
function departed(
  known: MemberRecord | { readonly createdAt: string },
  chatId: number,
  { user_id, seq }: DepartedMember,
): MemberRecord {
  if ("userId" in known) return { ...known, seq, role: "member", removed: true };
  const nothing = { role: "member", joinedAt: known.createdAt, readId: 0, deliveredId: 0 } as const;
  return { chatId, userId: user_id, seq, ...nothing, removed: true };
}

function profileOf({ user_id: id, username, nickname, avatar }: Member): User {
  return { id, username, nickname, avatar };
}

function peerOf({ kind, peer_id: id, peer_username, peer_nickname, peer_avatar: avatar }: Chat): User[] {
  if (kind !== "private" || id === null || peer_username === null || peer_nickname === null) return [];
  return [{ id, username: peer_username, nickname: peer_nickname, avatar }];
}

function isSameProfile(one: ProfileRecord, other: ProfileRecord): boolean {
  return one.username === other.username && one.nickname === other.nickname && one.avatar === other.avatar;
}
