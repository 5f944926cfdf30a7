import type { SystemNotice } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";

/** Inserts what the server itself writes, under the chat's lock. @returns the id of the message. */
export async function insertSystemMessage(
  sql: Sql,
  message: {
    readonly chatId: number;
    readonly seq: number;
    readonly text: string;
    readonly notice: SystemNotice;
    readonly createdAt: Date;
  },
): Promise<number> {
  const { chatId, seq, text, notice, createdAt } = message;
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO messages (chat_id, id, seq, sender_id, message, message_type, system, created_at)
    VALUES (${chatId}, nextval('message_ids'), ${seq}, ${notice.actor_id}, ${text}, 'system', ${sql.json(notice)}, ${createdAt})
    RETURNING id`;
  if (!row) throw new Error("an inserted message was not returned");
  return row.id;
}
