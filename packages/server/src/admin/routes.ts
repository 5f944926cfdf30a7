import { adminEndpoints as endpoints } from "@tacit/protocol";
import { type Route, route } from "../http/endpoint.ts";
import type { Accounts } from "./accounts.ts";
import type { Invites } from "./invites.ts";

/** HTTP of invites and accounts, for administrators. Reports have routes of their own. */
export function adminRoutes(invites: Invites, accounts: Accounts): Route[] {
  return [
    route(endpoints.createInvite, ({ caller, body }) => invites.create(caller.userId, body ?? {})),
    route(endpoints.listInvites, () => invites.list()),
    route(endpoints.deleteInvite, async ({ caller, params }) => {
      await invites.withdraw(caller.userId, params.code);
      return undefined;
    }),
    route(endpoints.listUsers, ({ query }) => accounts.list(query)),
    route(endpoints.updateUser, ({ caller, params, body }) =>
      accounts.update(caller.userId, params.id, body),
    ),
  ];
}
