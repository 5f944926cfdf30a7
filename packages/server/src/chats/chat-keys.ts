import type { PublicKey } from "@tacit/protocol";
import type { Database, Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import { readRecipients } from "./members-store.ts";

/** What reading the keys of a chat needs from the rest of the server. */
export interface ChatKeysDependencies {
  readonly database: Database;
  /** Signed public keys; users without keys are left out. */
  readonly publicKeysOf: (sql: Sql, userIds: readonly number[]) => Promise<PublicKey[]>;
}

/**
 * Everything needed to encrypt for a chat, in one snapshot: a key that changes or a member who comes in between would
 * not fit the version.
 *
 * @throws {TacitError} `not_a_member`.
 */
export async function readChatKeys(
  { database, publicKeysOf }: ChatKeysDependencies,
  chatId: number,
  readerId: number,
): Promise<{ members_version: number; keys: PublicKey[] }> {
  return await database.transaction(async (sql) => {
    const recipients = await readRecipients(sql, chatId, readerId);
    if (!recipients) throw new TacitError("not_a_member");
    return {
      members_version: recipients.membersVersion,
      keys: await publicKeysOf(sql, recipients.userIds),
    };
  }, "repeatable read");
}
