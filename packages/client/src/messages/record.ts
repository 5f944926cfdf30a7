import type { Message } from "@tacit/protocol";
import type { MessageRecord } from "../store/tables.ts";
import { isBounded, type Reading } from "./reading.ts";

/**
 * The record of a message. What was verified stays as it was if what comes after it is not verified, or is another message:
 * a server that cannot forge an edit must not be able to take the message away with one either. Pure.
 *
 * @param previous what is held of the message
 */
export function recordOf(
  message: Message,
  reading: Reading,
  previous: MessageRecord | undefined,
): MessageRecord {
  const held = previous?.content && previous.trust === "verified" ? previous : undefined;
  if (held && !mayReplace(held, message, reading)) return refusedEdit(held, message, reading);
  const fields = fieldsOf(message);
  const rev = previous?.rev ?? null;
  if ("content" in reading) {
    const { trust, content } = reading;
    const system = trust === "system" ? message.system : null;
    return { ...fields, system, trust, rev: reading.rev ?? rev, content };
  }
  const unreadable = "unreadable" in reading ? reading.unreadable : "forged";
  return { ...fields, trust: "unverified_sender", rev, unreadable, ...rawOf(message) };
}

/** Who wrote a message, and as what they first sent it, never changes. */
function mayReplace(held: MessageRecord, message: Message, reading: Reading): boolean {
  return "content" in reading && reading.trust === "verified" && isSameMessage(held, message);
}

function isSameMessage(held: MessageRecord, { sender_id, client_message_id }: Message): boolean {
  return (
    held.senderId === sender_id && held.clientMessageId?.toLowerCase() === client_message_id?.toLowerCase()
  );
}

/** What could not be read yet may be once there is a key, or another identity was accepted. */
function refusedEdit(held: MessageRecord, message: Message, reading: Reading): MessageRecord {
  const { raw: _, ...rest } = held;
  const mayComeGood = "unreadable" in reading && isSameMessage(held, message);
  return { ...rest, seq: message.seq, editRefused: true, ...(mayComeGood && rawOf(message)) };
}

function rawOf(message: Message): Pick<MessageRecord, "raw"> {
  return isBounded(message) ? { raw: message } : {};
}

function fieldsOf(message: Message) {
  const { forwarded_from_message_id, forwarded_from_chat_id, forwarded_from_sender_id } = message;
  return {
    chatId: message.chat_id,
    id: message.id,
    seq: message.seq,
    senderId: message.sender_id,
    clientMessageId: message.client_message_id,
    createdAt: message.created_at,
    editedAt: message.edited_at,
    replyToId: message.reply_to_message_id,
    forwardedFrom:
      forwarded_from_message_id === null
        ? null
        : {
            chatId: forwarded_from_chat_id,
            messageId: forwarded_from_message_id,
            senderId: forwarded_from_sender_id,
          },
    type: message.message_type,
    system: null,
  };
}
