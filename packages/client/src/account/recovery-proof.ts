import { keyEndpoints } from "@tacit/protocol";
import {
  newRecoveryEntropy,
  proofPositions,
  provesRecoveryWords,
  recoveryWords,
  rotateAccountBundle,
  sealAccountBundle,
} from "../crypto/index.ts";
import { fromBase64, wipe } from "../crypto/primitives/octets.ts";
import type { Account } from "./account.ts";
import { type AccountAccess, readUnlocked, type Unlocked, unlock } from "./known-password.ts";
import { publicKeyFields, recoveryFields } from "./new-secrets.ts";
import { wipeBundle } from "./stored-bundle.ts";
import { sendSurely } from "./sure-change.ts";

/** Recovery words that a person is shown, and has to prove to have written down. */
export interface RecoveryProof {
  /** Twelve, to be written down: they are shown once. */
  readonly words: readonly string[];
  /** The places, from 0, of the words to ask for. */
  readonly positions: readonly number[];
  /**
   * Takes the answers, in the order of `positions`, and once they are right the words count as proven.
   *
   * @returns false if they are wrong: ask again
   * @throws TacitError as the function that made this
   */
  confirm(answers: readonly string[]): Promise<boolean>;
}

/**
 * The words of an account that was just made or upgraded. Until they are proven the account is not usable; after a restart they are
 * shown again, with other places to ask for.
 *
 * @returns nothing once they are proven. `confirm` throws as `LocalStore.write`.
 */
export function unprovenRecovery(account: Account): RecoveryProof | undefined {
  const { recoveryProven, recoveryEntropy } = account.record;
  if (recoveryProven || recoveryEntropy === undefined) return undefined;
  return proofOf(fromBase64(recoveryEntropy), () => countAsProven(account));
}

/** Who makes new recovery words. */
export interface RecoveryRenewal {
  /** The present one. Never leaves this device. */
  readonly password: string;
  /** Replaces the key pair as well, as `rotateKeys` does: for who has lost the words. */
  readonly rotate?: boolean;
}

/**
 * Makes new recovery words. Only when they are proven does the server hear of them; until then the old ones count, and if nobody
 * proves the new ones, nothing has happened. Then every other session is ended.
 *
 * @throws TacitError `wrong_password`, `damaged_keys`, `too_many_attempts`, `signed_out`; as `Api.call`; CryptoError as
 *   `signIn`. `confirm` throws these, `key_version_conflict` (try again) and as `LocalStore.write`; CryptoError
 *   `too_many_keys`.
 */
export async function renewRecovery(
  access: AccountAccess,
  { password, rotate = false }: RecoveryRenewal,
): Promise<RecoveryProof> {
  const unlocked = await access.account.changes.take(() => unlock(access, password));
  wipeBundle(unlocked.keys.bundle);
  const entropy = newRecoveryEntropy();
  return proofOf(entropy, () =>
    access.account.changes.take(() => sendRenewal(access, unlocked, entropy, rotate)),
  );
}

async function sendRenewal(
  access: AccountAccess,
  { auth, masterKey, salt, kdf }: Unlocked,
  entropy: Uint8Array,
  rotate: boolean,
): Promise<void> {
  const { account, api } = access;
  const { bundle: present, keyVersion } = await readUnlocked(access, masterKey);
  const bundle = rotate ? await rotateAccountBundle(present, keyVersion) : present;
  const pkebymk = sealAccountBundle(masterKey, bundle);
  const body = {
    ...{ current_password: auth, new_password: auth, pkebymk, salt, kdf },
    ...recoveryFields(entropy, bundle),
    ...(rotate ? await publicKeyFields(bundle, keyVersion + 1) : {}),
  };
  wipeBundle(present);
  wipeBundle(bundle);
  await sendSurely(api, pkebymk, () => api.call(keyEndpoints.changePassword, { body }));
  wipeBundle((await readUnlocked(access, masterKey)).bundle);
  await countAsProven(account);
}

async function countAsProven(account: Account): Promise<void> {
  await account.update(({ recoveryEntropy: _, ...record }) => ({ ...record, recoveryProven: true }));
}

/** @param accept what is done once the words are proven; it may fail and be tried again */
function proofOf(entropy: Uint8Array, accept: () => Promise<void>): RecoveryProof {
  const words = recoveryWords(entropy);
  const positions = proofPositions();
  let accepting: Promise<void> | undefined;
  return {
    words,
    positions,
    confirm: async (answers) => {
      if (!provesRecoveryWords(words, positions, answers)) return false;
      accepting ??= accept().catch((error: unknown) => {
        accepting = undefined;
        throw error;
      });
      await accepting;
      wipe(entropy);
      return true;
    },
  };
}
