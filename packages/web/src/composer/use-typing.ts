import type { Chat } from "@tacit/client";
import { useEffect, useMemo } from "react";
import { TypingNotice } from "./typing-notice.ts";

/** Tells those who look at a chat that somebody types in it; that ends with the component. */
export function useTyping(chat: () => Chat | undefined): TypingNotice {
  const notice = useMemo(
    () =>
      new TypingNotice((isTyping) => {
        // Nobody waits for it: without the network there is nobody to tell.
        void chat()
          ?.setTyping(isTyping)
          .catch(() => undefined);
      }),
    [chat],
  );
  useEffect(() => () => notice.stop(), [notice]);
  return notice;
}
