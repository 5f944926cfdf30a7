import type { Chat, Person, Tacit } from "@tacit/client";
import { useTacit, useVersion } from "../live/account.tsx";

/** What a chat says of itself, taken in one go: the chat may be gone a moment later. */
export interface ChatFacts {
  readonly chat: Chat;
  readonly id: number;
  readonly kind: Chat["kind"];
  readonly title: string;
  readonly avatarUrl: string | undefined;
  readonly peer: Person | undefined;
  readonly encrypted: boolean;
  readonly myRole: Chat["myRole"];
  readonly memberCount: number;
  readonly unread: number;
  readonly mutedUntil: Date | undefined;
  /** What was begun to be written. */
  readonly draft: string;
}

/** What a chat says of itself now; nothing if it is gone. It draws the component anew when that changes. */
export function useChatFacts(chatId: number): ChatFacts | undefined {
  useVersion("chats", "profiles", `drafts:${chatId}`);
  return factsOf(useTacit(), chatId);
}

function factsOf(tacit: Tacit, chatId: number): ChatFacts | undefined {
  const chat = tacit.chats.get(chatId);
  if (!chat) return undefined;
  const { id, kind, title, avatarUrl, peer, encrypted, myRole, memberCount, unread, mutedUntil, draft } =
    chat;
  const shared = {
    chat,
    id,
    kind,
    title,
    avatarUrl,
    peer,
    encrypted,
    myRole,
    memberCount,
    unread,
    mutedUntil,
  };
  return { ...shared, draft: draft?.text ?? "" };
}
