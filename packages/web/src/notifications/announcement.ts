import { previewOf } from "../chats/preview.ts";
import { type NamesOf, nameOf } from "../chats/system-text.ts";
import type { Texts } from "../language/en/index.ts";
import type { Arrival } from "./arrivals.ts";

/** How new messages of a chat are announced. Without `showsText` it tells from whom they are, and nothing else. */
export function announcementOf(
  { chat, message, count }: Arrival,
  {
    showsText,
    names,
    texts,
  }: { readonly showsText: boolean; readonly names: NamesOf; readonly texts: Texts },
): { readonly title: string; readonly body: string } {
  const { notifications: t } = texts;
  const isMany = chat.kind !== "private";
  const title = chat.peer ? nameOf(chat.peer, texts) : chat.title;
  if (!showsText) {
    const news = t.newMessages(count);
    return { title, body: isMany && count === 1 ? t.from(nameOf(message.sender, texts), news) : news };
  }
  const { sender, text } = previewOf(message, { names, texts, isMany });
  return {
    title: count > 1 ? t.several(title, count) : title,
    body: sender === undefined ? text : t.from(sender, text),
  };
}
