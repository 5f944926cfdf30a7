import type { Static } from "typebox";
import * as Type from "typebox";
import { endpoint } from "./endpoint.ts";
import { LIMITS } from "./limits.ts";
import { Id, IdParams, nullable, Timestamp, User } from "./schema.ts";

const SECONDS_A_DAY = 86_400;

/** Lets someone register where registration is by invitation. */
export const Invite = Type.Object(
  {
    code: Type.String(),
    uses: Type.Integer({ description: "Accounts that it was made for." }),
    uses_left: Type.Integer(),
    expires_at: nullable(Timestamp),
    created_at: Timestamp,
    created_by: nullable(Id),
  },
  { component: "Invite" },
);
export type Invite = Static<typeof Invite>;

/** An account as an administrator sees it. */
export const AdminUser = Type.Object(
  {
    ...User.properties,
    created_at: Timestamp,
    is_admin: Type.Boolean(),
    disabled: Type.Boolean(),
    last_seen_at: nullable(Timestamp),
  },
  { component: "AdminUser" },
);
export type AdminUser = Static<typeof AdminUser>;

/** Where the administrators are with a report. */
export const ReportState = Type.Enum(["open", "resolved", "dismissed"], { component: "ReportState" });
export type ReportState = Static<typeof ReportState>;

/** What someone reported, as an administrator sees it. */
export const Report = Type.Object(
  {
    id: Id,
    state: ReportState,
    reporter: nullable(User),
    user: nullable(User),
    chat_id: nullable(Id),
    message_ids: Type.Array(Id),
    reason: Type.String(),
    revealed: Type.Unknown({ description: "As the reporter sent it; null for nothing." }),
    created_at: Timestamp,
    closed_at: nullable(Timestamp),
    closed_by: nullable(Id),
  },
  { component: "Report" },
);
export type Report = Static<typeof Report>;

const tag = "admin";
const access = "administrator";
const BeforeId = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: `Only entries with a smaller id: the next ${LIMITS.adminPage}.`,
  }),
);

/** Invites, accounts and reports, for administrators. */
export const adminEndpoints = {
  createInvite: endpoint({
    method: "POST",
    path: "/admin/invites",
    summary: "Create an invite.",
    tag,
    access,
    body: Type.Object({
      uses: Type.Optional(
        Type.Integer({ minimum: 1, maximum: LIMITS.inviteUses, description: "Default 1." }),
      ),
      expires_in: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: LIMITS.inviteDays * SECONDS_A_DAY,
          description: "Seconds. Without it, the invite does not expire.",
        }),
      ),
    }),
    bodyOptional: true,
    response: Invite,
    errors: [],
  }),
  listInvites: endpoint({
    method: "GET",
    path: "/admin/invites",
    summary: "List the invites that can still be used, newest first.",
    tag,
    access,
    response: Type.Array(Invite),
    errors: [],
  }),
  deleteInvite: endpoint({
    method: "DELETE",
    path: "/admin/invites/:code",
    summary: "Withdraw an invite.",
    tag,
    access,
    params: Type.Object({ code: Type.String({ minLength: 1, maxLength: LIMITS.inviteCodeCharacters }) }),
    errors: ["not_found"],
  }),
  listUsers: endpoint({
    method: "GET",
    path: "/admin/users",
    summary: "List the accounts, newest first.",
    tag,
    access,
    query: Type.Object({
      q: Type.Optional(Type.String({ description: "Part of a username or nickname, or an id." })),
      before_id: BeforeId,
    }),
    response: Type.Array(AdminUser),
    errors: [],
  }),
  updateUser: endpoint({
    method: "PATCH",
    path: "/admin/users/:id",
    summary: "Disable an account, which ends its sessions, or make it an administrator; or undo either.",
    tag,
    access,
    params: IdParams,
    body: Type.Object({
      disabled: Type.Optional(Type.Boolean()),
      is_admin: Type.Optional(Type.Boolean()),
    }),
    response: AdminUser,
    errors: ["unknown_user", "last_administrator"],
  }),
  listReports: endpoint({
    method: "GET",
    path: "/admin/reports",
    summary: "List the reports, newest first.",
    tag,
    access,
    query: Type.Object({ state: Type.Optional(ReportState), before_id: BeforeId }),
    response: Type.Array(Report),
    errors: [],
  }),
  updateReport: endpoint({
    method: "PATCH",
    path: "/admin/reports/:id",
    summary: "Resolve, dismiss or reopen a report.",
    tag,
    access,
    params: IdParams,
    body: Type.Object({ state: ReportState }),
    response: Report,
    errors: ["not_found"],
  }),
};
