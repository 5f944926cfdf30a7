import { type AdminUser, type adminEndpoints, type BodyOf, LIMITS, type QueryOf } from "@tacit/protocol";
import type { Bus } from "../bus/bus.ts";
import type { Database, Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import { foldName } from "../users/name-folding.ts";
import * as store from "./store.ts";

/** What administrators' hold on accounts needs. */
export interface AccountsDependencies {
  readonly database: Database;
  readonly bus: Bus;
  readonly revokeSessions: (sql: Sql, userId: number) => Promise<string[]>;
}

type Change = BodyOf<typeof adminEndpoints.updateUser>;

/** Accounts as administrators list and change them. Logins are shown to nobody. */
export function createAccounts({ database, bus, revokeSessions }: AccountsDependencies) {
  async function change(sql: Sql, adminId: number, userId: number, wanted: Change) {
    // The right of whoever asks may have gone since the request came in.
    const active = await store.lockAdministrators(sql);
    if (!active.includes(adminId)) throw new TacitError("administrators_only");
    const before = await store.lockStanding(sql, userId);
    if (!before) throw new TacitError("unknown_user");
    const after = {
      is_admin: wanted.is_admin ?? before.is_admin,
      disabled: wanted.disabled ?? before.disabled,
    };
    const remains = after.is_admin && !after.disabled;
    if (!remains && active.every((id) => id === userId)) throw new TacitError("last_administrator");
    await store.updateStanding(sql, userId, after);
    const revoked = after.disabled ? await revokeSessions(sql, userId) : [];
    return { revoked, account: await store.findAccount(sql, userId) };
  }

  return {
    /** Newest first; `q` matches as the search of users does. */
    list: async ({ q, before_id }: QueryOf<typeof adminEndpoints.listUsers>): Promise<AdminUser[]> => {
      const text = foldName(q ?? "");
      const filter = { text, id: readId(text), beforeId: before_id ?? null, limit: LIMITS.adminPage };
      return (await database.run((sql) => store.listAccounts(sql, filter))).map(shown);
    },
    /** @throws {TacitError} `unknown_user`, `last_administrator`, `administrators_only`. */
    update: async (adminId: number, userId: number, wanted: Change): Promise<AdminUser> => {
      const { revoked, account } = await database.transaction((sql) => change(sql, adminId, userId, wanted));
      if (revoked.length > 0) bus.publish("session.revoked", { sessionIds: revoked });
      if (!account) throw new TacitError("unknown_user");
      return shown(account);
    },
  };
}

/** See {@link createAccounts}. */
export type Accounts = ReturnType<typeof createAccounts>;

function readId(text: string): number | null {
  const id = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? id : null;
}

function shown(account: store.AccountRow): AdminUser {
  const { id, username, nickname, avatar, created_at, is_admin, disabled, last_seen_at } = account;
  return {
    id,
    username,
    nickname,
    avatar,
    created_at: created_at.toISOString(),
    is_admin,
    disabled,
    last_seen_at: last_seen_at?.toISOString() ?? null,
  };
}
