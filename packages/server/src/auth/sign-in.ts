import type { SignedIn } from "@tacit/protocol";
import type { Database, Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import type { Client } from "../http/client.ts";
import type { Caller } from "../http/endpoint.ts";
import type { Keys, Users } from "./dependencies.ts";
import { foldLogin } from "./fold-login.ts";
import { ownAccount } from "./own-account.ts";
import type { Passwords } from "./passwords.ts";
import type { Sessions } from "./sessions/sessions.ts";
import { type Credentials, findByLogin, findByUser, holdCredentials } from "./store.ts";
import type { Throttling } from "./throttling/throttling.ts";

/** What checking passwords and opening sessions needs. */
export interface SignInDependencies {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly throttling: Throttling;
  readonly sessions: Pick<Sessions, "open">;
  readonly users: Pick<Users, "profileOf">;
  readonly keys: Pick<Keys, "bundleOf">;
}

/** Checks passwords and opens sessions. */
export function createSignIn({ database, passwords, throttling, sessions, users, keys }: SignInDependencies) {
  /** Opens a session; the transaction holds the credentials and has found them right. */
  async function openSession(
    sql: Sql,
    held: Credentials,
    client: Client,
    rememberMe: boolean,
  ): Promise<SignedIn> {
    const tokens = await sessions.open(sql, held.user_id, client, rememberMe);
    const user = await ownAccount(sql, { users, keys }, { userId: held.user_id, login: held.login });
    return { message: "Signed in.", user, ...tokens };
  }

  /** While the password was checked it may have been changed, and the account disabled. */
  async function openIfUnchanged(
    sql: Sql,
    proven: Credentials,
    client: Client,
    rememberMe: boolean,
  ): Promise<SignedIn> {
    const held = await holdCredentials(sql, proven.user_id);
    if (held?.password_hash !== proven.password_hash) throw new TacitError("invalid_credentials");
    if (held.disabled) throw new TacitError("account_disabled");
    return await openSession(sql, held, client, rememberMe);
  }

  async function checkPassword(find: (sql: Sql) => Promise<Credentials | undefined>, password: string) {
    const credentials = await database.run(find);
    // Also without an account, so that both take the same time.
    const matches = await passwords.verify(credentials?.password_hash, password);
    return matches ? credentials : undefined;
  }

  return {
    openSession,
    /** @throws {TacitError} `invalid_credentials`, `account_disabled`, `too_many_attempts`, `busy`. */
    signIn: async (
      login: string,
      password: string,
      rememberMe: boolean,
      client: Client,
    ): Promise<SignedIn> => {
      const loginKey = foldLogin(login);
      const proven = await throttling.attempt(client, loginKey, () =>
        checkPassword((sql) => findByLogin(sql, loginKey), password),
      );
      if (!proven) throw new TacitError("invalid_credentials");
      return await database.transaction((sql) => openIfUnchanged(sql, proven, client, rememberMe));
    },
    /** @throws {TacitError} `wrong_password`, `too_many_attempts`, `busy`; `unauthorized` if the account is gone. */
    checkCurrentPassword: async (
      { userId }: Caller,
      client: Client,
      password: string,
    ): Promise<Credentials> => {
      const account = await database.run((sql) => findByUser(sql, userId));
      if (!account) throw new TacitError("unauthorized");
      const proven = await throttling.attempt(client, account.login_key, () =>
        checkPassword((sql) => findByUser(sql, userId), password),
      );
      if (!proven) throw new TacitError("wrong_password");
      return proven;
    },
  };
}

/** See {@link createSignIn}. */
export type SignIn = ReturnType<typeof createSignIn>;
