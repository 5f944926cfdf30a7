import { authEndpoints } from "@tacit/protocol";
import { type AccountBundle, readRecoveryWords, recoveryKeys, sealAccountBundle } from "../crypto/index.ts";
import { wipe } from "../crypto/primitives/octets.ts";
import { type Arrived, arrive, type Entrance, orLeave, requireRoom } from "./arrival.ts";
import { stretchNewPassword } from "./new-secrets.ts";
import { type PasswordPolicy, requireGoodPassword } from "./password-strength.ts";
import { damagedKeys, openedOrNot } from "./server-keys.ts";
import { wipeBundle } from "./stored-bundle.ts";

/** Somebody who has forgotten the password. */
export interface Recovery extends Entrance, PasswordPolicy {
  /** What the account signs in with; upper and lower case make no difference. */
  readonly login: string;
  /** The twelve recovery words, as typed. Neither they nor what opens the keys leave this device. */
  readonly words: string;
  /** From now on. Never leaves this device. */
  readonly newPassword: string;
}

/**
 * Opens the account with its recovery words, gives it a new password and signs in; every other session is ended. All history
 * that the server has can be read, across rotations of the keys. The words stay good.
 *
 * Accounts of old clients have no recovery words; their recovery secret proves nothing to a server and cannot be used here.
 * Broken off after the server has answered, the person signs in with the new password.
 *
 * @throws TacitError `invalid_recovery` for words of another account, or a login that nobody has; `weak_password`,
 *   `account_disabled`, `too_many_attempts`, `other_account`, `damaged_keys`; as `Http.call` and `LocalStore.write`.
 *   CryptoError `recovery_word_count`, `recovery_word_unknown`, `recovery_checksum` for what no recovery words can be, before
 *   anything is sent; `unsupported_version`.
 */
export async function recover(recovery: Recovery): Promise<Arrived> {
  const { http, login, newPassword } = recovery;
  const { sealingKey, auth: recovery_auth } = keysOf(recovery.words);
  await requireRoom(recovery);
  await requireGoodPassword(newPassword, recovery, recovery);
  const begun = await http.call(authEndpoints.recover, { body: { login, recovery_auth } });
  const bundle = openedForRecovery(sealingKey, begun.pkebyrk);
  const { auth, masterKey, salt, kdf } = await stretchNewPassword(login, newPassword);
  const { recovery_token } = begun;
  const [pkebymk, pkebyrk] = [sealAccountBundle(masterKey, bundle), sealAccountBundle(sealingKey, bundle)];
  wipe(sealingKey);
  wipeBundle(bundle);
  const body = { recovery_token, new_password: auth, pkebymk, pkebyrk, salt, kdf };
  const signedIn = await http.call(authEndpoints.completeRecovery, { body });
  const arrival = { login, masterKey, signedIn, recoveryProven: true };
  return await orLeave(recovery, signedIn, () => arrive(recovery, arrival));
}

function keysOf(words: string) {
  const entropy = readRecoveryWords(words);
  const keys = recoveryKeys(entropy);
  wipe(entropy);
  return keys;
}

function openedForRecovery(sealingKey: Uint8Array, sealed: string): AccountBundle {
  const bundle = openedOrNot(sealingKey, sealed);
  if (!bundle) throw damagedKeys();
  return bundle;
}
