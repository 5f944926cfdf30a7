import type { Static, TProperties } from "typebox";
import * as Type from "typebox";
import { LIMITS } from "./limits.ts";
import { Envelopes, MessageText, MessageType, Metadata } from "./messages.ts";
import { Id, Uuid } from "./schema.ts";

/**
 * A frame from the client: its type, what it does, the events that answer it and its fields. Any may carry a
 * `request_id`.
 */
function clientEvent<const Name extends string, P extends TProperties>(
  type: Name,
  summary: string,
  answers: readonly string[],
  fields: P,
) {
  const request_id = Type.Optional(
    Type.String({
      maxLength: LIMITS.requestIdCharacters,
      description: "Comes back in the `ok` or `error` that answers this frame.",
    }),
  );
  return { summary, answers, schema: Type.Object({ type: Type.Literal(type), ...fields, request_id }) };
}

const Content = {
  message: MessageText,
  message_type: Type.Optional(MessageType),
  envelopes: Type.Optional(Envelopes),
  metadata: Type.Optional(Metadata),
};

const Guard = {
  members_version: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "The membership that it was encrypted for. If it has changed: `stale_members`.",
    }),
  ),
};

const Sending = {
  chat_id: Id,
  ...Content,
  reply_to_message_id: Type.Optional(Id),
  client_message_id: Type.Optional(Uuid),
  ...Guard,
};

const DONE = ["ok", "error"];
/** A send may answer `message_deleted`: it repeats one whose message was deleted since. */
const SENT = ["message_new", "message_deleted", ...DONE];

/** Every frame that a client may send, by its `type`. */
export const clientEvents = {
  init: clientEvent("init", "Name the people whose presence to follow.", ["presence", ...DONE], {
    contacts: Type.Array(Id, { maxItems: LIMITS.initContacts }),
  }),
  join_chat: clientEvent("join_chat", "Follow who types in a chat.", DONE, { chat_id: Id }),
  leave_chat: clientEvent("leave_chat", "Stop following who types in a chat.", DONE, { chat_id: Id }),
  send_message: clientEvent("send_message", "Send a message.", SENT, Sending),
  voice_message: clientEvent("voice_message", "Send a voice message.", SENT, Sending),
  video_message: clientEvent("video_message", "Send a video message.", SENT, Sending),
  edit_message: clientEvent(
    "edit_message",
    "Replace the content of my message. Without `message_type` it keeps its own.",
    ["message_updated", ...DONE],
    { chat_id: Id, message_id: Id, ...Content, ...Guard },
  ),
  delete_message: clientEvent(
    "delete_message",
    "Delete a message for everyone.",
    ["message_deleted", ...DONE],
    {
      chat_id: Id,
      message_id: Id,
    },
  ),
  forward_message: clientEvent(
    "forward_message",
    "Forward a message, encrypted anew for another chat.",
    SENT,
    {
      from_chat_id: Id,
      message_id: Id,
      to_chat_id: Id,
      ...Content,
      client_message_id: Type.Optional(Uuid),
      ...Guard,
    },
  ),
  typing: clientEvent(
    "typing",
    "Say that I type, or no longer type, in a chat that this socket has joined.",
    ["error"],
    {
      chat_id: Id,
      is_typing: Type.Boolean(),
    },
  ),
};

/** The `type` of a client's frame. */
export type ClientEventType = keyof typeof clientEvents;
/** The client's frame of one type, validated. */
export type ClientEventOf<T extends ClientEventType> = Static<(typeof clientEvents)[T]["schema"]>;
/** Any frame that a client may send, validated; told apart by its `type`. */
export type ClientEvent = { [T in ClientEventType]: ClientEventOf<T> }[ClientEventType];
