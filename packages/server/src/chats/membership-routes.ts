import { endpoints, type PublicKey } from "@tacit/protocol";
import { type Route, route } from "../http/endpoint.ts";
import type { AppearanceChange } from "./appearance.ts";
import type { Members } from "./members.ts";

/** What the endpoints call. */
export interface MembershipServices {
  readonly members: Members;
  readonly transferOwnership: (chatId: number, ownerId: number, heirId: number) => Promise<void>;
  readonly changeAppearance: (chatId: number, ownerId: number, change: AppearanceChange) => Promise<void>;
  readonly leave: (chatId: number, userId: number) => Promise<void>;
  readonly deleteForAll: (chatId: number, userId: number) => Promise<void>;
  readonly keysOf: (
    chatId: number,
    readerId: number,
  ) => Promise<{ members_version: number; keys: PublicKey[] }>;
}

/** REST endpoints of members, ownership, appearance and the end of chats. */
export function membershipRoutes(services: MembershipServices): Route[] {
  const { members } = services;
  return [
    route(endpoints.chats.listMembers, ({ caller, params }) => members.list(params.id, caller.userId)),
    route(endpoints.chats.addMember, ({ caller, params, body }) =>
      done(members.add(params.id, caller.userId, body.user_id, body.role ?? "member")),
    ),
    route(endpoints.chats.setMemberRole, ({ caller, params, body }) =>
      done(members.setRole(params.id, caller.userId, params.user_id, body.role)),
    ),
    route(endpoints.chats.removeMember, ({ caller, params }) =>
      done(members.remove(params.id, caller.userId, params.user_id)),
    ),
    route(endpoints.chats.transferOwnership, ({ caller, params, body }) =>
      done(services.transferOwnership(params.id, caller.userId, body.user_id)),
    ),
    route(endpoints.chats.updateChat, ({ caller, params, body }) =>
      done(services.changeAppearance(params.id, caller.userId, body)),
    ),
    route(endpoints.chats.deleteChat, ({ caller, params, query }) =>
      done(
        query.for_all
          ? services.deleteForAll(params.id, caller.userId)
          : services.leave(params.id, caller.userId),
      ),
    ),
    route(endpoints.chats.getChatKeys, ({ caller, params }) => services.keysOf(params.id, caller.userId)),
  ];
}

async function done(work: Promise<void>): Promise<undefined> {
  await work;
  return undefined;
}
