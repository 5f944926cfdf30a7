import { authEndpoints, type SignedIn } from "@tacit/protocol";
import { recoveryKeys } from "../crypto/index.ts";
import { fromBase64, toBase64, wipe } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { AccountRecord, ProfileRecord } from "../store/tables.ts";
import type { Http } from "../transport/http.ts";
import type { Tokens } from "../transport/session.ts";
import { Account } from "./account.ts";
import { entropyInProgress, forgetEntropyInProgress } from "./recovery-in-progress.ts";
import { type Calls, openedOrNot, readServerKeys, requireSuccessor, type ServerKeys } from "./server-keys.ts";
import { storedBundle, wipeBundle } from "./stored-bundle.ts";

/** Where an account comes from and where it is kept. */
export interface Entrance {
  readonly http: Pick<Http, "call" | "server">;
  /** Empty, or that of the same account, which then goes on with all that it has. */
  readonly store: LocalStore;
  /** The session lasts 365 days from its last use instead of 30. */
  readonly rememberMe?: boolean | undefined;
}

/** An account that is in the storage for good, and the tokens of its new session. */
export interface Arrived {
  readonly account: Account;
  /** For `createSession`. */
  readonly tokens: Tokens;
}

/**
 * Refuses a storage of another server's account before anything is sent.
 *
 * @throws TacitError `other_account`
 */
export async function requireRoom({ http, store }: Entrance): Promise<AccountRecord | undefined> {
  const held = await store.get("account", []);
  if (held && held.server !== http.server) throw otherAccount();
  return held;
}

/** Opens a session with what a password became. @throws TacitError as `Http.call` and {@link arrive} */
export async function enter(
  entrance: Entrance,
  {
    login,
    auth,
    masterKey,
  }: { readonly login: string; readonly auth: string; readonly masterKey: Uint8Array },
): Promise<Arrived> {
  const signedIn = await openSession(entrance, login, auth);
  return await orLeave(entrance, signedIn, () => arrive(entrance, { login, masterKey, signedIn }));
}

/** @param password what the account's kind sends in its place. @throws TacitError as `Http.call` */
export async function openSession(
  { http, rememberMe = false }: Entrance,
  login: string,
  password: string,
): Promise<SignedIn> {
  return await http.call(authEndpoints.login, { body: { login, password, remember_me: rememberMe } });
}

/** Somebody whom the server has let in. */
export interface Arrival {
  readonly login: string;
  readonly masterKey: Uint8Array;
  readonly signedIn: SignedIn;
  /** The recovery words were just typed. */
  readonly recoveryProven?: boolean;
  /** It was one of an old client until now. */
  readonly isUpgraded?: boolean;
}

/**
 * Opens the keys, checks them and stores the account.
 *
 * @throws TacitError `other_account`; `damaged_keys`, see `readServerKeys` and `requireSuccessor`; as `Http.call` and
 *   `LocalStore.write`. CryptoError `unsupported_version`.
 */
export async function arrive({ http, store }: Entrance, arrival: Arrival): Promise<Arrived> {
  const { login, masterKey, signedIn } = arrival;
  const held = await store.get("account", []);
  if (held && held.userId !== signedIn.user.id) throw otherAccount();
  const keys = await readServerKeys(callsOf(http, signedIn), signedIn.user.id, [masterKey]);
  if (held) requireSuccessor(held, keys);
  const tokens = tokensOf(signedIn);
  const unproven = arrival.recoveryProven ? undefined : await unprovenEntropy(store, held, keys);
  const record: AccountRecord = {
    server: http.server,
    userId: signedIn.user.id,
    login,
    sessionId: tokens.sessionId,
    refreshToken: tokens.refreshToken,
    bundle: storedBundle(keys.bundle),
    keyVersion: keys.keyVersion,
    masterKey: toBase64(masterKey),
    recoveryProven: unproven === undefined,
    ...(unproven === undefined ? {} : { recoveryEntropy: unproven }),
    ...((arrival.isUpgraded || held?.isUpgraded) && { isUpgraded: true }),
  };
  wipeBundle(keys.bundle);
  wipe(masterKey);
  await store.write(
    (changes) => {
      changes.put("account", [], record);
      changes.put("profile", [record.userId], profileOf(signedIn));
      forgetEntropyInProgress(changes);
    },
    { durable: true },
  );
  return { account: new Account(store, record), tokens };
}

function profileOf({ user: { id: userId, username, nickname, avatar } }: SignedIn): ProfileRecord {
  return { userId, username, nickname, avatar };
}

/** Words that this device has shown and nobody has proven to have, if they are still those that open the account. */
async function unprovenEntropy(
  store: LocalStore,
  held: AccountRecord | undefined,
  { sealedForRecovery }: ServerKeys,
): Promise<string | undefined> {
  const begun = await entropyInProgress(store);
  return [begun?.entropy, held?.recoveryEntropy].find((entropy) => {
    if (entropy === undefined) return false;
    const { sealingKey } = recoveryKeys(fromBase64(entropy));
    const opened = openedOrNot(sealingKey, sealedForRecovery);
    wipe(sealingKey);
    if (opened) wipeBundle(opened);
    return opened !== undefined;
  });
}

/** Runs a task of a session that was just opened; if it fails, the session is ended as far as that can be done. */
export async function orLeave<T>({ http }: Entrance, signedIn: SignedIn, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    await http.call(authEndpoints.logout, {}, signedIn.token, PATIENCE).catch(() => undefined);
    throw error;
  }
}

/** Milliseconds that somebody waits for a server to take notice that a session is over. */
export const PATIENCE = 5_000;

/** Calls with the token of a session that was just opened. */
export function callsOf(http: Pick<Http, "call">, { token }: SignedIn): Calls {
  return { call: (endpoint, input) => http.call(endpoint, input, token) };
}

function tokensOf({ token, expires_in, refresh_token, session_id }: SignedIn): Tokens {
  return {
    accessToken: token,
    expiresAt: Date.now() + expires_in * 1000,
    refreshToken: refresh_token,
    sessionId: session_id,
  };
}

/** @returns the error for a storage that somebody else's account is in */
export function otherAccount(): TacitError {
  return new TacitError("other_account", "This storage holds another account.");
}
