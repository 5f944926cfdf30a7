import { authEndpoints as endpoints, keyEndpoints } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import { type Route, route } from "../http/endpoint.ts";
import type { createPasswordChange } from "./password-change.ts";
import type { createPrelogin } from "./prelogin.ts";
import type { createRecovery } from "./recovery.ts";
import type { createRegistration } from "./registration.ts";
import type { Sessions } from "./sessions/sessions.ts";
import type { SignIn } from "./sign-in.ts";

/** What the routes of accounts call. */
export interface AuthActions extends ReturnType<typeof createRecovery> {
  readonly register: ReturnType<typeof createRegistration>;
  readonly prelogin: ReturnType<typeof createPrelogin>;
  readonly signIn: SignIn["signIn"];
  readonly changePassword: ReturnType<typeof createPasswordChange>;
  readonly sessions: Sessions;
}

/** HTTP of accounts and sessions. */
export function authRoutes(actions: AuthActions): Route[] {
  const { register, prelogin, signIn, recover, completeRecovery, changePassword, sessions } = actions;
  return [
    route(endpoints.register, ({ body, client }) => register(body, client)),
    route(endpoints.prelogin, ({ body }) => prelogin(body.login)),
    route(endpoints.login, ({ body, client }) =>
      signIn(body.login, body.password, body.remember_me ?? false, client),
    ),
    route(endpoints.refresh, ({ body, client }) => sessions.refresh(body.refresh_token, client)),
    route(endpoints.recover, ({ body, client }) => recover(body.login, body.recovery_auth, client)),
    route(endpoints.completeRecovery, ({ body, client }) => completeRecovery(body, client)),
    route(keyEndpoints.changePassword, async ({ caller, client, body }) => {
      await changePassword(caller, client, body);
      return undefined;
    }),
    route(endpoints.logout, async ({ caller }) => {
      await sessions.revoke(caller, caller.sessionId);
      return undefined;
    }),
    route(endpoints.listSessions, ({ caller }) => sessions.list(caller)),
    route(endpoints.revokeOtherSessions, async ({ caller }) => {
      await sessions.revokeOthers(caller);
      return undefined;
    }),
    route(endpoints.revokeSession, async ({ caller, params }) => {
      if (!(await sessions.revoke(caller, params.id))) throw new TacitError("not_found");
      return undefined;
    }),
  ];
}
