import type { Static } from "typebox";
import * as Type from "typebox";
import { endpoint } from "./endpoint.ts";
import { PublicKey } from "./keys.ts";
import { LIMITS } from "./limits.ts";
import { Envelopes } from "./messages.ts";
import {
  AvatarForm,
  Counter,
  GivenRole,
  Id,
  IdParams,
  nullable,
  Role,
  rule,
  Timestamp,
  TimestampInput,
  Title,
} from "./schema.ts";

/** Kind of a chat, for its whole life. */
export const ChatKind = Type.Enum(["private", "group", "channel"], { component: "ChatKind" });
export type ChatKind = Static<typeof ChatKind>;

/** A chat as one of its members sees it. `peer_*` name the other side of a private chat. */
export const Chat = Type.Object(
  {
    id: Id,
    kind: ChatKind,
    title: nullable(Type.String()),
    created_at: Timestamp,
    updated_at: Timestamp,
    is_archived: Type.Boolean(),
    is_favorite: Type.Boolean(),
    peer_id: nullable(Id),
    peer_username: nullable(Type.String()),
    peer_nickname: nullable(Type.String()),
    peer_avatar: nullable(Type.String(), { description: "In groups and channels, the chat's own avatar." }),
    unread_count: Type.Integer({
      minimum: 0,
      maximum: LIMITS.unreadMax,
      description: `Exact below ${LIMITS.unreadMax}, which means that many or more.`,
    }),
    my_role: Role,
    last_message_id: nullable(Id),
    last_message: nullable(Type.String(), {
      description: "Empty in groups and channels for a message with envelopes.",
    }),
    last_message_type: nullable(Type.String()),
    last_message_created_at: nullable(Timestamp),
    last_message_is_outgoing: nullable(Type.Boolean()),
    last_message_is_delivered: nullable(Type.Boolean()),
    last_message_is_read: nullable(Type.Boolean()),
    avatar: nullable(Type.String()),
    seq: Counter,
    members_version: Counter,
    member_count: Counter,
    last_message_sender_id: nullable(Id),
    last_message_envelopes: nullable(Envelopes),
    last_message_ciphertext: nullable(Type.String(), {
      description: "The last message of a group or channel, if it has envelopes.",
    }),
    last_read_message_id: nullable(Id),
    others_read_message_id: nullable(Id),
    others_delivered_message_id: nullable(Id),
    history_from_id: nullable(Id, { description: "Messages up to this one are not for me." }),
    encrypted: Type.Boolean({ description: "For ever: every message needs an envelope for every member." }),
    muted_until: nullable(Timestamp),
  },
  { component: "Chat" },
);
export type Chat = Static<typeof Chat>;

/** A member of a chat. */
export const Member = Type.Object(
  {
    user_id: Id,
    username: Type.String(),
    nickname: Type.String(),
    avatar: nullable(Type.String()),
    role: Role,
    joined_at: Timestamp,
    last_read_message_id: nullable(Id),
    last_delivered_message_id: nullable(Id),
  },
  { component: "Member" },
);
export type Member = Static<typeof Member>;

/** A private chat has no title, whatever a client sends as one. */
const NewChat = rule(
  Type.Object(
    {
      kind: ChatKind,
      title: Type.Optional(Type.String({ normalize: "trim", maxLength: LIMITS.titleCharacters })),
      user_ids: Type.Array(Id, { maxItems: LIMITS.chatMembersAtCreation }),
      encrypted: Type.Optional(Type.Boolean()),
    },
    {
      documented: {
        if: { properties: { kind: { enum: ["group", "channel"] } } },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { required: ["title"], properties: { title: { type: "string", pattern: "\\S" } } },
      },
    },
  ),
  "/title",
  "is required for a group or channel",
  ({ kind, title }) => kind === "private" || (title ?? "") !== "",
);

const UpTo = Type.Object({
  message_id: Type.Optional(
    Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Without it: the newest." }),
  ),
});
const MemberParams = Type.Object({ id: Id, user_id: Id });

const tag = "chats";
const access = "session";

/** Chats, their members and my settings of them. */
export const chatEndpoints = {
  createChat: endpoint({
    method: "POST",
    path: "/chats",
    summary: "Create a chat. A private chat that exists is returned.",
    tag,
    access,
    body: NewChat,
    response: Chat,
    errors: ["chat_full", "blocked", "unknown_user"],
  }),
  listChats: endpoint({
    method: "GET",
    path: "/chats",
    summary: "List my chats, latest activity first.",
    tag,
    access,
    response: Type.Array(Chat),
    errors: [],
  }),
  markRead: endpoint({
    method: "POST",
    path: "/chats/:id/read",
    summary: "Move my read pointer forward.",
    tag,
    access,
    params: IdParams,
    body: UpTo,
    bodyOptional: true,
    response: Type.Object({ last_read_message_id: nullable(Id) }),
    errors: ["not_a_member"],
  }),
  markDelivered: endpoint({
    method: "POST",
    path: "/chats/:id/delivered",
    summary: "Move my delivered pointer forward.",
    tag,
    access,
    params: IdParams,
    body: UpTo,
    bodyOptional: true,
    response: Type.Object({ last_delivered_message_id: nullable(Id) }),
    errors: ["not_a_member"],
  }),
  setChatAvatar: endpoint({
    method: ["PATCH", "POST"],
    path: "/chats/:id/avatar",
    summary: "Set or remove the picture of a group or channel.",
    tag,
    access,
    params: IdParams,
    multipart: AvatarForm,
    errors: [
      "invalid_image",
      "private_chat",
      "forbidden",
      "unknown_chat",
      "body_too_large",
      "storage_full",
      "busy",
    ],
  }),
  listMembers: endpoint({
    method: "GET",
    path: "/chats/:id/members",
    summary: "List the members of a chat.",
    tag,
    access,
    params: IdParams,
    response: Type.Array(Member),
    errors: ["not_a_member"],
  }),
  addMember: endpoint({
    method: "POST",
    path: "/chats/:id/members",
    summary: "Add someone to a group or channel.",
    tag,
    access,
    params: IdParams,
    body: Type.Object({ user_id: Id, role: Type.Optional(GivenRole) }),
    errors: ["private_chat", "chat_full", "not_a_member", "forbidden", "blocked", "unknown_user"],
  }),
  setMemberRole: endpoint({
    method: "PATCH",
    path: "/chats/:id/members/:user_id",
    summary: "Change the role of a member.",
    tag,
    access,
    params: MemberParams,
    body: Type.Object({ role: GivenRole }),
    errors: ["private_chat", "not_a_member", "forbidden", "unknown_user"],
  }),
  removeMember: endpoint({
    method: "DELETE",
    path: "/chats/:id/members/:user_id",
    summary: "Remove a member.",
    tag,
    access,
    params: MemberParams,
    errors: ["private_chat", "not_a_member", "forbidden"],
  }),
  addFavorite: endpoint({
    method: "POST",
    path: "/chats/:id/favorite",
    summary: "Make the chat one of my favourites.",
    tag,
    access,
    params: IdParams,
    errors: ["too_many_favorites", "not_a_member"],
  }),
  removeFavorite: endpoint({
    method: "DELETE",
    path: "/chats/:id/favorite",
    summary: "Take the chat out of my favourites.",
    tag,
    access,
    params: IdParams,
    errors: ["not_a_member"],
  }),
  updateChat: endpoint({
    method: "PATCH",
    path: "/chats/:id",
    summary: "Change the title of a group or channel, or clear or choose its picture.",
    tag,
    access,
    params: IdParams,
    body: Type.Object({
      title: Type.Optional(Title),
      avatar: Type.Optional(
        nullable(Type.String(), { description: "null or empty clears; else a path uploaded for this chat." }),
      ),
    }),
    errors: ["private_chat", "forbidden", "unknown_chat"],
  }),
  deleteChat: endpoint({
    method: "DELETE",
    path: "/chats/:id",
    summary: "Leave the chat or, with `for_all`, delete it for everyone.",
    tag,
    access,
    params: IdParams,
    query: Type.Object({ for_all: Type.Optional(Type.Boolean()) }),
    errors: ["forbidden", "unknown_chat"],
  }),
  transferOwnership: endpoint({
    method: "POST",
    path: "/chats/:id/owner",
    summary: "Hand the ownership of a group or channel to another member.",
    tag,
    access,
    params: IdParams,
    body: Type.Object({ user_id: Id }),
    errors: ["private_chat", "forbidden", "unknown_chat", "unknown_user"],
  }),
  setChatSettings: endpoint({
    method: "PATCH",
    path: "/chats/:id/settings",
    summary: "Archive or mute the chat, for me alone.",
    tag,
    access,
    params: IdParams,
    body: Type.Object({
      is_archived: Type.Optional(Type.Boolean()),
      muted_until: Type.Optional(TimestampInput),
    }),
    errors: ["not_a_member"],
  }),
  getChatKeys: endpoint({
    method: "GET",
    path: "/chats/:id/keys",
    summary: "Get the public keys of all members, in one snapshot with the version of the membership.",
    tag,
    access,
    params: IdParams,
    response: Type.Object({ members_version: Counter, keys: Type.Array(PublicKey) }),
    errors: ["not_a_member"],
  }),
};
