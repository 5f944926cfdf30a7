import { randomBytes } from "node:crypto";
import { type authEndpoints, type BodyOf, LIMITS, type ResponseOf, type SignedIn } from "@tacit/protocol";
import type { Database, Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import type { Client } from "../http/client.ts";
import type { Keys } from "./dependencies.ts";
import { foldLogin } from "./fold-login.ts";
import type { KeyedHash } from "./keyed-hash.ts";
import type { Passwords } from "./passwords.ts";
import type { Sessions } from "./sessions/sessions.ts";
import type { SignIn } from "./sign-in.ts";
import * as store from "./store.ts";
import type { Throttling } from "./throttling/throttling.ts";

/** What recovery needs. */
export interface RecoveryDependencies {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly throttling: Throttling;
  readonly sessions: Pick<Sessions, "revokeAll" | "announceRevoked">;
  readonly keys: Pick<Keys, "bundleOf" | "replaceBundle">;
  readonly openSession: SignIn["openSession"];
  readonly hashOf: KeyedHash;
}

type Completion = BodyOf<typeof authEndpoints.completeRecovery>;

/** The way back in for who has forgotten the password but holds the recovery key. */
export function createRecovery(dependencies: RecoveryDependencies) {
  const { database, passwords, throttling, sessions, keys, openSession, hashOf } = dependencies;
  const tokenHash = (token: string) => hashOf("recovery token", token);

  async function prove(loginKey: string, recoveryAuth: string): Promise<store.Credentials | undefined> {
    const account = await database.run((sql) => store.findByLogin(sql, loginKey));
    const matches = await passwords.verify(account?.recovery_hash, recoveryAuth);
    return matches ? account : undefined;
  }

  async function begin(
    sql: Sql,
    proven: store.Credentials,
  ): Promise<ResponseOf<typeof authEndpoints.recover>> {
    const held = await store.holdCredentials(sql, proven.user_id);
    if (held?.recovery_hash !== proven.recovery_hash) throw new TacitError("invalid_recovery");
    if (held.disabled) throw new TacitError("account_disabled");
    const token = randomBytes(32).toString("base64url");
    await store.replaceRecoveryToken(sql, held.user_id, tokenHash(token), LIMITS.recoveryToken);
    const { pkebyrk, salt } = await keys.bundleOf(sql, held.user_id);
    return { recovery_token: token, pkebyrk, salt };
  }

  async function complete(
    sql: Sql,
    userId: number,
    body: Completion,
    secrets: store.NewSecrets,
    client: Client,
  ) {
    const { pkebymk, pkebyrk, salt, kdf, recovery_token } = body;
    await keys.replaceBundle(sql, userId, { pkebymk, pkebyrk, salt, ...(kdf ? { kdf } : {}) });
    if (!(await store.updateSecrets(sql, userId, secrets, null))) throw new TacitError("account_disabled");
    if (!(await store.useRecoveryToken(sql, tokenHash(recovery_token))))
      throw new TacitError("invalid_recovery_token");
    const revoked = await sessions.revokeAll(sql, userId);
    const held = await store.holdCredentials(sql, userId);
    if (!held) throw new TacitError("invalid_recovery_token");
    return { revoked, signedIn: await openSession(sql, held, client, false) };
  }

  return {
    /** @throws {TacitError} `invalid_recovery`, `account_disabled`, `too_many_attempts`, `busy`. */
    recover: async (login: string, recoveryAuth: string, client: Client) => {
      const loginKey = foldLogin(login);
      const proven = await throttling.attempt(client, loginKey, () => prove(loginKey, recoveryAuth));
      if (!proven) throw new TacitError("invalid_recovery");
      return await database.transaction((sql) => begin(sql, proven));
    },
    /**
     * Without `recovery_auth` the recovery key stays the one that was just proven.
     *
     * @throws {TacitError} `invalid_recovery_token`, `account_disabled`, `invalid_input`, `busy`.
     */
    completeRecovery: async (body: Completion, client: Client): Promise<SignedIn> => {
      passwords.requireAcceptable(body.new_password, "/new_password");
      const userId = await database.run((sql) =>
        store.recoveryTokenOwner(sql, tokenHash(body.recovery_token)),
      );
      if (userId === undefined) throw new TacitError("invalid_recovery_token");
      const passwordHash = await passwords.hash(body.new_password);
      const recoveryHash = body.recovery_auth === undefined ? null : await passwords.hash(body.recovery_auth);
      const secrets = { passwordHash, recoveryHash };
      const { revoked, signedIn } = await database.transaction((sql) =>
        complete(sql, userId, body, secrets, client),
      );
      sessions.announceRevoked(revoked);
      return signedIn;
    },
  };
}
