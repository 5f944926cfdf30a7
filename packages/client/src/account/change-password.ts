import { type BodyOf, keyEndpoints } from "@tacit/protocol";
import { sealAccountBundle } from "../crypto/index.ts";
import { toBase64, wipe } from "../crypto/primitives/octets.ts";
import { type AccountAccess, readUnlocked, unlock } from "./known-password.ts";
import { stretchNewPassword } from "./new-secrets.ts";
import { type PasswordPolicy, requireGoodPassword } from "./password-strength.ts";
import { wipeBundle } from "./stored-bundle.ts";
import { mayHaveHappened, sendSurely } from "./sure-change.ts";

/** The password before and after. */
export interface PasswordChange extends PasswordPolicy {
  /** Never leaves this device. */
  readonly currentPassword: string;
  /** Never leaves this device. */
  readonly newPassword: string;
}

/**
 * Changes the password and seals the keys under it. Every other session is ended, this one goes on. The recovery words stay.
 * Whether the server has made the change is found out even if its answer is lost; until then both passwords are
 * reckoned with.
 *
 * @throws TacitError `wrong_password`, `weak_password`, `damaged_keys`, `too_many_attempts`, `signed_out`; as `Api.call` and
 *   `LocalStore.write`. CryptoError as `signIn`.
 */
export async function changePassword(access: AccountAccess, change: PasswordChange): Promise<void> {
  const { account } = access;
  await requireGoodPassword(change.newPassword, { login: account.record.login }, change);
  await account.changes.take(() => changeInTurn(access, change));
}

async function changeInTurn(access: AccountAccess, change: PasswordChange): Promise<void> {
  const { account, api } = access;
  const current = await unlock(access, change.currentPassword);
  wipeBundle(current.keys.bundle);
  const { auth, masterKey, salt, kdf } = await stretchNewPassword(account.record.login, change.newPassword);
  // Read again: while the password was stretched, another device may have rotated the keys.
  const { bundle } = await readUnlocked(access, current.masterKey);
  const pkebymk = sealAccountBundle(masterKey, bundle);
  const body = { current_password: current.auth, new_password: auth, pkebymk, salt, kdf };
  wipeBundle(bundle);
  const next = toBase64(masterKey);
  wipe(masterKey, current.masterKey);
  await account.update((record) => ({ ...record, nextMasterKey: next }));
  await send({ account, api }, body);
  await account.update(({ nextMasterKey: _, ...record }) => ({ ...record, masterKey: next }));
}

async function send(
  { account, api }: Pick<AccountAccess, "account" | "api">,
  body: BodyOf<typeof keyEndpoints.changePassword>,
): Promise<void> {
  try {
    await sendSurely(api, body.pkebymk, () => api.call(keyEndpoints.changePassword, { body }));
  } catch (error) {
    if (!mayHaveHappened(error)) await account.update(({ nextMasterKey: _, ...record }) => record);
    throw error;
  }
}
