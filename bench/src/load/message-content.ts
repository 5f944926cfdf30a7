import { randomBytes } from "node:crypto";
import type { Envelopes } from "@tacit/protocol";
import type { Person } from "./people.ts";

/** What existing clients put into a message of one or two sentences. */
const CIPHERTEXT_BYTES = 200;

/** The fields of a message that its sender chooses. */
export interface Content {
  readonly message: string;
  readonly envelopes: Envelopes;
}

/** Random bytes in the form and of the size of an encrypted message between two people. */
export function encryptedContent({ userId, peerId }: Person): Content {
  return encryptedFor([userId, peerId]);
}

/** The same for many, each with an envelope of their own. */
export function encryptedFor(recipients: readonly number[]): Content {
  const base64 = (bytes: number) => randomBytes(bytes).toString("base64");
  const envelope = () => ({ key: base64(48), ephem_pub_key: base64(32), iv: base64(12) });
  return {
    message: JSON.stringify({ ciphertext: base64(CIPHERTEXT_BYTES), nonce: base64(12) }),
    envelopes: Object.fromEntries(recipients.map((userId) => [userId, envelope()])),
  };
}

/** A frame as text around the one thing that differs from one sending to the next. */
export interface FrameTemplate {
  readonly before: string;
  readonly after: string;
}

/** Who writes where. */
type Writer = Pick<Person, "userId" | "chatId">;

/** The frame of a sender, with `null` in the optional fields as existing clients send them. */
export function sendTemplate(person: Person, content = encryptedContent(person)): FrameTemplate {
  return sendFrame(person.chatId, content);
}

/** The frame of someone who writes to many, each with an envelope of their own. */
export function groupTemplate(chatId: number, recipients: readonly number[]): FrameTemplate {
  return sendFrame(chatId, encryptedFor(recipients));
}

function sendFrame(chatId: number, content: Content): FrameTemplate {
  return templateOf({
    type: "send_message",
    chat_id: chatId,
    message: content.message,
    message_type: "text",
    envelopes: content.envelopes,
    metadata: null,
    reply_to_message_id: null,
    client_message_id: HOLE,
  });
}

/** What one reader of a message receives, as the server sends it. */
export function deliveryTemplate(sender: Writer, readerId: number, content: Content): FrameTemplate {
  return templateOf({
    type: "message_new",
    chat_id: sender.chatId,
    seq: 10_000,
    message: {
      id: 1_000_000,
      chat_id: sender.chatId,
      seq: 10_000,
      envelopes: { [readerId]: content.envelopes[readerId] },
      sender_id: sender.userId,
      client_message_id: HOLE,
      message: content.message,
      message_type: "text",
      metadata: null,
      reply_to_message_id: null,
      edited_at: null,
      forwarded_from_message_id: null,
      forwarded_from_chat_id: null,
      forwarded_from_sender_id: null,
      deleted_at: null,
      deleted_by: null,
      is_read: false,
      is_delivered: false,
      status: "sent",
      system: null,
      created_at: new Date(0).toISOString(),
      has_files: false,
    },
  });
}

/** What the sender receives once the message is stored. */
export function okTemplate(sender: Writer): FrameTemplate {
  return templateOf({
    type: "ok",
    client_message_id: HOLE,
    chat_id: sender.chatId,
    message_id: 1_000_000,
    seq: 10_000,
  });
}

const HOLE = "00000000-0000-4000-8000-000000000000";

function templateOf(frame: object): FrameTemplate {
  const [before = "", after = ""] = JSON.stringify(frame).split(HOLE);
  return { before, after };
}

const FIELD = '"client_message_id":"';

/** Finds the id in a frame without parsing it, so that the generator's share of the machine stays small; null without one. */
export function clientMessageIdIn(frame: string): string | null {
  const at = frame.indexOf(FIELD);
  return at < 0 ? null : frame.slice(at + FIELD.length, at + FIELD.length + HOLE.length);
}
