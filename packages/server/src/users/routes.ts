import { userEndpoints as endpoints } from "@tacit/protocol";
import { type Route, route } from "../http/endpoint.ts";
import type { Blocks } from "./blocks.ts";
import type { Profiles } from "./profiles.ts";

/** HTTP of profiles, search, blocks and the end of an account. */
export function userRoutes(
  profiles: Profiles,
  blocks: Blocks,
  deleteAccount: (userId: number) => Promise<void>,
): Route[] {
  return [
    route(endpoints.getMe, ({ caller }) => profiles.me(caller.userId)),
    route(endpoints.deleteMe, async ({ caller }) => {
      await deleteAccount(caller.userId);
      return undefined;
    }),
    route(endpoints.setUsername, ({ caller, body }) => profiles.setUsername(caller.userId, body.username)),
    route(endpoints.setNickname, ({ caller, body }) => profiles.setNickname(caller.userId, body.nickname)),
    route(endpoints.searchUsers, ({ caller, query }) =>
      profiles.search(caller.userId, query.q ?? "", query.limit),
    ),
    route(endpoints.listBlocks, ({ caller }) => blocks.list(caller.userId)),
    route(endpoints.block, async ({ caller, params }) => {
      await blocks.block(caller.userId, params.id);
      return undefined;
    }),
    route(endpoints.unblock, async ({ caller, params }) => {
      await blocks.unblock(caller.userId, params.id);
      return undefined;
    }),
  ];
}
