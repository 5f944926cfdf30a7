import type { Message } from "@tacit/protocol";
import type { Bus } from "../bus/bus.ts";

/** A message whose change took a `seq`, for all who are to be told. */
export interface Announcement {
  readonly type: "message_new" | "message_updated";
  /** Its `envelopes` are not looked at: each recipient gets their own. */
  readonly message: Omit<Message, "envelopes">;
  readonly envelopes: Message["envelopes"];
  readonly audienceVersion: number;
  /** Members for whom the message is not: they are told, under the same `seq`, that they do not have it. */
  readonly hiddenFrom?: readonly number[];
}

/** Tells every member's sockets of a new or an edited message, after its commit. */
export function announceMessage(bus: Bus, announcement: Announcement): void {
  const { type, message, envelopes, audienceVersion, hiddenFrom = [] } = announcement;
  const { chat_id, seq } = message;
  bus.publish("chat.event", {
    chatId: chat_id,
    seq,
    audienceVersion,
    envelopes,
    frame: {
      type,
      chat_id,
      seq,
      // The recipients' own envelopes are put in at delivery; the field comes before `metadata`, which clients may fill freely.
      message: { envelopes: null, ...withoutEnvelopes(message) },
    },
    ...(hiddenFrom.length > 0 ? { instead: { userIds: hiddenFrom, frame: withheld(message) } } : {}),
  });
}

/** A message read from the database brings its reader's own. */
function withoutEnvelopes(message: Announcement["message"] & Partial<Pick<Message, "envelopes">>): object {
  const { envelopes: _, ...content } = message;
  return content;
}

function withheld({ chat_id, id, seq, sender_id, edited_at, created_at }: Announcement["message"]): object {
  const deleted_at = edited_at ?? created_at;
  return { type: "message_deleted", chat_id, message_id: id, deleted_at, deleted_by: sender_id, seq };
}
