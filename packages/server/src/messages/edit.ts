import type { ClientEventOf, Message } from "@tacit/protocol";
import type { Bus } from "../bus/bus.ts";
import { advanceChat, type LockedChat, lockChat } from "../chats/change.ts";
import type { Database, Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import { announceMessage } from "./announcement.ts";
import {
  findChangeable,
  findThoseWithout,
  isBlockedIn,
  lacksEnvelopes,
  replaceContent,
} from "./changes-store.ts";
import { replaceNamedFiles } from "./files-store.ts";
import { namedFiles } from "./named-files.ts";
import { readMessage } from "./store.ts";

/** What changing a message needs from the rest of the server. */
export interface ChangeDependencies {
  readonly database: Database;
  readonly bus: Bus;
  /** Goes on removing what files leave behind. */
  readonly resumeSweeping: () => void;
}

/** A change of a message, committed. */
export interface Changed {
  readonly messageId: number;
  readonly seq: number;
}

/** What a client asks for. */
export type EditEvent = ClientEventOf<"edit_message">;

/**
 * Replaces the content of one's own message and tells every member's sockets. It does not move the chat in the list: what
 * counts there is what is new.
 *
 * @throws {TacitError} `not_a_member`, `may_not_write`, `blocked`, `unknown_message`, `forbidden` (somebody else's),
 *   `stale_members`, `envelopes_required`, `unknown_file` (one that the editor may not read).
 */
export async function editMessage(
  { database, bus }: ChangeDependencies,
  editorId: number,
  event: EditEvent,
): Promise<Changed> {
  const edited = await database.transaction(async (sql) => {
    const chat = await lockChat(sql, event.chat_id, editorId, "not_a_member");
    await requireRight(sql, chat, editorId, event);
    return await applyEdit(sql, chat, editorId, event);
  });
  announceMessage(bus, { type: "message_updated", ...edited });
  return { messageId: edited.message.id, seq: edited.message.seq };
}

/** In the order in which a send is checked. */
async function requireRight(
  sql: Sql,
  chat: LockedChat,
  editorId: number,
  { message_id, members_version, envelopes }: EditEvent,
): Promise<void> {
  if (chat.kind === "channel" && chat.role === "member") throw new TacitError("may_not_write");
  if (await isBlockedIn(sql, chat.id, editorId)) throw new TacitError("blocked");
  const message = await findChangeable(sql, chat, message_id);
  if (!message || message.deleted_at) throw new TacitError("unknown_message");
  if (message.sender_id !== editorId) throw new TacitError("forbidden");
  if (members_version !== undefined && members_version !== chat.members_version)
    throw new TacitError("stale_members", { membersVersion: chat.members_version });
  if (chat.encrypted && (await lacksEnvelopes(sql, chat, envelopes)))
    throw new TacitError("envelopes_required");
}

interface Edited {
  readonly message: Message;
  readonly envelopes: Message["envelopes"];
  readonly audienceVersion: number;
  readonly hiddenFrom: readonly number[];
}

async function applyEdit(
  sql: Sql,
  chat: LockedChat,
  editorId: number,
  { message_id, message, message_type, envelopes, metadata }: EditEvent,
): Promise<Edited> {
  const naming = { chatId: chat.id, messageId: message_id };
  if (!(await replaceNamedFiles(sql, naming, editorId, namedFiles(metadata))))
    throw new TacitError("unknown_file");
  const { seq, audience_version: audienceVersion } = await advanceChat(sql, chat.id);
  const content = { seq, message, message_type, envelopes, metadata };
  const kept = await replaceContent(sql, chat, message_id, content);
  const edited = await readMessage(sql, chat.id, message_id, editorId);
  if (!edited) throw new Error("the message vanished under its chat's lock");
  const hiddenFrom = await findThoseWithout(sql, chat.id, message_id);
  return { message: edited, envelopes: kept, audienceVersion, hiddenFrom };
}
