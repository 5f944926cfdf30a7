import type { OwnAccount } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";
import type { Keys, Profile, Users } from "./dependencies.ts";

/** An account with its sealed bundle, as its owner alone receives it. */
export async function ownAccount(
  sql: Sql,
  { users, keys }: { readonly users: Pick<Users, "profileOf">; readonly keys: Pick<Keys, "bundleOf"> },
  { userId, login }: { readonly userId: number; readonly login: string },
): Promise<OwnAccount> {
  const [profile, bundle] = [await users.profileOf(sql, userId), await keys.bundleOf(sql, userId)];
  return assembled(profile, login, bundle);
}

function assembled(
  { id, username, nickname, avatar }: Profile,
  login: string,
  { pkebymk, pkebyrk, salt, pubk }: Awaited<ReturnType<Keys["bundleOf"]>>,
): OwnAccount {
  return { id, login, username, nickname, avatar, pkebymk, pkebyrk, salt, pubk };
}
