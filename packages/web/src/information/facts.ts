import type { Chat, ChatMember, Person, Tacit } from "@tacit/client";

/** What is shown of a chat, taken in one go: the chat itself can be gone at any time. */
export interface ChatFacts {
  readonly chat: Chat;
  readonly id: number;
  readonly kind: Chat["kind"];
  readonly title: string;
  readonly avatarUrl: string | undefined;
  readonly peer: Person | undefined;
  readonly encrypted: boolean;
  readonly myRole: ChatMember["role"];
  readonly memberCount: number;
  readonly isFavorite: boolean;
  readonly isArchived: boolean;
  readonly mutedUntil: Date | undefined;
}

/** The facts of a chat; nothing if I am not in it. @param deleted what to call somebody whose account is deleted */
export function factsOf(tacit: Tacit, chatId: number, deleted: string): ChatFacts | undefined {
  const chat = tacit.chats.get(chatId);
  if (!chat) return undefined;
  const { kind, avatarUrl, encrypted, myRole, memberCount, isFavorite, isArchived, mutedUntil } = chat;
  const peer = chat.peer && nameable(chat.peer, deleted);
  const title = peer?.nickname ?? chat.title;
  const own = { chat, id: chatId, kind, title, avatarUrl, peer, encrypted, myRole };
  return { ...own, memberCount, isFavorite, isArchived, mutedUntil };
}

/** Whether somebody's account is gone: they have left nothing but their messages. */
export function isDeleted(person: Person): boolean {
  return person.username === "";
}

/** Somebody, called in the reader's language if their account is gone. */
export function nameable(person: Person, deleted: string): Person {
  return isDeleted(person) ? { ...person, nickname: deleted } : person;
}

/** Whether I add and remove people here, and say who is an admin. */
export function managesMembers({ kind, myRole }: ChatFacts): boolean {
  return kind !== "private" && myRole !== "member";
}
