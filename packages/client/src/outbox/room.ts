import { LIMITS } from "@tacit/protocol";
import { tooLarge, writeContent } from "../messages/content.ts";
import { roomOf } from "../messages/encryptor.ts";
import type { ChatRecord, OutgoingContent } from "../store/tables.ts";

/**
 * Refuses what a server would surely refuse at once, not when there is a network.
 *
 * @param files that are still to be uploaded
 * @throws TacitError `message_too_large`
 */
export function requireRoom(chat: ChatRecord, content: OutgoingContent, files = 0): void {
  if (content.attachments.length + files > LIMITS.metadataEntries) throw tooLarge();
  writeContent(content, { modern: false, room: roomOf(chat) });
}
