import type { ReportState } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";

/** A report as somebody makes it. */
export interface NewReport {
  readonly reporterId: number;
  readonly userId: number;
  readonly chatId: number | null;
  readonly messageIds: readonly number[];
  readonly reason: string;
  /** Any JSON, or nothing. */
  readonly revealed: unknown;
}

/** A report as it is stored. */
export interface StoredReport {
  readonly id: number;
  readonly state: ReportState;
  readonly reporter_id: number;
  readonly user_id: number;
  readonly chat_id: number | null;
  readonly message_ids: number[];
  readonly reason: string;
  readonly revealed: unknown;
  readonly created_at: Date;
  readonly closed_at: Date | null;
  readonly closed_by: number | null;
}

/** Adds an open report. */
export async function insertReport(sql: Sql, report: NewReport): Promise<void> {
  const revealed = report.revealed === undefined ? null : JSON.stringify(report.revealed);
  await sql`
    INSERT INTO reports (reporter_id, user_id, chat_id, message_ids, reason, revealed)
    VALUES (${report.reporterId}, ${report.userId}, ${report.chatId}, ${[...report.messageIds]}, ${report.reason},
      ${revealed}::text::jsonb)`;
}

/** The newest reports with an id below `beforeId`. */
export async function listReports(
  sql: Sql,
  filter: { readonly state: ReportState | null; readonly beforeId: number; readonly limit: number },
): Promise<StoredReport[]> {
  return await sql<StoredReport[]>`
    SELECT id, state, reporter_id, user_id, chat_id, message_ids, reason, revealed, created_at, closed_at, closed_by
    FROM reports
    WHERE id < ${filter.beforeId} AND state = COALESCE(${filter.state}, state)
    ORDER BY id DESC LIMIT ${filter.limit}`;
}

/** Opening a report again forgets who closed it. @returns nothing if there is no such report. */
export async function updateReport(
  sql: Sql,
  id: number,
  change: { readonly state: ReportState; readonly by: number },
): Promise<StoredReport | undefined> {
  const open = change.state === "open";
  const [report] = await sql<StoredReport[]>`
    UPDATE reports SET state = ${change.state}, closed_at = ${open ? null : sql`now()`},
      closed_by = ${open ? null : change.by}
    WHERE id = ${id}
    RETURNING id, state, reporter_id, user_id, chat_id, message_ids, reason, revealed, created_at, closed_at, closed_by`;
  return report;
}
