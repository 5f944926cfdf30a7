import { type KeyBundle, keyEndpoints, type SignedIn } from "@tacit/protocol";
import {
  type AccountBundle,
  CryptoError,
  legacyMasterKey,
  openLegacyPrivateKey,
  sealAccountBundle,
  upgradeLegacyAccount,
} from "../crypto/index.ts";
import { fromBase64, toBase64, wipe } from "../crypto/primitives/octets.ts";
import { x25519PublicKey } from "../crypto/primitives/x25519.ts";
import { TacitError } from "../errors.ts";
import {
  type Arrived,
  arrive,
  callsOf,
  type Entrance,
  openSession,
  orLeave,
  otherAccount,
} from "./arrival.ts";
import { publicKeyFields, recoveryFields, stretchNewPassword } from "./new-secrets.ts";
import { type PasswordPolicy, requireGoodPassword } from "./password-strength.ts";
import { beginRecovery } from "./recovery-in-progress.ts";
import { damagedKeys } from "./server-keys.ts";
import { type Credentials, signIn } from "./sign-in.ts";
import { wipeBundle } from "./stored-bundle.ts";
import { sendSurely } from "./sure-change.ts";

/** Somebody who signs in to an account of an old client. */
export interface OldAccount extends Entrance, Credentials, PasswordPolicy {
  /**
   * The person was told, and wants it: the server may learn this password. Old clients sent it with every login; but a
   * hostile server can also pretend that an account is an old one.
   */
  readonly serverMayLearnPassword: true;
  /**
   * The password from now on, which the server will not know. Without it the old one stays, and whoever has seen it on the
   * server can open the keys.
   */
  readonly newPassword?: string | undefined;
}

/**
 * Signs in to an account that an old client made, and makes one of today's of it, at once: new keys under a new identity,
 * a new recovery key, and a password that is not sent any more. The old private key goes on reading. Every other session
 * is ended, since old clients cannot use the account any more.
 *
 * First the password is tried without being sent. Only if the server refuses that, it is. The server changes the account wholly or
 * not at all, so broken off at any point this can be called again. The account is usable once the person has proven to
 * have the new recovery words: see `unprovenRecovery`.
 *
 * @throws TacitError `not_an_old_account` if this storage or the server knows better, `weak_password`, `other_account`,
 *   `key_version_conflict` if another device changed the account meanwhile; as `signIn`.
 */
export async function signInOldAccount(old: OldAccount): Promise<Arrived> {
  await requireStranger(old);
  const { login, newPassword = old.password } = old;
  await requireGoodPassword(newPassword, { login }, old);
  const upgraded = await signInIfUpgraded(old, newPassword);
  if (upgraded) return upgraded;
  const signedIn = await openSession(old, login, old.password);
  return await orLeave(old, signedIn, () => upgrade(old, newPassword, signedIn));
}

/** All that is in a storage is of today's kind. */
async function requireStranger({ http, store, login }: OldAccount): Promise<void> {
  const held = await store.get("account", []);
  if (!held) return;
  if (held.server === http.server && held.login === login) throw notAnOldAccount();
  throw otherAccount();
}

function notAnOldAccount(): TacitError {
  return new TacitError("not_an_old_account", "This account is of today's kind: sign in to it as such.");
}

/** Its upgrade may have been broken off after the server had made it. */
async function signInIfUpgraded(old: OldAccount, newPassword: string): Promise<Arrived | undefined> {
  try {
    const arrived = await signIn({ ...old, password: newPassword });
    // The old key is among the former ones. An account that was never an old one, and has none, signed everything.
    if (arrived.account.record.bundle.old.length > 0)
      await arrived.account.update((record) => ({ ...record, isUpgraded: true }));
    return arrived;
  } catch (error) {
    if (error instanceof TacitError && error.code === "invalid_credentials") return undefined;
    throw error;
  }
}

async function upgrade(old: OldAccount, newPassword: string, signedIn: SignedIn): Promise<Arrived> {
  const { http, store, login, password } = old;
  const api = callsOf(http, signedIn);
  const sealed = await api.call(keyEndpoints.getKeys, {});
  if (sealed.kdf !== null) throw notAnOldAccount();
  const bundle = await upgradedBundle(password, sealed, signedIn.user.pubk);
  const { auth, masterKey, salt, kdf } = await stretchNewPassword(login, newPassword);
  const begun = await beginRecovery(store, { server: http.server, login });
  const entropy = fromBase64(begun.entropy);
  const pkebymk = sealAccountBundle(masterKey, bundle);
  const body = {
    current_password: password,
    new_password: auth,
    ...{ pkebymk, salt, kdf },
    ...recoveryFields(entropy, bundle),
    ...(await publicKeyFields(bundle, sealed.key_version + 1)),
  };
  wipe(entropy);
  wipeBundle(bundle);
  await sendSurely(api, pkebymk, () => api.call(keyEndpoints.changePassword, { body }));
  return await arrive(old, { login, masterKey, signedIn, isUpgraded: true });
}

/** @param publicKey as the server tells it to others */
async function upgradedBundle(
  password: string,
  { pkebymk, salt, key_version }: KeyBundle,
  publicKey: string,
): Promise<AccountBundle> {
  const privateKey = await oldPrivateKey(password, pkebymk, salt);
  if (toBase64(await x25519PublicKey(privateKey)) !== publicKey) throw damagedKeys();
  const bundle = await upgradeLegacyAccount(privateKey, key_version);
  wipe(privateKey);
  return bundle;
}

async function oldPrivateKey(password: string, pkebymk: string, salt: string): Promise<Uint8Array> {
  try {
    const masterKey = await legacyMasterKey(password, salt);
    const privateKey = openLegacyPrivateKey(masterKey, pkebymk);
    wipe(masterKey);
    return privateKey;
  } catch (error) {
    throw error instanceof CryptoError ? damagedKeys() : error;
  }
}
