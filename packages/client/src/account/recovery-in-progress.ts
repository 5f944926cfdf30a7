import type { Static } from "typebox";
import * as Type from "typebox";
import { newRecoveryEntropy } from "../crypto/index.ts";
import { toBase64 } from "../crypto/primitives/octets.ts";
import type { Changes, LocalStore } from "../store/local-store.ts";
import { check } from "../transport/schema-check.ts";

const SETTING = "recovery in progress";

/** Recovery words of an account that the server is about to make, or to upgrade. */
const RecoveryInProgress = Type.Object({
  server: Type.String(),
  login: Type.String(),
  /** Base64 of 16 octets. */
  entropy: Type.String(),
});
type RecoveryInProgress = Static<typeof RecoveryInProgress>;

/** What a registration or an upgrade that was broken off has left. */
export async function entropyInProgress(store: LocalStore): Promise<RecoveryInProgress | undefined> {
  const left = await store.get("setting", [SETTING]);
  return check(RecoveryInProgress, left) ? left : undefined;
}

/** Words, and whether an earlier try with them was broken off. */
export interface BegunRecovery {
  /** Base64 of 16 octets. */
  readonly entropy: string;
  readonly again: boolean;
}

/**
 * Makes recovery words and stores them before the server hears of them: whatever is broken off, the person can still be
 * shown those that count. The second try of the same thing gets the same ones.
 *
 * @throws TacitError as `LocalStore.write`
 */
export async function beginRecovery(
  store: LocalStore,
  { server, login }: Omit<RecoveryInProgress, "entropy">,
): Promise<BegunRecovery> {
  const left = await entropyInProgress(store);
  if (left?.server === server && left.login === login) return { entropy: left.entropy, again: true };
  const entropy = toBase64(newRecoveryEntropy());
  await store.write((changes) => changes.put("setting", [SETTING], { server, login, entropy }), {
    durable: true,
  });
  return { entropy, again: false };
}

/** Within the write that stores the account, or after the server has refused it. */
export function forgetEntropyInProgress(changes: Changes): void {
  changes.remove("setting", [SETTING]);
}
