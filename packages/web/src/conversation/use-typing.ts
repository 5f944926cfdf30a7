import { useEffect, useState } from "react";
import { useTacit } from "../live/account.tsx";

/** Ids of the others who write in a chat now. */
export function useTyping(chatId: number): readonly number[] {
  const tacit = useTacit();
  const [typing, setTyping] = useState<readonly number[]>([]);
  useEffect(() => {
    setTyping([]);
    return tacit.on("typing", (change) => {
      if (change.chatId !== chatId || change.userId === tacit.id) return;
      setTyping((ids) => {
        const others = ids.filter((id) => id !== change.userId);
        return change.isTyping ? [...others, change.userId] : others;
      });
    });
  }, [tacit, chatId]);
  return typing;
}
