import type { Database, Sql } from "../../db/database.ts";
import { TacitError } from "../../errors.ts";
import { type Client, throttleAddress } from "../../http/client.ts";
import type { KeyedHash } from "../keyed-hash.ts";
import * as store from "./store.ts";

const PER_ACCOUNT: store.BackoffRule = { free: 5, seconds: 60, maxSeconds: 3_600, quietSeconds: 86_400 };
const PER_ADDRESS: store.WindowRule = { limit: 100, seconds: 3_600 };
const UNLIMITED: store.WindowRule = { ...PER_ADDRESS, limit: 2 ** 31 - 1 };

/** What throttling needs. */
export interface ThrottlingDependencies {
  readonly database: Database;
  readonly hashOf: KeyedHash;
  readonly registrationsPerHour: number;
}

/**
 * Slows guessing down, across nodes. Attempts count by client address and login together, whether or not there is
 * such an account, so that nobody can lock somebody else out from elsewhere; and by address alone, which then spares
 * the accounts that are known there.
 */
export interface Throttling {
  /**
   * Runs `prove` as one attempt at an account. What it returns shows whether the secret was right: nothing means it
   * was wrong, which counts; if it throws, the attempt had no outcome and does not count.
   *
   * @throws {TacitError} `too_many_attempts` before `prove` begins.
   */
  attempt<T>(client: Client, loginKey: string, prove: () => Promise<T | undefined>): Promise<T | undefined>;
  /** @throws {TacitError} `too_many_registrations`. */
  countRegistration(client: Client): Promise<void>;
  /** Notes that an account was used with success from an address. */
  remember(sql: Sql, client: Client, loginKey: string): Promise<void>;
}

/** See {@link Throttling}. */
export function createThrottling({
  database,
  hashOf,
  registrationsPerHour,
}: ThrottlingDependencies): Throttling {
  const remember: Throttling["remember"] = (sql, client, loginKey) =>
    store.rememberAddress(sql, loginKey, addressHash(hashOf, client.address));

  async function refuse(code: "too_many_attempts" | "too_many_registrations", key: Buffer): Promise<never> {
    throw new TacitError(code, { retryAfter: await database.run((sql) => store.secondsToWait(sql, key)) });
  }

  /** @returns the key of what blocks the attempt, if anything does; nothing is counted then. */
  async function begin(
    sql: Sql,
    client: Client,
    loginKey: string,
    keys: CountedKeys,
  ): Promise<Buffer | undefined> {
    if (!(await store.countAttempt(sql, keys.account, PER_ACCOUNT))) return keys.account;
    const known = await store.isKnownAddress(sql, loginKey, addressHash(hashOf, client.address));
    if (await store.countInWindow(sql, keys.address, known ? UNLIMITED : PER_ADDRESS)) return undefined;
    await store.uncount(sql, keys.account);
    return keys.address;
  }

  async function succeed(sql: Sql, client: Client, loginKey: string, keys: CountedKeys): Promise<void> {
    await store.forgetAttempts(sql, keys.account);
    await store.uncount(sql, keys.address);
    await remember(sql, client, loginKey);
  }

  async function takeBack(sql: Sql, keys: CountedKeys): Promise<void> {
    await store.uncount(sql, keys.account);
    await store.uncount(sql, keys.address);
  }

  return {
    remember,
    attempt: async (client, loginKey, prove) => {
      const keys = countedKeys(hashOf, client, loginKey);
      const blockedBy = await database.transaction((sql) => begin(sql, client, loginKey, keys));
      if (blockedBy) return await refuse("too_many_attempts", blockedBy);
      try {
        const proof = await prove();
        if (proof !== undefined) await database.transaction((sql) => succeed(sql, client, loginKey, keys));
        return proof;
      } catch (error) {
        await database.transaction((sql) => takeBack(sql, keys));
        throw error;
      }
    },
    countRegistration: async ({ address }) => {
      const key = hashOf("registrations", throttleAddress(address));
      const rule = { limit: registrationsPerHour, seconds: 3_600 };
      if (!(await database.run((sql) => store.countInWindow(sql, key, rule))))
        await refuse("too_many_registrations", key);
    },
  };
}

interface CountedKeys {
  readonly account: Buffer;
  readonly address: Buffer;
}

function countedKeys(hashOf: KeyedHash, client: Client, loginKey: string): CountedKeys {
  const address = throttleAddress(client.address);
  return {
    account: hashOf("attempts at an account", address, loginKey),
    address: hashOf("attempts", address),
  };
}

/** The form in which an address is remembered for an account. */
export function addressHash(hashOf: KeyedHash, address: string): Buffer {
  return hashOf("known address", throttleAddress(address));
}
