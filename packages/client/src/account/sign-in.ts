import { type Arrived, type Entrance, enter, requireRoom } from "./arrival.ts";
import { stretchKnownPassword } from "./known-password.ts";

/** Who signs in. */
export interface Credentials {
  /** What the account signs in with; upper and lower case make no difference. */
  readonly login: string;
  /** Never leaves this device. */
  readonly password: string;
}

/**
 * Signs in to an account of this kind of client. The password itself is never sent, whatever the server answers: an account
 * that an old client made is refused as a wrong password is, because a server that could tell them apart could also ask
 * for the password. For those there is `signInOldAccount`.
 *
 * A storage that holds the same account already goes on with what it has.
 *
 * @throws TacitError `invalid_credentials`, `account_disabled`, `too_many_attempts`; `other_account`; `damaged_keys` if
 *   the server accepts the password and then has keys that are not this account's; as `Http.call` and `LocalStore.write`.
 *   CryptoError `weak_kdf` or `costly_kdf` if the server wants the password stretched as only an attacker would;
 *   `unsupported_version` for keys of a later release.
 */
export async function signIn(credentials: Entrance & Credentials): Promise<Arrived> {
  await requireRoom(credentials);
  const known = await stretchKnownPassword(credentials.http, credentials);
  return await enter(credentials, { ...known, login: credentials.login });
}
