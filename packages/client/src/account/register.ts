import { authEndpoints } from "@tacit/protocol";
import { newAccountBundle, sealAccountBundle } from "../crypto/index.ts";
import { fromBase64, wipe } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import { type Arrived, type Entrance, enter, otherAccount } from "./arrival.ts";
import { type NewPassword, publicKeyFields, recoveryFields, stretchNewPassword } from "./new-secrets.ts";
import { type PasswordPolicy, requireGoodPassword } from "./password-strength.ts";
import { type BegunRecovery, beginRecovery, forgetEntropyInProgress } from "./recovery-in-progress.ts";
import { signIn } from "./sign-in.ts";
import { wipeBundle } from "./stored-bundle.ts";
import { mayHaveHappened } from "./sure-change.ts";

/** A new account. */
export interface Registration extends Entrance, PasswordPolicy {
  /** What to sign in with: a secret, which nobody else is ever told. */
  readonly login: string;
  /** What others find the account by. */
  readonly username: string;
  /** What others see the account as, 1 to 32 characters. Default: the first 32 of the username. */
  readonly nickname?: string | undefined;
  /** Never leaves this device. */
  readonly password: string;
  /** A code, for servers that want one. */
  readonly invite?: string | undefined;
}

/**
 * Makes an account, signs in and stores it. It is there for good when this resolves, and usable once the person has proven to
 * have the recovery words: see `unprovenRecovery`.
 *
 * Broken off before the server has answered, it can be called again, with the same outcome. Broken off before the account
 * was stored, it can be called again, too, or the person signs in with the password; in the same storage the words of the
 * first try are shown then. On another device they are not known: `renewRecovery` makes others.
 *
 * @throws TacitError `weak_password`, `other_account` if anybody is in the storage, `login_taken`, `username_taken`,
 *   `registration_closed`, `invite_required`, `invalid_invite`, `too_many_registrations`, `invalid_input`; as `signIn`.
 */
export async function register(registration: Registration): Promise<Arrived> {
  const { http, store, login, password } = registration;
  if (await store.get("account", [])) throw otherAccount();
  await requireGoodPassword(password, registration, registration);
  const secrets = await stretchNewPassword(login, password);
  const recovery = await beginRecovery(store, { server: http.server, login });
  try {
    await http.call(authEndpoints.register, { body: await bodyOf(registration, secrets, recovery) });
  } catch (error) {
    const arrived = recovery.again && isTaken(error) ? await signInIfMine(registration) : undefined;
    if (arrived) return arrived;
    if (!recovery.again && !mayHaveHappened(error)) await store.write(forgetEntropyInProgress);
    throw error;
  }
  return await enter(registration, { login, ...secrets });
}

async function bodyOf(registration: Registration, secrets: NewPassword, recovery: BegunRecovery) {
  const { login, username, nickname, invite } = registration;
  const { auth, masterKey, salt, kdf } = secrets;
  const bundle = await newAccountBundle();
  const entropy = fromBase64(recovery.entropy);
  const { public_key: pubk, ...signed } = await publicKeyFields(bundle, 1);
  const pkebymk = sealAccountBundle(masterKey, bundle);
  const body = { login, username, password: auth, pubk, ...signed, pkebymk, salt, kdf };
  const recoverable = recoveryFields(entropy, bundle);
  wipeBundle(bundle);
  wipe(entropy);
  return { ...body, ...recoverable, ...(nickname ? { nickname } : {}), ...(invite ? { invite } : {}) };
}

function isTaken(error: unknown): boolean {
  return error instanceof TacitError && (error.code === "login_taken" || error.code === "username_taken");
}

/** The login may have been taken by the try whose answer never came. */
async function signInIfMine(registration: Registration): Promise<Arrived | undefined> {
  try {
    return await signIn(registration);
  } catch (error) {
    if (error instanceof TacitError && error.code === "invalid_credentials") return undefined;
    throw error;
  }
}
