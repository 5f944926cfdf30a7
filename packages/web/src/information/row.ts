import { useSyncExternalStore } from "react";
import { type ChatRow, chatRowsOf } from "../chats/chat-rows.ts";
import { useTacit } from "../live/account.tsx";

/** What the list of chats says of a chat: the dialogs that the list has are good here as well. */
export function useRow(chatId: number): ChatRow | undefined {
  const rows = chatRowsOf(useTacit());
  return useSyncExternalStore(rows.subscribe, () => rows.get(chatId));
}
