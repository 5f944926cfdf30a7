import type { Static, TProperties } from "typebox";
import * as Type from "typebox";
import { ChatKind } from "./chats.ts";
import { ErrorCodeSchema, ErrorDetails } from "./error-body.ts";
import { Message } from "./messages.ts";
import { Counter, Id, KeyVersion, nullable, Role, Timestamp, User, Uuid } from "./schema.ts";

/** A frame from the server: its type, what it tells and its fields. */
function serverEvent<const Name extends string, P extends TProperties>(
  type: Name,
  summary: string,
  fields: P,
) {
  return { summary, schema: Type.Object({ type: Type.Literal(type), ...fields }) };
}

const request_id = Type.Optional(Type.String({ description: "The one of the frame that this answers." }));
const client_message_id = Type.Optional(Uuid);
const Change = { seq: Counter };
const RoleOfMember = { chat_id: Id, user_id: Id, role: Role, changed_by: Id, ...Change };

/** Every frame that the server may send, by its `type`. */
export const serverEvents = {
  ok: serverEvent("ok", "The frame was carried out. For a message: it is committed and will not be lost.", {
    request_id,
    chat_id: Type.Optional(Id),
    message_id: Type.Optional(Id),
    client_message_id,
    seq: Type.Optional(Counter),
    duplicate: Type.Optional(Type.Boolean({ description: "The message was stored before; nothing is new." })),
  }),
  error: serverEvent("error", "The frame was refused and changed nothing.", {
    error: Type.String({ description: "One plain English sentence." }),
    code: ErrorCodeSchema,
    request_id,
    client_message_id,
    details: Type.Optional(ErrorDetails),
    members_version: Type.Optional(
      Type.Integer({ minimum: 0, description: "The current one, with `stale_members`." }),
    ),
  }),
  message_new: serverEvent("message_new", "There is a new message.", {
    chat_id: Id,
    message: Message,
    ...Change,
  }),
  message_updated: serverEvent("message_updated", "A message was edited.", {
    chat_id: Id,
    message: Message,
    ...Change,
  }),
  message_deleted: serverEvent("message_deleted", "A message was deleted.", {
    chat_id: Id,
    message_id: Id,
    deleted_at: Timestamp,
    deleted_by: Id,
    ...Change,
  }),
  typing: serverEvent("typing", "Someone types, or no longer types, in a chat that this socket has joined.", {
    chat_id: Id,
    user_id: Id,
    is_typing: Type.Boolean(),
  }),
  presence: serverEvent("presence", "Someone whom `init` named came or went.", {
    user_id: Id,
    status: Type.Enum(["online", "offline"]),
  }),
  member_added: serverEvent(
    "member_added",
    "Someone joined a group or channel, or returned to a chat.",
    RoleOfMember,
  ),
  member_role_changed: serverEvent("member_role_changed", "The role of a member changed.", RoleOfMember),
  member_removed: serverEvent("member_removed", "Someone left, or was removed from, a group or channel.", {
    chat_id: Id,
    user_id: Id,
    changed_by: Id,
    ...Change,
  }),
  chat_created: serverEvent("chat_created", "There is a new chat with me in it.", {
    chat_id: Id,
    kind: ChatKind,
    title: nullable(Type.String()),
    created_by: Id,
    seq: Type.Optional(Counter),
  }),
  chat_updated: serverEvent("chat_updated", "The title or the picture of a chat changed.", {
    chat_id: Id,
    title: nullable(Type.String()),
    avatar: nullable(Type.String()),
    changed_by: Id,
    ...Change,
  }),
  message_read: serverEvent("message_read", "Someone has read up to a message.", {
    chat_id: Id,
    user_id: Id,
    last_read_message_id: Id,
  }),
  message_delivered: serverEvent("message_delivered", "Messages have reached someone, up to this one.", {
    chat_id: Id,
    user_id: Id,
    last_delivered_message_id: Id,
  }),
  profile_updated: serverEvent("profile_updated", "Someone, perhaps I, changed name or picture.", {
    user: User,
  }),
  chat_deleted: serverEvent("chat_deleted", "A chat is gone, for everyone or for me.", {
    chat_id: Id,
    deleted_by: Id,
  }),
  chat_settings: serverEvent("chat_settings", "I changed my own settings of a chat.", {
    chat_id: Id,
    is_favorite: Type.Boolean(),
    is_archived: Type.Boolean(),
    muted_until: nullable(Timestamp),
  }),
  key_updated: serverEvent("key_updated", "Someone has a new key: encrypt for it from now on.", {
    user_id: Id,
    key_version: KeyVersion,
  }),
};

/** The `type` of a server's frame. */
export type ServerEventType = keyof typeof serverEvents;
/** The server's frame of one type. */
export type ServerEventOf<T extends ServerEventType> = Static<(typeof serverEvents)[T]["schema"]>;
/** Any frame that the server may send; told apart by its `type`. */
export type ServerEvent = { [T in ServerEventType]: ServerEventOf<T> }[ServerEventType];
