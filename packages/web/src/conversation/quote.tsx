import type { Message } from "@tacit/client";
import { nameOf } from "../chats/system-text.ts";
import { Spoken } from "../design/spoken.tsx";
import type { Texts } from "../language/en/index.ts";
import { useTexts } from "../language/language.tsx";
import { useAnswer, useTacit, useVersion } from "../live/account.tsx";
import styles from "./bubble.module.css";
import { useSetting } from "./deeds.tsx";

/** What a message says in one line, also if it is no text. */
export function lineOf(message: Message, texts: Texts): string {
  const { conversation } = texts;
  if (message.unreadable) return conversation.unreadable[message.unreadable];
  if (message.kind === "voice_message") return conversation.voiceMessage;
  if (message.kind === "video_message") return conversation.videoMessage;
  if (message.text !== "") return message.text;
  const [first] = message.attachments;
  if (first?.mimetype.startsWith("image/")) return conversation.picture;
  return first ? conversation.attachment(first.name) : conversation.unknownKind;
}

/** The message that another answers; a click jumps to it. */
export function Quote({ messageId }: { readonly messageId: number }) {
  const texts = useTexts();
  const { chatId, deeds } = useSetting();
  const tacit = useTacit();
  const version = useVersion(`messages:${chatId}`);
  const { value: message, isLoading } = useAnswer(
    async () => await tacit.chats.get(chatId)?.message(messageId),
    [tacit, chatId, messageId, version],
  );
  const name = message ? nameOf(message.sender, texts) : "";
  return (
    <button
      type="button"
      className={styles.quote}
      data-tint={message ? message.sender.id % 8 : undefined}
      onClick={() => deeds.goTo(messageId)}
    >
      {message ? (
        <span className={styles.quoteName}>
          <Spoken>{texts.conversation.answerTo}</Spoken> {name}
        </span>
      ) : null}{" "}
      <span className={styles.quoteText} dir="auto">
        {message ? lineOf(message, texts) : isLoading ? "…" : texts.conversation.quoteGone}
      </span>
    </button>
  );
}
