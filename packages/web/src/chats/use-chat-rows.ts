import { useSyncExternalStore } from "react";
import { useTacit } from "../live/account.tsx";
import { type ChatRow, chatRowsOf } from "./chat-rows.ts";

/** All chats, as the list shows them and in its order. */
export function useChatRows(): readonly ChatRow[] {
  const rows = chatRowsOf(useTacit());
  return useSyncExternalStore(rows.subscribe, rows.list);
}

/** One of them; nothing if I am not in it. */
export function useChatRow(chatId: number): ChatRow | undefined {
  const rows = chatRowsOf(useTacit());
  return useSyncExternalStore(rows.subscribe, () => rows.get(chatId));
}
