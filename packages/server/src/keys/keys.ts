import type { Kdf, KeyBundle, PublicKey, ServerEventOf } from "@tacit/protocol";
import type { BaseLogger } from "pino";
import type { Bus } from "../bus/bus.ts";
import type { Database, Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import type { Client } from "../http/client.ts";
import type { Caller, Route } from "../http/endpoint.ts";
import type { InstanceSecrets } from "../instance/secrets.ts";
import { type KeyChange, type NewKeys, newPublicKey, replacedPublicKey } from "./new-key.ts";
import { keyRoutes } from "./routes.ts";
import { type Directory, openDirectory } from "./signatures.ts";
import {
  deleteKeys,
  findBundle,
  findPublicKeys,
  insertKeys,
  type SealedFields,
  type StoredPublicKey,
  updatePublicKey,
  updateSealed,
} from "./store.ts";
import { createVault } from "./vault.ts";

/** What the domain needs from the rest of the server. */
export interface KeysDependencies {
  readonly database: Database;
  readonly bus: Bus;
  readonly secrets: InstanceSecrets;
  readonly log: Pick<BaseLogger, "warn">;
  /** Everyone who shares a chat with the user, without the user. */
  readonly peersOf: (sql: Sql, userId: number) => Promise<number[]>;
  /** Locks all chats of the user, by id, and raises their `members_version`. */
  readonly bumpMembersVersions: (sql: Sql, userId: number) => Promise<void>;
  /** @throws {TacitError} `wrong_password`, `too_many_attempts`, `busy`. */
  readonly checkCurrentPassword: (caller: Caller, client: Client, password: string) => Promise<void>;
}

/** A bundle with fields left out staying as they are, and perhaps the next public key. */
export type BundleChange = SealedFields & KeyChange;

/** Public keys, the sealed bundles of private ones, and vaults. */
export interface Keys {
  readonly routes: readonly Route[];
  /** The keys of a new account. @throws {TacitError} `invalid_key_signature`, `invalid_input` for an unusable key. */
  createKeys(sql: Sql, userId: number, keys: NewKeys): Promise<void>;
  /** @throws {TacitError} `unauthorized` if the account is deleted. */
  bundleOf(sql: Sql, userId: number): Promise<KeyBundle & { readonly pubk: string }>;
  /** What prelogin answers; `null` unless the account is v2. */
  preloginOf(sql: Sql, userId: number): Promise<{ readonly salt: string; readonly kdf: Kdf } | null>;
  /**
   * Replaces the sealed fields that are given and, if one is given, the public key. Locks chats first, then keys: call
   * it before anything else in the transaction that others may wait for while they hold chats.
   *
   * @throws {TacitError} `key_version_conflict`, `invalid_key_signature`, `invalid_input` for a part of a new key,
   *   `unauthorized` if the account is deleted.
   */
  replaceBundle(sql: Sql, userId: number, change: BundleChange): Promise<{ readonly keyChanged: boolean }>;
  /** After the commit of a key change: tells everyone who shares a chat, and the user's own sockets. */
  announceKeyChange(userId: number): Promise<void>;
  /** Signed public keys, by user id; users without keys are left out. */
  publicKeysOf(sql: Sql, userIds: readonly number[]): Promise<PublicKey[]>;
  /** Deletes keys and vault. */
  forgetUser(sql: Sql, userId: number): Promise<void>;
}

/** Builds the domain. */
export function createKeys(dependencies: KeysDependencies): Keys {
  const { database, bumpMembersVersions, checkCurrentPassword } = dependencies;
  const directory = openDirectory(dependencies.secrets.directoryKey);
  const publicKeysOf = async (sql: Sql, userIds: readonly number[]) =>
    (await findPublicKeys(sql, userIds)).map((key) => asAnswer(directory, key));
  const publicKeyOf = async (userId: number) => {
    const [key] = await database.run((sql) => publicKeysOf(sql, [userId]));
    if (!key) throw new TacitError("unknown_user");
    return key;
  };
  const replaceBundle: Keys["replaceBundle"] = async (sql, userId, change) => {
    const key = replacedPublicKey(change);
    if (key) {
      await bumpMembersVersions(sql, userId);
      if (!(await updatePublicKey(sql, userId, key))) throw new TacitError("key_version_conflict");
    }
    if (!(await updateSealed(sql, userId, change))) throw new TacitError("unauthorized");
    return { keyChanged: key !== undefined };
  };
  const announceKeyChange = (userId: number) => announce(dependencies, userId);
  return {
    routes: keyRoutes({
      publicKeyOf,
      ownBundle: (userId) => database.run((sql) => bundleOf(sql, userId)),
      rotate: async (caller, client, { current_password, ...change }) => {
        await checkCurrentPassword(caller, client, current_password);
        await database.transaction((sql) => replaceBundle(sql, caller.userId, change));
        await announceKeyChange(caller.userId);
        return await publicKeyOf(caller.userId);
      },
      vault: createVault(database),
    }),
    createKeys: (sql, userId, keys) => insertKeys(sql, userId, newPublicKey(directory, keys), keys),
    bundleOf,
    preloginOf,
    replaceBundle,
    announceKeyChange,
    publicKeysOf,
    forgetUser: deleteKeys,
  };
}

async function bundleOf(sql: Sql, userId: number) {
  const bundle = await findBundle(sql, userId);
  if (!bundle) throw new TacitError("unauthorized");
  return bundle;
}

async function preloginOf(sql: Sql, userId: number) {
  const bundle = await findBundle(sql, userId);
  return bundle?.kdf ? { salt: bundle.salt, kdf: bundle.kdf } : null;
}

async function announce({ database, bus, peersOf, log }: KeysDependencies, userId: number): Promise<void> {
  try {
    const { key, peers } = await database.run(async (sql) => {
      const [[current], sharing] = await Promise.all([findPublicKeys(sql, [userId]), peersOf(sql, userId)]);
      return { key: current, peers: sharing };
    });
    if (!key) return;
    const frame: ServerEventOf<"key_updated"> = {
      type: "key_updated",
      user_id: userId,
      key_version: key.key_version,
    };
    bus.publish("user.event", { userIds: [userId, ...peers], frame });
  } catch (error) {
    // The change is committed: failing now would make the client believe it is not.
    log.warn({ err: error, userId }, "a key change could not be announced");
  }
}

function asAnswer(directory: Directory, key: StoredPublicKey): PublicKey {
  return {
    user_id: key.user_id,
    public_key: key.public_key,
    signature: key.signature,
    key_version: key.key_version,
    signed_at: key.signed_at.toISOString(),
    identity_key: key.identity_key ?? directory.identityKey,
    signed_by: key.identity_key === null ? "server" : "user",
  };
}
