import type { authEndpoints, BodyOf, OwnAccount } from "@tacit/protocol";
import type { Config } from "../config.ts";
import { type Database, type Sql, violatesUnique } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import type { Client } from "../http/client.ts";
import type { Invites, Keys, Users } from "./dependencies.ts";
import { foldLogin } from "./fold-login.ts";
import { ownAccount } from "./own-account.ts";
import type { Passwords } from "./passwords.ts";
import * as store from "./store.ts";
import type { Throttling } from "./throttling/throttling.ts";

/** What creating accounts needs. */
export interface RegistrationDependencies {
  readonly database: Database;
  readonly mode: Config["registration"];
  readonly passwords: Passwords;
  readonly throttling: Throttling;
  readonly users: Users;
  readonly keys: Keys;
  readonly invites: Invites;
}

type Registration = BodyOf<typeof authEndpoints.register>;

/** Creates accounts. A refused registration leaves nothing. */
export function createRegistration(dependencies: RegistrationDependencies) {
  const { database, mode, passwords, throttling, users, keys, invites } = dependencies;

  /** Before anything costly; what counts is checked again in the transaction. */
  async function requireAdmission(invite: string | undefined): Promise<void> {
    if (mode === "closed") throw new TacitError("registration_closed");
    if (mode === "open") return;
    await database.run(async (sql) => {
      if (!(await store.hasFirstUser(sql))) return;
      if (!invite) throw new TacitError("invite_required");
      if (!(await invites.isUsable(sql, invite))) throw new TacitError("invalid_invite");
    });
  }

  async function useInvite(sql: Sql, invite: string | undefined): Promise<void> {
    if (!invite) throw new TacitError("invite_required");
    await invites.consume(sql, invite);
  }

  async function create(
    sql: Sql,
    client: Client,
    body: Registration,
    secrets: store.NewSecrets,
  ): Promise<OwnAccount> {
    const { login, username, nickname, invite, password: _, recovery_auth: __, ...bundle } = body;
    // Whoever comes to an empty instance needs no invite: nobody is there who could have made one.
    const mayBeFirst = !(await store.hasFirstUser(sql));
    if (mode === "invite" && !mayBeFirst) await useInvite(sql, invite);
    const loginKey = foldLogin(login);
    if (await store.findByLogin(sql, loginKey)) throw new TacitError("login_taken");
    const { id: userId } = await users.createUser(sql, { username, ...(nickname ? { nickname } : {}) });
    const isAdmin = mayBeFirst && (await store.claimFirst(sql, userId));
    if (mode === "invite" && mayBeFirst && !isAdmin) await useInvite(sql, invite);
    await store.insertCredentials(sql, { userId, login, loginKey, isAdmin, ...secrets });
    await keys.createKeys(sql, userId, bundle);
    await throttling.remember(sql, client, loginKey);
    return await ownAccount(sql, { users, keys }, { userId, login });
  }

  /**
   * @throws {TacitError} `registration_closed`, `invite_required`, `invalid_invite`, `invalid_input`,
   *   `too_many_registrations`, `login_taken`, `username_taken`, `invalid_key_signature`, `busy`.
   */
  return async function register(body: Registration, client: Client): Promise<OwnAccount> {
    await requireAdmission(body.invite);
    passwords.requireAcceptable(body.password, "/password");
    await throttling.countRegistration(client);
    const passwordHash = await passwords.hash(body.password);
    const recoveryHash = body.recovery_auth === undefined ? null : await passwords.hash(body.recovery_auth);
    try {
      return await database.transaction((sql) => create(sql, client, body, { passwordHash, recoveryHash }));
    } catch (error) {
      if (violatesUnique(error, "credentials_login_key_unique")) throw new TacitError("login_taken");
      throw error;
    }
  };
}
