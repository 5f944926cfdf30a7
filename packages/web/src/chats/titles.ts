import type { Texts } from "../language/en/index.ts";
import type { ChatRow } from "./chat-rows.ts";
import { nameOf } from "./system-text.ts";

/** What to call a chat: its title, or the other side's name. */
export function titleOf({ title, peer }: Pick<ChatRow, "title" | "peer">, texts: Texts): string {
  return peer ? nameOf(peer, texts) : title;
}
