import { type RefObject, useEffect, useRef } from "react";
import { useTacit } from "../live/account.tsx";

/**
 * The text that was being written in a chat, also once the chat is gone, and its draft with it. Heard here, not with
 * `useVersion`: every keystroke that is kept changes it, and nothing is to be drawn anew for that.
 */
export function useLastDraft(chatId: number): RefObject<string> {
  const tacit = useTacit();
  const last = useRef("");
  useEffect(() => {
    const look = () => {
      const chat = tacit.chats.get(chatId);
      if (chat) last.current = chat.draft?.text ?? "";
    };
    look();
    return tacit.on("drafts", (change) => {
      if (change.chatId === chatId) look();
    });
  }, [tacit, chatId]);
  return last;
}
