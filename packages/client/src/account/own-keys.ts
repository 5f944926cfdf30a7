import { type AccountBundle, privateKeys } from "../crypto/index.ts";
import { fromBase64, toBase64 } from "../crypto/primitives/octets.ts";
import type { AccountRecord } from "../store/tables.ts";
import type { Account } from "./account.ts";
import { type Calls, readServerKeys, requireSuccessor, type ServerKeys } from "./server-keys.ts";
import { bundleOf, storedBundle } from "./stored-bundle.ts";

/** What this account's secrets are, now. */
export interface OwnKeys {
  readonly userId: number;
  bundle(): AccountBundle;
  /** The version of the present public key. */
  keyVersion(): number;
  /** X25519 private keys, newest first. */
  privateKeys(): readonly Uint8Array[];
  /**
   * Another device may have rotated the keys: asks the server, once for all who ask at the same time.
   *
   * @returns true if there are new keys now
   * @throws TacitError `damaged_keys` for keys that cannot have become of these; as `Api.call` and `LocalStore.write`
   */
  refresh(): Promise<boolean>;
}

/** What the keys are read from and asked of. */
export interface OwnKeysDependencies {
  readonly account: Account;
  readonly api: Calls;
}

/** The keys of the account in a storage. */
export function createOwnKeys({ account, api }: OwnKeysDependencies): OwnKeys {
  let opened: { readonly from: AccountRecord["bundle"]; readonly bundle: AccountBundle } | undefined;
  let refreshing: Promise<boolean> | undefined;

  function bundle(): AccountBundle {
    const { record } = account;
    if (opened?.from !== record.bundle) opened = { from: record.bundle, bundle: bundleOf(record) };
    return opened.bundle;
  }

  return {
    userId: account.record.userId,
    bundle,
    keyVersion: () => account.record.keyVersion,
    privateKeys: () => privateKeys(bundle()),
    refresh: () => {
      // In turn with rotations of this device: an answer from before one would look like a step back.
      refreshing ??= account.changes
        .take(() => refreshKeys(account, api))
        .finally(() => {
          refreshing = undefined;
        });
      return refreshing;
    },
  };
}

async function refreshKeys(account: Account, api: Calls): Promise<boolean> {
  const { record } = account;
  const masterKeys = [record.masterKey, record.nextMasterKey].flatMap((key) => key ?? []);
  const keys = await readServerKeys(api, record.userId, masterKeys.map(fromBase64));
  return await adoptKeys(account, keys);
}

/**
 * Stores what the server has, unless it is known already.
 *
 * @returns true if there are new keys now
 * @throws TacitError `damaged_keys` for keys that cannot have become of those in the storage; as `LocalStore.write`
 */
export async function adoptKeys(account: Account, keys: ServerKeys): Promise<boolean> {
  let rotated = false;
  await account.update((known) => {
    requireSuccessor(known, keys);
    rotated = keys.keyVersion > known.keyVersion;
    const masterKey = toBase64(keys.masterKey);
    if (!rotated && masterKey === known.masterKey) return known;
    const { nextMasterKey, ...rest } = known;
    return {
      ...rest,
      ...(nextMasterKey === undefined || nextMasterKey === masterKey ? {} : { nextMasterKey }),
      masterKey,
      // The same octets keep their identity: whoever opened them need not do so again.
      ...(rotated ? { bundle: storedBundle(keys.bundle), keyVersion: keys.keyVersion } : {}),
    };
  });
  return rotated;
}
