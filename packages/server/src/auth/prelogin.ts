import { createHmac } from "node:crypto";
import type { authEndpoints, Kdf, ResponseOf } from "@tacit/protocol";
import type { Database, Sql } from "../db/database.ts";
import { foldLogin } from "./fold-login.ts";
import { findByLogin } from "./store.ts";

/** What a client uses for a new account today (CRYPTO: 64 MiB, 3 passes, 1 lane). */
const TODAYS_KDF: Kdf = { v: 2, alg: "argon2id", m: 65_536, t: 3, p: 1 };
const SALT_BYTES = 16;
/** No user has it. */
const NOBODY = 0;

/** What prelogin needs. */
export interface PreloginDependencies {
  readonly database: Database;
  /** Key of the salts that are made up. */
  readonly saltKey: Uint8Array;
  /** The stored salt and parameters of a v2 account. */
  readonly storedOf: (
    sql: Sql,
    userId: number,
  ) => Promise<{ readonly salt: string; readonly kdf: Kdf } | null>;
}

/**
 * Answers what a client needs to derive its secrets. For a login without a v2 account the salt is a keyed hash of it,
 * the same at every asking and made whether it is needed or not, so that the answer does not tell who exists.
 */
export function createPrelogin({ database, saltKey, storedOf }: PreloginDependencies) {
  return async (login: string): Promise<ResponseOf<typeof authEndpoints.prelogin>> => {
    const loginKey = foldLogin(login);
    const salt = madeUpSalt(saltKey, loginKey);
    const stored = await database.run(async (sql) => {
      const account = await findByLogin(sql, loginKey);
      return await storedOf(sql, account?.user_id ?? NOBODY);
    });
    return stored ?? { salt, kdf: TODAYS_KDF };
  };
}

function madeUpSalt(key: Uint8Array, loginKey: string): string {
  const hash = createHmac("sha256", key).update("tacit/prelogin-salt\0").update(loginKey).digest();
  return hash.subarray(0, SALT_BYTES).toString("base64");
}
