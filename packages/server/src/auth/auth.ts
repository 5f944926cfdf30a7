import type { BaseLogger } from "pino";
import type { Bus } from "../bus/bus.ts";
import type { Config } from "../config.ts";
import type { Database, Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import type { Client } from "../http/client.ts";
import type { Caller, Route } from "../http/endpoint.ts";
import type { InstanceSecrets } from "../instance/secrets.ts";
import type { Invites, Keys, Users } from "./dependencies.ts";
import { keyedHash } from "./keyed-hash.ts";
import { createPasswordChange } from "./password-change.ts";
import { createPasswords } from "./passwords.ts";
import { createPrelogin } from "./prelogin.ts";
import { createRecovery } from "./recovery.ts";
import { createRegistration } from "./registration.ts";
import { authRoutes } from "./routes.ts";
import { accessTokens } from "./sessions/access-token.ts";
import { createAuthentication } from "./sessions/authentication.ts";
import { cityFinder } from "./sessions/city.ts";
import { refreshTokens } from "./sessions/refresh-token.ts";
import { createSessions } from "./sessions/sessions.ts";
import { createSignIn } from "./sign-in.ts";
import * as store from "./store.ts";
import { startSweeping } from "./sweeping.ts";
import { createThrottling } from "./throttling/throttling.ts";

/** What the domain needs from the rest of the server. */
export interface AuthDependencies {
  readonly database: Database;
  readonly bus: Bus;
  readonly secrets: InstanceSecrets;
  readonly config: Pick<
    Config,
    "registration" | "registrationsPerHour" | "passwordMinCharacters" | "geoIpFile"
  >;
  readonly log: Pick<BaseLogger, "warn">;
  readonly users: Users;
  readonly keys: Keys;
  readonly invites: Invites;
}

/** Accounts, the sessions they open, and who may. */
export interface Auth {
  readonly routes: readonly Route[];
  /** Finds the live session that an `Authorization` header names. @throws {TacitError} `unauthorized`. */
  authenticate(authorization: string | undefined, client: Client): Promise<Caller>;
  /** @throws {TacitError} `administrators_only` for anyone else. */
  requireAdministrator(userId: number): Promise<void>;
  /** @throws {TacitError} `wrong_password`, `too_many_attempts`, `busy`. */
  checkCurrentPassword(caller: Caller, client: Client, password: string): Promise<void>;
  /** Ends sessions within a transaction. @returns their ids, to be published as `session.revoked` after its commit. */
  revokeSessions(sql: Sql, userId: number, options?: { readonly except?: string }): Promise<string[]>;
  /** Deletes all that lets someone in. @returns what is to be called after the commit. */
  forgetUser(sql: Sql, userId: number): Promise<() => void>;
  /** Removes what is past its time, once a minute. @returns a function that ends it. */
  startSweeping(): () => void;
}

/**
 * Builds the domain.
 *
 * @throws {ConfigError} if the GeoIP file cannot be used.
 */
export async function createAuth(dependencies: AuthDependencies): Promise<Auth> {
  const { database, bus, secrets, config, log, users, keys, invites } = dependencies;
  const hashOf = keyedHash(secrets.storedHash);
  const access = accessTokens(secrets.accessToken);
  const passwords = await createPasswords(config.passwordMinCharacters);
  const throttling = createThrottling({
    database,
    hashOf,
    registrationsPerHour: config.registrationsPerHour,
  });
  const namesOf = async (sql: Sql, userId: number) => {
    const [credentials, profile] = [await store.findByUser(sql, userId), await users.profileOf(sql, userId)];
    if (!credentials) throw new TacitError("unauthorized");
    return { login: credentials.login, username: profile.username, nickname: profile.nickname };
  };
  const cityOf = await cityFinder(config.geoIpFile);
  const sessions = createSessions({
    database,
    bus,
    access,
    refreshing: refreshTokens(hashOf),
    cityOf,
    namesOf,
  });
  const signIn = createSignIn({ database, passwords, throttling, sessions, users, keys });
  const { checkCurrentPassword, openSession } = signIn;
  return {
    routes: authRoutes({
      register: createRegistration({
        database,
        mode: config.registration,
        passwords,
        throttling,
        users,
        keys,
        invites,
      }),
      prelogin: createPrelogin({ database, saltKey: secrets.preloginSalt, storedOf: keys.preloginOf }),
      ...createRecovery({ database, passwords, throttling, sessions, keys, openSession, hashOf }),
      changePassword: createPasswordChange({ database, passwords, sessions, keys, checkCurrentPassword }),
      signIn: signIn.signIn,
      sessions,
    }),
    authenticate: createAuthentication({ database, bus, log, access, hashOf }).authenticate,
    requireAdministrator: async (userId) => {
      const credentials = await database.run((sql) => store.findByUser(sql, userId));
      if (!credentials?.is_admin || credentials.disabled) throw new TacitError("administrators_only");
    },
    checkCurrentPassword: async (caller, client, password) => {
      await checkCurrentPassword(caller, client, password);
    },
    revokeSessions: sessions.revokeAll,
    forgetUser: async (sql, userId) => {
      // Whoever signed in meanwhile is let out with the rest: from here on nobody can.
      await store.lockCredentials(sql, userId);
      const revoked = await sessions.revokeAll(sql, userId);
      await store.deleteCredentials(sql, userId);
      return () => sessions.announceRevoked(revoked);
    },
    startSweeping: () => startSweeping({ database, log, sessions }),
  };
}
