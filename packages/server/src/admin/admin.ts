import type { Route } from "../http/endpoint.ts";
import { type AccountsDependencies, createAccounts } from "./accounts.ts";
import { createInvites, type Invites } from "./invites.ts";
import { adminRoutes } from "./routes.ts";

/** What only administrators of the instance may do. */
export interface Admin {
  readonly routes: readonly Route[];
  /** What registration needs of the invites. */
  readonly invites: Pick<Invites, "isUsable" | "consume">;
}

/** Builds the domain. */
export function createAdmin(dependencies: AccountsDependencies): Admin {
  const invites = createInvites(dependencies.database);
  return { routes: adminRoutes(invites, createAccounts(dependencies)), invites };
}
