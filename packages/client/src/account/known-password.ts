import { authEndpoints, type Kdf } from "@tacit/protocol";
import * as Type from "typebox";
import { CryptoError, stretchPassword } from "../crypto/index.ts";
import { equal, fromBase64, wipe } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import type { Http } from "../transport/http.ts";
import type { Account } from "./account.ts";
import { adoptKeys } from "./own-keys.ts";
import { type Calls, readServerKeys, type ServerKeys } from "./server-keys.ts";

/** Prelogin, with any parameters: those that are too weak have an error of their own. */
const ANY_PRELOGIN = {
  ...authEndpoints.prelogin,
  response: Type.Object({
    salt: Type.String(),
    kdf: Type.Object({
      v: Type.Integer(),
      alg: Type.String(),
      m: Type.Integer(),
      t: Type.Integer(),
      p: Type.Integer(),
    }),
  }),
} as const;

/** What becomes of the password of an account that exists. */
export interface KnownPassword {
  /** Goes to the server in the place of the password. */
  readonly auth: string;
  readonly masterKey: Uint8Array;
  /** With which the password was stretched, in base64. */
  readonly salt: string;
  readonly kdf: Kdf;
}

/**
 * Asks the server how a password was stretched, and does so.
 *
 * @throws CryptoError `weak_kdf` or `costly_kdf` for parameters that only an attacker has use for; `malformed`.
 *   TacitError as `Http.call`.
 */
export async function stretchKnownPassword(
  http: Pick<Http, "call">,
  { login, password }: { readonly login: string; readonly password: string },
): Promise<KnownPassword> {
  const { salt, kdf: told } = await http.call(ANY_PRELOGIN, { body: { login } });
  const kdf = ofThisKind(told);
  return { ...(await stretchPassword({ login, password, salt, kdf })), salt, kdf };
}

function ofThisKind({ v, alg, m, t, p }: Omit<Kdf, "v" | "alg"> & { v: number; alg: string }): Kdf {
  if (v !== 2 || alg !== "argon2id") throw new CryptoError("weak_kdf");
  return { v, alg, m, t, p };
}

/** What the change of an account needs. */
export interface AccountAccess {
  readonly account: Account;
  readonly http: Pick<Http, "call">;
  readonly api: Calls;
}

/** A password that was found right, and what it opened. */
export interface Unlocked extends KnownPassword {
  readonly keys: ServerKeys;
}

/**
 * Finds out whether this is the account's password, by what it opens: the server is told nothing. Keys of the server's that are
 * newer are stored.
 *
 * @throws TacitError `wrong_password`, `damaged_keys`; as `Api.call` and `LocalStore.write`. CryptoError as
 *   {@link stretchKnownPassword}.
 */
export async function unlock({ account, http, api }: AccountAccess, password: string): Promise<Unlocked> {
  const { login } = account.record;
  const known = await stretchKnownPassword(http, { login, password });
  const keys = await readUnlocked({ account, api }, known.masterKey);
  return { ...known, keys };
}

/**
 * Reads the keys of the server's with a master key that somebody has just derived from a password.
 *
 * @throws TacitError as {@link unlock}
 */
export async function readUnlocked(
  { account, api }: Pick<AccountAccess, "account" | "api">,
  masterKey: Uint8Array,
): Promise<ServerKeys> {
  try {
    const keys = await readServerKeys(api, account.record.userId, [masterKey]);
    await adoptKeys(account, keys);
    return keys;
  } catch (error) {
    const damaged = error instanceof TacitError && error.code === "damaged_keys";
    if (!damaged || isKnown(account, masterKey)) throw error;
    throw new TacitError("wrong_password", "The current password is wrong.");
  }
}

function isKnown({ record }: Account, masterKey: Uint8Array): boolean {
  return [record.masterKey, record.nextMasterKey].some((key) => {
    const octets = fromBase64(key ?? "");
    const same = equal(octets, masterKey);
    wipe(octets);
    return same;
  });
}
