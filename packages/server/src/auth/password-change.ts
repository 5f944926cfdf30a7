import type { BodyOf, keyEndpoints } from "@tacit/protocol";
import type { Database, Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import type { Client } from "../http/client.ts";
import type { Caller } from "../http/endpoint.ts";
import type { Keys } from "./dependencies.ts";
import type { Passwords } from "./passwords.ts";
import type { Sessions } from "./sessions/sessions.ts";
import type { SignIn } from "./sign-in.ts";
import { deleteRecoveryTokens, type NewSecrets, updateSecrets } from "./store.ts";

/** What changing a password needs. */
export interface PasswordChangeDependencies {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly sessions: Pick<Sessions, "revokeAll" | "announceRevoked">;
  readonly keys: Pick<Keys, "replaceBundle" | "announceKeyChange">;
  readonly checkCurrentPassword: SignIn["checkCurrentPassword"];
}

type Change = BodyOf<typeof keyEndpoints.changePassword>;

/** Changes passwords, with what is sealed under them: all of it or nothing. */
export function createPasswordChange(dependencies: PasswordChangeDependencies) {
  const { database, passwords, sessions, keys, checkCurrentPassword } = dependencies;

  async function apply(sql: Sql, caller: Caller, body: Change, secrets: NewSecrets, verifiedHash: string) {
    const { current_password: _, new_password: __, recovery_auth: ___, ...bundle } = body;
    const { keyChanged } = await keys.replaceBundle(sql, caller.userId, bundle);
    if (!(await updateSecrets(sql, caller.userId, secrets, verifiedHash)))
      throw new TacitError("wrong_password");
    await deleteRecoveryTokens(sql, caller.userId);
    const revoked = await sessions.revokeAll(sql, caller.userId, { except: caller.sessionId });
    return { keyChanged, revoked };
  }

  /**
   * @throws {TacitError} `invalid_input`, `wrong_password`, `too_many_attempts`, `key_version_conflict`,
   *   `invalid_key_signature`, `busy`.
   */
  return async function changePassword(caller: Caller, client: Client, body: Change): Promise<void> {
    passwords.requireAcceptable(body.new_password, "/new_password");
    const { password_hash } = await checkCurrentPassword(caller, client, body.current_password);
    const passwordHash = await passwords.hash(body.new_password);
    const recoveryHash = body.recovery_auth === undefined ? null : await passwords.hash(body.recovery_auth);
    const { keyChanged, revoked } = await database.transaction((sql) =>
      apply(sql, caller, body, { passwordHash, recoveryHash }, password_hash),
    );
    sessions.announceRevoked(revoked);
    if (keyChanged) await keys.announceKeyChange(caller.userId);
  };
}
