import type { Static } from "typebox";
import * as Type from "typebox";
import { Kdf, NewPassword } from "./auth.ts";
import { endpoint } from "./endpoint.ts";
import { LIMITS } from "./limits.ts";
import {
  Base64Of32,
  Base64Of64,
  fieldsTogether,
  Id,
  IdParams,
  KeyField,
  KeyVersion,
  nullable,
  rule,
  Timestamp,
} from "./schema.ts";

/**
 * Someone's X25519 key (RFC 7748) and an Ed25519 signature (RFC 8032) over the raw key and `key_version` as u32
 * little endian, which verifies with `identity_key`.
 */
export const PublicKey = Type.Object(
  {
    user_id: Id,
    public_key: Type.String(),
    signature: Base64Of64,
    key_version: KeyVersion,
    signed_at: Timestamp,
    identity_key: Base64Of32,
    signed_by: Type.Enum(["user", "server"], {
      description: "`server`: the user has no identity key, so the server's directory key signed.",
    }),
  },
  { component: "PublicKey" },
);
export type PublicKey = Static<typeof PublicKey>;

/** My sealed key bundle, opaque to the server. */
export const KeyBundle = Type.Object(
  {
    pkebymk: Type.String({ description: "Sealed under the key that comes from the password." }),
    pkebyrk: Type.String({ description: "Sealed under the recovery key." }),
    salt: Type.String(),
    kdf: nullable(Kdf),
    key_version: KeyVersion,
  },
  { component: "KeyBundle" },
);
export type KeyBundle = Static<typeof KeyBundle>;

const NEW_KEY = ["public_key", "identity_key", "signature", "key_version"] as const;

const PasswordChange = Type.Object(
  {
    current_password: Type.String(),
    new_password: NewPassword,
    pkebymk: KeyField,
    salt: KeyField,
    pkebyrk: Type.Optional(KeyField),
    recovery_auth: Type.Optional(KeyField),
    kdf: Type.Optional(Kdf),
    public_key: Type.Optional(Base64Of32),
    identity_key: Type.Optional(Base64Of32),
    signature: Type.Optional(Base64Of64),
    key_version: Type.Optional(KeyVersion),
  },
  {
    documented: { allOf: [fieldsTogether(["recovery_auth"], ["pkebyrk"]), fieldsTogether(NEW_KEY, NEW_KEY)] },
  },
);

type PasswordChange = Static<typeof PasswordChange>;

function newKeyIsWhole(change: PasswordChange): boolean {
  const given = NEW_KEY.filter((name) => change[name] !== undefined).length;
  return given === 0 || given === NEW_KEY.length;
}

const tag = "keys";

/** Public keys, the sealed key bundle, the password and the vault. */
export const keyEndpoints = {
  getPublicKey: endpoint({
    method: "GET",
    path: "/users/:id/public-key",
    summary: "Get someone's public key with its signature.",
    tag,
    access: "session",
    params: IdParams,
    response: PublicKey,
    errors: ["unknown_user"],
  }),
  replaceKeys: endpoint({
    method: "PUT",
    path: "/users/me/keys",
    summary: "Replace my key pair by its next version.",
    tag,
    access: "session",
    body: Type.Object({
      current_password: Type.String(),
      public_key: Base64Of32,
      identity_key: Base64Of32,
      signature: Base64Of64,
      key_version: KeyVersion,
      pkebymk: KeyField,
      pkebyrk: KeyField,
      salt: KeyField,
    }),
    response: PublicKey,
    errors: ["invalid_key_signature", "wrong_password", "key_version_conflict", "too_many_attempts", "busy"],
  }),
  changePassword: endpoint({
    method: "PUT",
    path: "/users/me/password",
    summary: "Change my password, wholly or not at all; every other session is revoked.",
    tag,
    access: "session",
    body: rule(
      rule(
        PasswordChange,
        "/pkebyrk",
        "is required with recovery_auth",
        ({ recovery_auth, pkebyrk }) => recovery_auth === undefined || pkebyrk !== undefined,
      ),
      "/public_key",
      "needs identity_key, signature and key_version beside it, and they need it",
      newKeyIsWhole,
    ),
    errors: ["invalid_key_signature", "wrong_password", "key_version_conflict", "too_many_attempts", "busy"],
  }),
  getKeys: endpoint({
    method: "GET",
    path: "/users/me/keys",
    summary: "Get my sealed key bundle, for another device of mine.",
    tag,
    access: "session",
    response: KeyBundle,
    errors: [],
  }),
  getVault: endpoint({
    method: "GET",
    path: "/users/me/vault",
    summary: "Get the sealed blob in which my devices share pins, verified contacts and settings.",
    tag,
    access: "session",
    rawResponse: "application/octet-stream",
    responseHeaders: { ETag: "Version of the vault (RFC 9110)." },
    alsoAnswers: { 304: "`If-None-Match` names the version that the client has." },
    errors: ["not_found"],
  }),
  putVault: endpoint({
    method: "PUT",
    path: "/users/me/vault",
    summary: "Store the vault; an existing one only over the version that `If-Match` names.",
    tag,
    access: "session",
    headers: Type.Object({
      "if-match": Type.Optional(
        Type.String({ description: "`ETag` of the version to overwrite; required once there is a vault." }),
      ),
    }),
    rawBody: { contentType: "application/octet-stream", maxBytes: LIMITS.vaultBytes },
    responseHeaders: { ETag: "Version that was stored (RFC 9110)." },
    errors: ["vault_changed", "body_too_large", "unsupported_media_type"],
  }),
};
