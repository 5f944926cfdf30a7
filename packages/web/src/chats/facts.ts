import type { Chat } from "@tacit/client";
import { useTexts } from "../language/language.tsx";
import { useTacit, useVersion } from "../live/account.tsx";
import { titleOf } from "./titles.ts";

/** What a chat says of itself, taken in one go: the chat may be gone a moment later. Its title is in the reader's language. */
export interface ChatFacts
  extends Pick<
    Chat,
    | "id"
    | "kind"
    | "title"
    | "avatarUrl"
    | "peer"
    | "encrypted"
    | "myRole"
    | "memberCount"
    | "unread"
    | "isFavorite"
    | "isArchived"
    | "mutedUntil"
  > {
  readonly chat: Chat;
}

/** What a chat says of itself now; nothing if I am not in it. It draws the component anew when that changes. */
export function useChatFacts(chatId: number): ChatFacts | undefined {
  useVersion("chats", "profiles");
  const texts = useTexts();
  const chat = useTacit().chats.get(chatId);
  if (!chat) return undefined;
  const { id, kind, avatarUrl, peer, encrypted, myRole, memberCount, unread } = chat;
  const { isFavorite, isArchived, mutedUntil } = chat;
  const title = titleOf(chat, texts);
  const is = { chat, id, kind, title, avatarUrl, peer, encrypted, myRole, memberCount, unread };
  return { ...is, isFavorite, isArchived, mutedUntil };
}
