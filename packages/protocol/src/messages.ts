import type { Static } from "typebox";
import * as Type from "typebox";
import { endpoint } from "./endpoint.ts";
import { LIMITS } from "./limits.ts";
import {
  byId,
  bytesAtMost,
  Counter,
  Id,
  IdParams,
  nullable,
  Role,
  Timestamp,
  Uuid,
  utf8Length,
} from "./schema.ts";

const EnvelopeField = bytesAtMost(LIMITS.envelopeFieldBytes);

/**
 * The message key wrapped for one recipient, opaque to the server. Older clients name the fields `wrapped`,
 * `ephemeral_public_key` and `nonce`, so none is required and every field that is a string is kept.
 */
export const Envelope = Type.Object(
  {
    key: Type.Optional(EnvelopeField),
    ephem_pub_key: Type.Optional(EnvelopeField),
    iv: Type.Optional(EnvelopeField),
  },
  {
    component: "Envelope",
    additionalProperties: EnvelopeField,
    minProperties: 1,
    maxProperties: LIMITS.envelopeFields,
  },
);
export type Envelope = Static<typeof Envelope>;

/** User id -> that user's envelope. Entries for others than members are dropped by the server. */
export const Envelopes = byId(Envelope, { component: "Envelopes", maxProperties: LIMITS.envelopes });
export type Envelopes = Static<typeof Envelopes>;

/** What a message says about one of its files. Unknown fields are kept, and so is `null`. */
export const FileMetadata = Type.Object(
  {
    file_id: Type.Optional(nullable(Id)),
    filename: Type.String(),
    mimetype: Type.String(),
    size: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    enc_file: Type.Optional(
      nullable(Type.String({ description: "The encrypted file itself, if it is small." })),
    ),
    nonce: Type.Optional(nullable(Type.String())),
    file_creation_date: Type.Optional(
      Type.Union([Type.String(), Type.Number(), Type.Null()], { description: "In the sender's own format." }),
    ),
    nonces: Type.Optional(
      nullable(
        Type.Array(Type.String(), { maxItems: LIMITS.fileChunks, description: "One for each chunk." }),
      ),
    ),
    chunk_size: Type.Optional(nullable(Type.Integer({ minimum: 0 }))),
    chunk_count: Type.Optional(nullable(Type.Integer({ minimum: 0 }))),
  },
  { component: "FileMetadata", additionalProperties: true },
);
export type FileMetadata = Static<typeof FileMetadata>;

/** The files of a message, as a client sends them. */
export const Metadata = Type.Refine(
  Type.Array(FileMetadata, { maxItems: LIMITS.metadataEntries }),
  (files) => utf8Length(JSON.stringify(files.map(withoutFile))) <= LIMITS.metadataBytes,
  () => `must not be larger than ${LIMITS.metadataBytes} bytes of JSON, not counting enc_file`,
);

function withoutFile({ enc_file: _, ...rest }: FileMetadata): object {
  return rest;
}

/** Ciphertext, by convention the JSON text `{"ciphertext", "nonce"}`, or plaintext; possibly empty. */
export const MessageText = bytesAtMost(LIMITS.messageBytes, {
  description: "Opaque to the server; possibly empty.",
});

/** `system` is the server's alone. */
export const MessageType = Type.Refine(
  Type.String({ minLength: 1, maxLength: LIMITS.messageTypeCharacters }),
  (type) => type !== "system",
  () => "must not be system: that is the server's alone",
);

/** What a system message says, so that a client can say it in its own language. */
export const SystemNotice = Type.Object(
  {
    event: Type.Enum(["member_added", "member_removed", "member_left", "role_changed", "owner_changed"]),
    actor_id: Id,
    user_id: Type.Optional(Id),
    role: Type.Optional(Role),
  },
  { component: "SystemNotice" },
);
export type SystemNotice = Static<typeof SystemNotice>;

/** A message as one of its readers receives it. */
export const Message = Type.Object(
  {
    id: Id,
    chat_id: Id,
    sender_id: Id,
    message: Type.String(),
    message_type: Type.String(),
    created_at: Timestamp,
    edited_at: nullable(Timestamp),
    reply_to_message_id: nullable(Id),
    forwarded_from_message_id: nullable(Id),
    forwarded_from_chat_id: nullable(Id),
    forwarded_from_sender_id: nullable(Id),
    deleted_at: nullable(Timestamp),
    deleted_by: nullable(Id),
    is_read: Type.Boolean({ description: "Someone other than its sender has read it." }),
    is_delivered: Type.Boolean({ description: "It has reached someone other than its sender." }),
    has_files: Type.Boolean(),
    metadata: nullable(Type.Array(FileMetadata)),
    envelopes: nullable(Envelopes, { description: "At most one entry: the reader's own." }),
    status: Type.Literal("sent"),
    client_message_id: nullable(Uuid),
    seq: Counter,
    system: nullable(SystemNotice),
  },
  { component: "Message" },
);
export type Message = Static<typeof Message>;

/** The history of a chat; new messages go over the WebSocket. */
export const messageEndpoints = {
  listMessages: endpoint({
    method: "GET",
    path: "/chats/:id/messages",
    summary: "List messages of a chat, oldest first: the newest, those before one, or the first after one.",
    tag: "messages",
    access: "session",
    params: IdParams,
    query: Type.Object({
      limit: Type.Optional(
        Type.Integer({
          description: `Default ${LIMITS.messagesDefault}, clamped to 1..${LIMITS.messagesMax}.`,
        }),
      ),
      before_id: Type.Optional(Counter),
      after_id: Type.Optional(Counter),
    }),
    response: Type.Array(Message),
    errors: ["not_a_member"],
  }),
};
