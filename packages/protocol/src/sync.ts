import type { Static } from "typebox";
import * as Type from "typebox";
import { Chat, Member } from "./chats.ts";
import { endpoint } from "./endpoint.ts";
import { LIMITS } from "./limits.ts";
import { Message } from "./messages.ts";
import { byId, Counter, Id, KeyVersion, Timestamp, User } from "./schema.ts";

/** What is left of a message that was deleted. */
export const DeletedMessage = Type.Object(
  { id: Id, deleted_at: Timestamp, deleted_by: Id, seq: Counter },
  { component: "DeletedMessage" },
);
export type DeletedMessage = Static<typeof DeletedMessage>;

/** A member and the `seq` of the last change to it. */
export const SyncedMember = Type.Object(
  { ...Member.properties, seq: Counter },
  { component: "SyncedMember" },
);
export type SyncedMember = Static<typeof SyncedMember>;

/** What is left of a member who is gone. */
export const DepartedMember = Type.Object(
  { user_id: Id, removed: Type.Literal(true), seq: Counter },
  { component: "DepartedMember" },
);
export type DepartedMember = Static<typeof DepartedMember>;

/** What changed in one chat above the `seq` that was given. */
export const ChatChanges = Type.Object(
  {
    messages: Type.Array(Type.Union([Message, DeletedMessage])),
    members: Type.Array(Type.Union([SyncedMember, DepartedMember])),
    seq: Type.Integer({ minimum: 0, description: "The last one that is included." }),
    more: Type.Boolean(),
  },
  { component: "ChatChanges" },
);
export type ChatChanges = Static<typeof ChatChanges>;

/** A profile with the version of the key that belongs to it. */
export const SyncedProfile = Type.Object(
  { ...User.properties, key_version: KeyVersion },
  { component: "SyncedProfile" },
);
export type SyncedProfile = Static<typeof SyncedProfile>;

/** Catching up after having been away. */
export const syncEndpoints = {
  sync: endpoint({
    method: "POST",
    path: "/sync",
    summary: "Catch up with everything that changed, from any distance in the past, in one snapshot.",
    tag: "sync",
    access: "session",
    body: Type.Object({
      chats: byId(Counter, {
        maxProperties: LIMITS.syncChats,
        description: "Chat id -> the last `seq` that the client has applied.",
      }),
      cursor: Type.Optional(Type.String({ maxLength: LIMITS.syncCursorCharacters })),
      limit: Type.Optional(
        Type.Integer({
          description: `Messages over the whole answer. Default ${LIMITS.syncDefault}, clamped to 1..${LIMITS.syncMax}.`,
        }),
      ),
    }),
    response: Type.Object({
      chats: Type.Array(Chat),
      changes: byId(ChatChanges, { description: "Chat id -> its changes, for the chats asked about." }),
      removed: Type.Array(Id, { description: "Chats asked about that I am no longer in." }),
      profiles: Type.Array(SyncedProfile),
      cursor: Type.String(),
      more: Type.Boolean(),
    }),
    errors: [],
  }),
};
