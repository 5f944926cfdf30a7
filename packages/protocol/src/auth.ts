import type { Static } from "typebox";
import * as Type from "typebox";
import { endpoint } from "./endpoint.ts";
import { LIMITS } from "./limits.ts";
import {
  Base64Of32,
  Base64Of64,
  bytesAtMost,
  Id,
  KeyField,
  KeyVersion,
  Name,
  Nickname,
  nullable,
  Timestamp,
  Uuid,
} from "./schema.ts";

/** Argon2id parameters (RFC 9106) with which a client derives its secrets from the password. */
export const Kdf = Type.Object(
  {
    v: Type.Literal(2),
    alg: Type.Literal("argon2id"),
    /** Memory in KiB. */
    m: Type.Integer({ minimum: 65_536, maximum: 4_194_304 }),
    /** Passes. */
    t: Type.Integer({ minimum: 3, maximum: 64 }),
    /** Lanes. */
    p: Type.Integer({ minimum: 1, maximum: 16 }),
  },
  { component: "Kdf" },
);
export type Kdf = Static<typeof Kdf>;

/** A new password: its least length is a setting of the server. */
export const NewPassword = bytesAtMost(LIMITS.passwordBytes, { component: "NewPassword", minLength: 1 });

/** An account with its sealed key bundle, as its owner alone receives it. */
export const OwnAccount = Type.Object(
  {
    id: Id,
    login: Type.String(),
    username: Type.String(),
    nickname: Type.String(),
    avatar: nullable(Type.String()),
    pkebymk: Type.String(),
    pkebyrk: Type.String(),
    salt: Type.String(),
    pubk: Type.String(),
  },
  { component: "OwnAccount" },
);
export type OwnAccount = Static<typeof OwnAccount>;

const Tokens = {
  token: Type.String(),
  refresh_token: Type.String(),
  session_id: Uuid,
  expires_in: Type.Integer({ description: "Seconds until `token` expires." }),
};

/** Answer to a login or a completed recovery. */
export const SignedIn = Type.Object(
  { message: Type.String(), user: OwnAccount, ...Tokens },
  { component: "SignedIn" },
);
export type SignedIn = Static<typeof SignedIn>;

/** One of my sessions, as my list of devices shows it. */
export const Session = Type.Object(
  {
    id: Uuid,
    device_name: nullable(Type.String()),
    ip_address: nullable(Type.String()),
    city: Type.String(),
    app_version: nullable(Type.String()),
    login_at: Timestamp,
    last_seen_at: Timestamp,
    is_current: Type.Boolean(),
  },
  { component: "Session" },
);
export type Session = Static<typeof Session>;

const DEVICE_HEADER = `Kept with the session; cut after ${LIMITS.deviceHeaderCharacters} characters.`;

/** Kept with a session and shown in the list of devices: trimmed, cut, control characters removed. */
const DeviceHeaders = Type.Object({
  "x-device-name": Type.Optional(Type.String({ description: DEVICE_HEADER })),
  "x-app-version": Type.Optional(Type.String({ description: DEVICE_HEADER })),
});

const tag = "auth";

/** Accounts, sessions and recovery. */
export const authEndpoints = {
  register: endpoint({
    method: "POST",
    path: "/auth/register",
    summary: "Create an account.",
    tag,
    access: "public",
    headers: DeviceHeaders,
    body: Type.Object({
      login: Name,
      username: Name,
      nickname: Type.Optional(Nickname),
      password: NewPassword,
      pkebymk: KeyField,
      pkebyrk: KeyField,
      pubk: KeyField,
      salt: KeyField,
      identity_key: Type.Optional(Base64Of32),
      signature: Type.Optional(Base64Of64),
      key_version: Type.Optional(KeyVersion),
      recovery_auth: Type.Optional(KeyField),
      kdf: Type.Optional(Kdf),
      invite: Type.Optional(Type.String({ maxLength: LIMITS.inviteCodeCharacters })),
    }),
    response: OwnAccount,
    errors: [
      "invalid_key_signature",
      "registration_closed",
      "invite_required",
      "invalid_invite",
      "login_taken",
      "username_taken",
      "too_many_registrations",
      "busy",
    ],
  }),
  login: endpoint({
    method: "POST",
    path: "/auth/login",
    summary: "Sign in and open a session.",
    tag,
    access: "public",
    headers: DeviceHeaders,
    body: Type.Object({
      login: Type.String(),
      password: Type.String(),
      remember_me: Type.Optional(Type.Boolean()),
    }),
    response: SignedIn,
    errors: ["invalid_credentials", "account_disabled", "too_many_attempts", "busy"],
  }),
  refresh: endpoint({
    method: "POST",
    path: "/auth/refresh",
    summary: "Exchange the refresh token for a new one and a fresh access token.",
    tag,
    access: "public",
    body: Type.Object({ refresh_token: Type.String() }),
    response: Type.Object(Tokens),
    errors: ["invalid_refresh_token"],
  }),
  logout: endpoint({
    method: "POST",
    path: "/auth/logout",
    summary: "Revoke the current session.",
    tag,
    access: "session",
    errors: [],
  }),
  listSessions: endpoint({
    method: "GET",
    path: "/auth/sessions",
    summary: "List my sessions, newest first.",
    tag,
    access: "session",
    response: Type.Array(Session),
    errors: [],
  }),
  revokeOtherSessions: endpoint({
    method: "DELETE",
    path: "/auth/sessions",
    summary: "Revoke every session but the current one.",
    tag,
    access: "session",
    errors: [],
  }),
  revokeSession: endpoint({
    method: "DELETE",
    path: "/auth/sessions/:id",
    summary: "Revoke one of my sessions.",
    tag,
    access: "session",
    params: Type.Object({ id: Uuid }),
    errors: ["not_found"],
  }),
  prelogin: endpoint({
    method: "POST",
    path: "/auth/prelogin",
    summary: "Get what a client needs to derive its secrets; the same shape and time for any login.",
    tag,
    access: "public",
    body: Type.Object({ login: Type.String() }),
    response: Type.Object({ salt: Type.String(), kdf: Kdf }),
    errors: [],
  }),
  recover: endpoint({
    method: "POST",
    path: "/auth/recover",
    summary: "Prove the recovery key and receive the bundle sealed under it.",
    tag,
    access: "public",
    body: Type.Object({ login: Type.String(), recovery_auth: Type.String() }),
    response: Type.Object({ recovery_token: Type.String(), pkebyrk: Type.String(), salt: Type.String() }),
    errors: ["invalid_recovery", "account_disabled", "too_many_attempts", "busy"],
  }),
  completeRecovery: endpoint({
    method: "POST",
    path: "/auth/recover/complete",
    summary: "Set a new password with a recovery token; every other session is revoked.",
    tag,
    access: "public",
    headers: DeviceHeaders,
    body: Type.Object({
      recovery_token: Type.String(),
      new_password: NewPassword,
      pkebymk: KeyField,
      pkebyrk: KeyField,
      salt: KeyField,
      recovery_auth: Type.Optional(KeyField),
      kdf: Type.Optional(Kdf),
    }),
    response: SignedIn,
    errors: ["invalid_recovery_token", "account_disabled", "busy"],
  }),
};
