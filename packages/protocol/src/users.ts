import type { Static } from "typebox";
import * as Type from "typebox";
import { endpoint } from "./endpoint.ts";
import { LIMITS } from "./limits.ts";
import {
  AvatarForm,
  Id,
  IdParams,
  KeyVersion,
  Name,
  Nickname,
  nullable,
  Timestamp,
  User,
  utf8Length,
} from "./schema.ts";

/** My own profile. */
export const Me = Type.Object(
  {
    id: Id,
    login: Type.String(),
    username: Type.String(),
    nickname: Type.String(),
    avatar: nullable(Type.String({ description: "Path below `/avatars/`." })),
    key_version: KeyVersion,
    created_at: Timestamp,
    is_admin: Type.Boolean({ description: "Administrator of this server." }),
  },
  { component: "Me" },
);
export type Me = Static<typeof Me>;

/** What the reporter reveals of the messages is theirs to choose, so only its size is limited. */
const Revealed = Type.Refine(
  Type.Unknown({
    description: `What the reporter chooses to reveal of the messages: any JSON of at most ${LIMITS.reportRevealedBytes} bytes.`,
  }),
  (value) => utf8Length(JSON.stringify(value) ?? "") <= LIMITS.reportRevealedBytes,
  () => `must not be larger than ${LIMITS.reportRevealedBytes} bytes of JSON`,
);

const tag = "users";

/** Profiles, search, blocking and reporting. */
export const userEndpoints = {
  getMe: endpoint({
    method: "GET",
    path: "/users/me",
    summary: "Get my profile.",
    tag,
    access: "session",
    response: Me,
    errors: [],
  }),
  deleteMe: endpoint({
    method: "DELETE",
    path: "/users/me",
    summary: "Delete my account, with its keys, profile, memberships and files that nobody else needs.",
    tag,
    access: "session",
    errors: [],
  }),
  setUsername: endpoint({
    method: "PATCH",
    path: "/users/username",
    summary: "Change my username.",
    tag,
    access: "session",
    body: Type.Object({ username: Name }),
    response: Me,
    errors: ["username_taken"],
  }),
  setNickname: endpoint({
    method: "PATCH",
    path: "/users/nickname",
    summary: "Change my nickname.",
    tag,
    access: "session",
    body: Type.Object({ nickname: Nickname }),
    response: Me,
    errors: [],
  }),
  setAvatar: endpoint({
    method: ["PATCH", "POST"],
    path: "/users/avatar",
    summary: "Set or remove my picture.",
    tag,
    access: "session",
    multipart: AvatarForm,
    response: Me,
    errors: ["invalid_image", "body_too_large", "storage_full", "busy"],
  }),
  searchUsers: endpoint({
    method: "GET",
    path: "/users/search",
    summary: "Find people by a part of their username or nickname, or by their id.",
    tag,
    access: "session",
    query: Type.Object({
      q: Type.Optional(Type.String({ description: "Nothing finds nobody." })),
      limit: Type.Optional(
        Type.Integer({
          description: `Default ${LIMITS.searchDefault}, clamped to 1..${LIMITS.searchMax}.`,
        }),
      ),
    }),
    response: Type.Array(User),
    errors: [],
  }),
  listBlocks: endpoint({
    method: "GET",
    path: "/users/me/blocks",
    summary: "List the people whom I have blocked.",
    tag,
    access: "session",
    response: Type.Array(User),
    errors: [],
  }),
  block: endpoint({
    method: "PUT",
    path: "/users/:id/block",
    summary: "Block someone: they cannot write to me in private and see me offline. They are not told.",
    tag,
    access: "session",
    params: IdParams,
    errors: ["unknown_user"],
  }),
  unblock: endpoint({
    method: "DELETE",
    path: "/users/:id/block",
    summary: "Unblock someone.",
    tag,
    access: "session",
    params: IdParams,
    errors: ["unknown_user"],
  }),
  report: endpoint({
    method: "POST",
    path: "/reports",
    summary: "Report someone to the administrators of this server.",
    tag,
    access: "session",
    body: Type.Object({
      user_id: Id,
      chat_id: Type.Optional(Id),
      message_ids: Type.Optional(Type.Array(Id, { maxItems: LIMITS.reportMessages })),
      reason: Type.String({ normalize: "trim", minLength: 1, maxLength: LIMITS.reportReasonCharacters }),
      revealed: Type.Optional(Revealed),
    }),
    errors: ["unknown_user", "unknown_chat", "unknown_message"],
  }),
};
