import type { TacitErrorCode } from "./errors.ts";

/**
 * What a program does about an error. `retry`: the same again, after `details.retryAfter` milliseconds if it says so; messages
 * in the outbox do that by themselves. `ask`: the person enters something else, or decides. `sign_in`: somebody has to sign in.
 * `tell`: say so; nothing else helps. `report`: a mistake in a program, or an attack: say so, and let its makers or the
 * server's operator know.
 */
export type ErrorAction = "retry" | "ask" | "sign_in" | "tell" | "report";

/** What to do about an error. */
export interface ErrorAdvice {
  /** What to tell the person, in plain English. */
  readonly sentence: string;
  /** What the program does. */
  readonly action: ErrorAction;
}

const retry = (sentence: string): ErrorAdvice => ({ sentence, action: "retry" });
const ask = (sentence: string): ErrorAdvice => ({ sentence, action: "ask" });
const signIn = (sentence: string): ErrorAdvice => ({ sentence, action: "sign_in" });
const tell = (sentence: string): ErrorAdvice => ({ sentence, action: "tell" });
const report = (sentence: string): ErrorAdvice => ({ sentence, action: "report" });

/** What to tell a person, and to do, for every code that a {@link TacitError} or {@link CryptoError} can have. */
export const ERROR_ADVICE: Readonly<Record<TacitErrorCode, ErrorAdvice>> = /* @__PURE__ */ Object.freeze({
  // The network, and a server that is not well.
  unreachable: retry("The server cannot be reached. Check the connection."),
  timeout: retry("The server did not answer in time."),
  not_ready: retry("The server is not ready. It will be in a moment."),
  busy: retry("The server is busy. Try again in a moment."),
  internal: retry("Something went wrong on the server. Try again later."),
  storage_full: retry("The server has run out of room. Its operator has to make some."),
  too_many_attempts: retry("Too many attempts. Wait before you try again."),
  too_many_registrations: retry("Too many accounts were made from here. Try again later."),

  // Signing in, and what somebody enters for that.
  invalid_credentials: ask("The login or the password is wrong."),
  wrong_password: ask("The password is wrong."),
  weak_password: ask("This password is too easy to guess. Choose a longer one."),
  login_taken: ask("Somebody has this login already. Choose another."),
  username_taken: ask("Somebody has this username already. Choose another."),
  invite_required: ask("This server takes new accounts by invitation only. Enter your invite code."),
  invalid_invite: ask("This invite code is unknown, used up or expired."),
  registration_closed: tell("This server takes no new accounts."),
  account_disabled: tell("This account is disabled. Ask the administrator of the server."),
  not_an_old_account: ask("This account is up to date already. Sign in as usual."),
  invalid_recovery: ask("The login or the recovery words are wrong."),
  recovery_word_count: ask("A recovery key has twelve words."),
  recovery_word_unknown: ask("At least one of these is not a recovery word. Look for a typing mistake."),
  recovery_checksum: ask("One of these words is wrong, or their order is."),
  recovery_not_proven: ask("Show first that you have written down the recovery words."),
  invalid_recovery_token: retry("That took too long. Start the recovery again."),
  signed_out: signIn("You have been signed out. Sign in again."),
  unauthorized: signIn("You have been signed out. Sign in again."),
  invalid_refresh_token: signIn("You have been signed out. Sign in again."),

  // This device.
  store_empty: signIn("Nobody is signed in on this device."),
  other_account: ask("Somebody else is signed in here. Sign out first."),
  store_in_use: ask("Tacit is open already. Close the other window or program."),
  wrong_passphrase: ask("The passphrase is wrong."),
  store_full: ask("This device has no room left. Make some and try again."),
  store_unavailable: tell("Nothing can be kept here. A private window may be the reason."),
  store_damaged: tell(
    "The data on this device cannot be read. Sign in again with a new storage; sent messages come back.",
  ),
  insecure_context: tell("This page did not come over https, so nothing can be encrypted."),
  closed: tell("Tacit was closed."),

  // Keys, and who somebody is.
  identity_changed: ask("Somebody's identity has changed. Compare the safety number, then accept it or not."),
  unusable_key: tell("Somebody in this chat has a key that cannot be used. Ask them to sign in again."),
  encryption_downgrade: report("The server tried to have this sent without encryption. Nothing was sent."),
  damaged_keys: report("The server has other keys for this account than it should. Ask its operator."),
  weak_kdf: report("The server asked for less protection of your password than is safe. Nothing was sent."),
  costly_kdf: report("The server asked for more work on your password than is reasonable. Nothing was sent."),
  invalid_key_signature: report("The server refused this account's key."),
  wrong_signature: report("A signature is wrong: this does not come from whom it says."),
  zero_shared_secret: report("Somebody's key is one that everybody could open. Nothing was sent."),
  key_version_conflict: retry("Another of your devices changed the keys at the same time. Try again."),
  vault_changed: retry("Another of your devices saved at the same time."),
  too_many_keys: tell("The keys were replaced too often. They cannot be replaced again."),
  unsupported_version: tell("This was made by a newer version. Update first."),
  decryption_failed: tell("This could not be decrypted."),
  malformed: report("Something came in a form that cannot be read."),
  wrong_length: report("A key or signature has the wrong length."),

  // Messages and files.
  stale_members: retry("The people in this chat have just changed. It is sent again for those of now."),
  envelopes_required: retry("The people in this chat have just changed. It is sent again for those of now."),
  unreadable_message: tell("This message cannot be read here."),
  message_too_large: ask("This message is too long. Split it."),
  file_too_large: ask("This file is larger than can be sent."),
  file_changed: ask("This file changed while it was read, or is gone. Choose it again."),
  file_incomplete: retry("The file did not arrive whole."),
  file_too_long: report("The file is not the one that was sent."),
  quota_exceeded: ask("You have no room left on the server. Delete messages with files first."),
  body_too_large: ask("This is more than the server takes."),
  invalid_image: ask("This is not a picture that can be read. Choose PNG, JPEG, GIF or WebP."),
  not_possible: tell("That is not possible here."),

  // Chats and people.
  unknown_user: ask("There is nobody with this name."),
  unknown_chat: tell("This chat is gone."),
  unknown_message: tell("This message was deleted."),
  unknown_file: tell("This file was deleted."),
  not_found: tell("It is gone."),
  forbidden: tell("You may not do this."),
  administrators_only: tell("Only an administrator may do this."),
  not_a_member: tell("You are not in this chat any more."),
  may_not_write: tell("Only the owner and admins write in this channel."),
  blocked: tell("You cannot write to this person."),
  private_chat: tell("A private chat has no members to manage."),
  chat_full: tell("An encrypted chat has room for 500 people, and this one is full."),
  too_many_favorites: ask("There is room for 5 favourites. Take one out first."),
  last_administrator: tell("The last administrator has to stay one."),

  // Mistakes of programs.
  invalid_input: ask("Something entered is not valid."),
  invalid_json: report("The server could not read what this app sent."),
  method_not_allowed: report("The server does not know what this app asked for."),
  unsupported_media_type: report("The server could not read what this app sent."),
  range_not_satisfiable: report("The server has less of this file than it said."),
  origin_refused: report("This server does not answer to this page. Its operator has to allow it."),
  bad_answer: report("What answered is no Tacit server, or one of another version."),
} satisfies Record<TacitErrorCode, ErrorAdvice>);
