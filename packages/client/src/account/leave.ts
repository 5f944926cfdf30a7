import { authEndpoints, userEndpoints } from "@tacit/protocol";
import type { LocalStore } from "../store/local-store.ts";
import type { Storage } from "../store/storage.ts";
import type { Session } from "../transport/session.ts";
import { PATIENCE } from "./arrival.ts";
import { type AccountAccess, unlock } from "./known-password.ts";
import type { Calls } from "./server-keys.ts";
import { wipeBundle } from "./stored-bundle.ts";

/** What is ended and wiped. */
export interface Leaving {
  readonly api: Calls;
  readonly session: Pick<Session, "end">;
  readonly store: Pick<LocalStore, "close">;
  readonly storage: Pick<Storage, "destroy">;
}

/**
 * Signs out: the server ends the session if it can be reached within 5 s, and everything of the account on this device is removed, with
 * the key that sealed it. Whatever else uses the store has to be closed before.
 *
 * @throws TacitError as `Storage.destroy`
 */
export async function signOut(leaving: Leaving): Promise<void> {
  const { api } = leaving;
  await api.call(authEndpoints.logout, { signal: AbortSignal.timeout(PATIENCE) }).catch(() => undefined);
  await wipeAll(leaving);
}

/**
 * Deletes the account, its keys and profile for good, and wipes it from this device. What was sent to others stays theirs.
 *
 * @param password is checked here: whoever finds a device that is signed in cannot delete the account
 * @throws TacitError `wrong_password`, `damaged_keys`, `signed_out`; as `Api.call` and `Storage.destroy`
 */
export async function deleteAccount(
  access: AccountAccess,
  leaving: Leaving,
  password: string,
): Promise<void> {
  const { keys } = await access.account.changes.take(() => unlock(access, password));
  wipeBundle(keys.bundle);
  await access.api.call(userEndpoints.deleteMe, {});
  await wipeAll(leaving);
}

async function wipeAll({ session, store, storage }: Leaving): Promise<void> {
  session.end();
  await store.close();
  await storage.destroy();
}
