import { keyEndpoints } from "@tacit/protocol";
import {
  type AccountBundle,
  readRecoveryWords,
  recoveryKeys,
  rotateAccountBundle,
  sealAccountBundle,
} from "../crypto/index.ts";
import { equal, wipe } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import { type AccountAccess, readUnlocked, unlock } from "./known-password.ts";
import { publicKeyFields } from "./new-secrets.ts";
import { openedOrNot, type ServerKeys } from "./server-keys.ts";
import { wipeBundle } from "./stored-bundle.ts";
import { sendSurely } from "./sure-change.ts";

/** What somebody has to know who rotates keys. */
export interface Rotation {
  /** The present one. Never leaves this device. */
  readonly password: string;
  /**
   * The twelve recovery words, as typed: the new key has to be sealed for them too, and this device does not keep them. Who
   * has lost them makes new ones: `renewRecovery` with `rotate`.
   */
  readonly words: string;
}

/**
 * Replaces the key pair to which others encrypt by a new one. The identity stays, so contacts accept it without a word; what
 * was written to the old key stays readable. Other devices of the account take the new key over.
 *
 * @throws TacitError `wrong_password`; `invalid_recovery` for words of another account, or older ones; `key_version_conflict` if
 *   another device did the same meanwhile; `damaged_keys`, `too_many_attempts`, `signed_out`; as `Api.call` and
 *   `LocalStore.write`. CryptoError as `recover` and `signIn`; `too_many_keys` after 64 rotations.
 */
export async function rotateKeys(access: AccountAccess, { password, words }: Rotation): Promise<void> {
  const entropy = readRecoveryWords(words);
  const { sealingKey } = recoveryKeys(entropy);
  wipe(entropy);
  await access.account.changes.take(() => rotateInTurn(access, password, sealingKey));
}

async function rotateInTurn(access: AccountAccess, password: string, sealingKey: Uint8Array): Promise<void> {
  const { api } = access;
  const { auth, masterKey, salt, keys } = await unlock(access, password);
  requireTheirWords(keys, sealingKey);
  const bundle = await rotateAccountBundle(keys.bundle, keys.keyVersion);
  const pkebymk = sealAccountBundle(masterKey, bundle);
  const pkebyrk = sealAccountBundle(sealingKey, bundle);
  const published = await publicKeyFields(bundle, keys.keyVersion + 1);
  wipe(sealingKey);
  wipeBundle(bundle);
  wipeBundle(keys.bundle);
  const body = { current_password: auth, ...published, pkebymk, pkebyrk, salt };
  await sendSurely(api, pkebymk, () => api.call(keyEndpoints.replaceKeys, { body }));
  const rotated = await readUnlocked(access, masterKey);
  wipeBundle(rotated.bundle);
  wipe(masterKey);
}

function requireTheirWords({ sealedForRecovery, bundle }: ServerKeys, sealingKey: Uint8Array): void {
  const recovered = openedOrNot(sealingKey, sealedForRecovery);
  if (!recovered || !isSameAccount(recovered, bundle))
    throw new TacitError("invalid_recovery", "These are not the recovery words of this account.");
  wipeBundle(recovered);
}

function isSameAccount(one: AccountBundle, other: AccountBundle): boolean {
  return equal(one.identitySeed, other.identitySeed);
}
