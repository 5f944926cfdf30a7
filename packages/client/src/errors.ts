import type { ErrorCode as ServerErrorCode } from "@tacit/protocol";
import type { CryptoErrorCode } from "./crypto/errors.ts";

/** What only a client can find out. */
export type ClientErrorCode =
  /** No answer came: no network, or no server there. Worth another try. */
  | "unreachable"
  /** No answer came in time. Worth another try. */
  | "timeout"
  /** The server answered what the protocol does not allow. */
  | "bad_answer"
  /** The session has ended: somebody has to sign in. */
  | "signed_out"
  /** The account was made by this kind of client: its password is never sent to the server. */
  | "not_an_old_account"
  /** The password is too easy to guess. */
  | "weak_password"
  /**
   * The keys that the server keeps for this account do not open with its password, are older than those that this device has
   * seen, or are not the ones that the server tells others.
   */
  | "damaged_keys"
  /** The storage holds another account. Somebody has to sign out of that first, or use another storage. */
  | "other_account"
  /** Another program, or another tab that does not share, has the storage open. */
  | "store_in_use"
  /** The storage cannot be read: damaged, or of a later release. */
  | "store_damaged"
  /** The storage is not sealed with this passphrase. */
  | "wrong_passphrase"
  /** This device has no room left. */
  | "store_full"
  /** Nothing can be kept here: a browser that refuses it, as in some private windows, or another platform's storage. */
  | "store_unavailable"
  /** The person has not shown yet to have the recovery words: `Tacit.unproven` goes on with that. */
  | "recovery_not_proven"
  /** There is nobody in this storage yet. */
  | "store_empty"
  /** The page has no cryptography, because it did not come over https. */
  | "insecure_context"
  /** Someone's identity has changed, and the person has not accepted the new one yet. `details.userIds` names them. */
  | "identity_changed"
  /** A member's public key cannot be used. `details.userIds` names them. */
  | "unusable_key"
  /** The server called an encrypted chat a plain one, or left a member out. */
  | "encryption_downgrade"
  /** The message cannot be read, so neither can what belongs to it. */
  | "unreadable_message"
  /** More than a message may hold. */
  | "message_too_large"
  /** More than a file may have. */
  | "file_too_large"
  /** A file gave fewer or more octets than announced, or could not be read. */
  | "file_changed"
  /** What was to be done is not possible for this message, such as editing somebody else's. */
  | "not_possible"
  /** The client was closed. */
  | "closed";

/** Everything that can go wrong, as one closed set: published codes keep their meaning. */
export type TacitErrorCode = ServerErrorCode | ClientErrorCode | CryptoErrorCode;

/** A field of a request that was refused. */
export interface RefusedField {
  /** JSON pointer (RFC 6901). */
  readonly path: string;
  /** Why, in plain English. */
  readonly message: string;
}

/** What there is to know about an error beside its code. */
export interface TacitErrorDetails {
  /** HTTP status, if a server answered. */
  readonly status?: number;
  /** Milliseconds after which another try makes sense. */
  readonly retryAfter?: number;
  /** Finds the error in the server's log. */
  readonly requestId?: string;
  /** The fields that were refused. */
  readonly fields?: readonly RefusedField[];
  /** The people concerned. */
  readonly userIds?: readonly number[];
}

/** What every call of the SDK fails with, but for an `AbortSignal`'s own reason. It holds no secret. */
export class TacitError extends Error {
  /** Tells it from other errors in logs. */
  override readonly name = "TacitError";
  /** What went wrong; programs go by this, never by the message. `ERROR_ADVICE` says what to do about it. */
  readonly code: TacitErrorCode;
  /** What there is to know beside the code. */
  readonly details: TacitErrorDetails;

  /** @param message one plain English sentence without anything secret */
  constructor(code: TacitErrorCode, message: string, details: TacitErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
