import type { authEndpoints, BodyOf, Kdf, keyEndpoints } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";

/** A profile as its owner and others see it. */
export interface Profile {
  readonly id: number;
  readonly username: string;
  readonly nickname: string;
  readonly avatar: string | null;
}

/** What accounts need of the users' domain. */
export interface Users {
  /** @throws {TacitError} `username_taken`. */
  createUser(sql: Sql, user: { readonly username: string; readonly nickname?: string }): Promise<Profile>;
  profileOf(sql: Sql, userId: number): Promise<Profile>;
}

/** The key fields of a registration. */
export type NewKeys = Pick<
  BodyOf<typeof authEndpoints.register>,
  "pubk" | "pkebymk" | "pkebyrk" | "salt" | "kdf" | "identity_key" | "signature" | "key_version"
>;

/** The sealed bundle as it is after a password change or a recovery; with `public_key`, a new key pair too. */
export type NewBundle = Pick<
  BodyOf<typeof keyEndpoints.changePassword>,
  "pkebymk" | "salt" | "pkebyrk" | "kdf" | "public_key" | "identity_key" | "signature" | "key_version"
>;

/** What accounts need of the keys' domain. */
export interface Keys {
  /** @throws {TacitError} `invalid_key_signature`, `invalid_input` for an unusable key. */
  createKeys(sql: Sql, userId: number, keys: NewKeys): Promise<void>;
  bundleOf(
    sql: Sql,
    userId: number,
  ): Promise<{
    readonly pkebymk: string;
    readonly pkebyrk: string;
    readonly salt: string;
    readonly kdf: Kdf | null;
    readonly pubk: string;
    readonly key_version: number;
  }>;
  /** The stored salt and parameters of a v2 account; `null` for any other, and for an id that nobody has. */
  preloginOf(sql: Sql, userId: number): Promise<{ readonly salt: string; readonly kdf: Kdf } | null>;
  /**
   * Locks chats, so it comes before anything else in its transaction.
   *
   * @throws {TacitError} `invalid_key_signature`, `invalid_input` for an unusable key, `key_version_conflict`.
   */
  replaceBundle(sql: Sql, userId: number, bundle: NewBundle): Promise<{ readonly keyChanged: boolean }>;
  /** After the commit of a changed key: tells everyone who shares a chat. */
  announceKeyChange(userId: number): Promise<void>;
}

/** What registration needs of the invites. */
export interface Invites {
  isUsable(sql: Sql, code: string): Promise<boolean>;
  /**
   * Uses it up by one.
   *
   * @throws {TacitError} `invalid_invite` for one that is unknown, used up or expired.
   */
  consume(sql: Sql, code: string): Promise<void>;
}
