import type { Message } from "@tacit/client";
import { nameOf } from "../chats/system-text.ts";
import { Spoken } from "../design/spoken.tsx";
import { useTexts } from "../language/language.tsx";
import { lineOf } from "./quote.tsx";

/** Reads aloud what others write while the chat is open. */
export function Announcer({ messages }: { readonly messages: readonly Message[] }) {
  const texts = useTexts();
  return (
    <div role="log" aria-live="polite" aria-relevant="additions" aria-label={texts.conversation.newMessages}>
      {messages.map((message) => (
        <Spoken key={message.key}>
          {texts.conversation.announce(nameOf(message.sender, texts), lineOf(message, texts))}
        </Spoken>
      ))}
    </div>
  );
}
