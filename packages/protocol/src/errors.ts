/**
 * The closed set of error codes: what each means as an HTTP status. Over WebSocket the code alone is sent.
 * A code, once published, keeps its meaning for ever: clients branch on it, not on the sentence.
 */
export const ERRORS = {
  invalid_input: { status: 400, sentence: "The request is not valid." },
  invalid_json: { status: 400, sentence: "The body is not valid JSON." },
  invalid_key_signature: { status: 400, sentence: "The signature does not verify for this public key." },
  invalid_image: { status: 400, sentence: "The file is not an image that can be read." },
  chat_full: { status: 400, sentence: "An encrypted chat has room for at most 500 members." },
  too_many_favorites: { status: 400, sentence: "At most 5 chats can be favourites." },
  private_chat: { status: 400, sentence: "A private chat has no members to manage." },
  unauthorized: { status: 401, sentence: "Sign in first: there is no valid session." },
  invalid_credentials: { status: 401, sentence: "The login or the password is wrong." },
  invalid_recovery: { status: 401, sentence: "The login or the recovery key is wrong." },
  invalid_refresh_token: { status: 401, sentence: "This refresh token is no longer valid. Sign in again." },
  invalid_recovery_token: { status: 401, sentence: "This recovery token is no longer valid. Start again." },
  forbidden: { status: 403, sentence: "You may not do this." },
  wrong_password: { status: 403, sentence: "The current password is wrong." },
  registration_closed: { status: 403, sentence: "This server does not accept new accounts." },
  invite_required: { status: 403, sentence: "This server accepts new accounts by invitation only." },
  invalid_invite: { status: 403, sentence: "This invite code is unknown, used up or expired." },
  account_disabled: {
    status: 403,
    sentence: "This account is disabled. Ask the administrator of the server.",
  },
  administrators_only: { status: 403, sentence: "Only an administrator may do this." },
  origin_refused: { status: 403, sentence: "Pages of this origin may not connect." },
  not_a_member: { status: 403, sentence: "You are not a member of this chat." },
  may_not_write: { status: 403, sentence: "Only the owner and admins may write in this channel." },
  blocked: { status: 403, sentence: "You cannot write to this person." },
  not_found: { status: 404, sentence: "There is nothing here." },
  unknown_user: { status: 404, sentence: "This user does not exist." },
  unknown_chat: { status: 404, sentence: "This chat does not exist." },
  unknown_message: { status: 404, sentence: "This message does not exist." },
  unknown_file: { status: 404, sentence: "This file does not exist." },
  method_not_allowed: { status: 405, sentence: "This path does not answer to this method." },
  login_taken: { status: 409, sentence: "This login is taken." },
  username_taken: { status: 409, sentence: "This username is taken." },
  key_version_conflict: { status: 409, sentence: "The key version must be the current one plus one." },
  last_administrator: { status: 409, sentence: "The last administrator has to stay one." },
  stale_members: {
    status: 409,
    sentence: "The members have changed. Encrypt for the current ones and send again.",
  },
  envelopes_required: {
    status: 409,
    sentence: "This chat is encrypted: every current member needs an envelope.",
  },
  vault_changed: { status: 412, sentence: "The vault has changed since you read it." },
  body_too_large: { status: 413, sentence: "The body is too large." },
  quota_exceeded: {
    status: 413,
    sentence: "You have no room left for this file. Delete messages with files first.",
  },
  unsupported_media_type: { status: 415, sentence: "This content type is not accepted here." },
  range_not_satisfiable: { status: 416, sentence: "The file does not reach that far." },
  too_many_attempts: { status: 429, sentence: "Too many attempts. Wait before you try again." },
  too_many_registrations: {
    status: 429,
    sentence: "Too many new accounts from this address. Try again later.",
  },
  internal: { status: 500, sentence: "Something went wrong on the server." },
  not_ready: { status: 503, sentence: "The server is not ready. Try again in a moment." },
  busy: { status: 503, sentence: "The server is busy. Try again in a moment." },
  storage_full: {
    status: 503,
    sentence: "The server has run out of storage. Its operator has to make room.",
  },
} as const satisfies Record<string, { status: number; sentence: string }>;

/** One of the published error codes. */
export type ErrorCode = keyof typeof ERRORS;

/** WebSocket close codes (RFC 6455, section 7.4; 4000 to 4999 are the application's). */
export const CLOSE_CODES = {
  /** The server restarts, or missed events: reconnect and catch up. */
  restart: 1012,
  /** The client reads too slowly. */
  too_slow: 1013,
  /** A frame over the limit. */
  too_big: 1009,
  /** The session was revoked or has ended: sign in again. */
  session_ended: 4401,
  /** Too many refused frames. */
  flooding: 4429,
} as const;

/** What each close code tells the client. */
export const CLOSE_REASONS: Readonly<Record<keyof typeof CLOSE_CODES, string>> = {
  restart: "The server restarts, or missed events. Reconnect and catch up.",
  too_slow: "The client reads too slowly. Reconnect and catch up.",
  too_big: "A frame was larger than the limit.",
  session_ended: "The session was revoked or has ended. Sign in again.",
  flooding: "Too many frames were refused. Wait before you reconnect.",
};
