import { type BodyOf, LIMITS, type Report, type User, type userEndpoints } from "@tacit/protocol";
import type { Database, Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import type { Route } from "../http/endpoint.ts";
import { reportRoutes } from "./routes.ts";
import { insertReport, listReports, type StoredReport, updateReport } from "./store.ts";

/** What the domain needs from the rest of the server. */
export interface ReportsDependencies {
  readonly database: Database;
  /** True if the user is a member of the chat. */
  readonly isMember: (sql: Sql, chatId: number, userId: number) => Promise<boolean>;
  /** Those of the users that exist and are not deleted, locked against deletion. */
  readonly lockExisting: (sql: Sql, userIds: readonly number[]) => Promise<number[]>;
  /** Profiles, deleted ones included, in no particular order. */
  readonly profilesOf: (sql: Sql, userIds: readonly number[]) => Promise<User[]>;
}

/** Builds the domain. */
export function createReports(dependencies: ReportsDependencies): { readonly routes: readonly Route[] } {
  const { database, profilesOf } = dependencies;
  return {
    routes: reportRoutes({
      report: (reporterId, report) =>
        database.transaction((sql) => add(dependencies, sql, reporterId, report)),
      list: ({ state, before_id }) =>
        database.run(async (sql) => {
          const page = {
            state: state ?? null,
            beforeId: before_id ?? Number.MAX_SAFE_INTEGER,
            limit: LIMITS.adminPage,
          };
          return await withProfiles(sql, profilesOf, await listReports(sql, page));
        }),
      setState: async (administratorId, reportId, state) => {
        const [report] = await database.run(async (sql) => {
          const updated = await updateReport(sql, reportId, { state, by: administratorId });
          return await withProfiles(sql, profilesOf, updated ? [updated] : []);
        });
        if (!report) throw new TacitError("not_found");
        return report;
      },
    }),
  };
}

async function add(
  { isMember, lockExisting }: ReportsDependencies,
  sql: Sql,
  reporterId: number,
  report: BodyOf<typeof userEndpoints.report>,
): Promise<void> {
  const { user_id, chat_id = null, message_ids = [], reason, revealed } = report;
  if (chat_id !== null && !(await isMember(sql, chat_id, reporterId))) throw new TacitError("unknown_chat");
  if ((await lockExisting(sql, [user_id])).length === 0) throw new TacitError("unknown_user");
  await insertReport(sql, {
    reporterId,
    userId: user_id,
    chatId: chat_id,
    messageIds: message_ids,
    reason,
    revealed,
  });
}

async function withProfiles(
  sql: Sql,
  profilesOf: ReportsDependencies["profilesOf"],
  reports: readonly StoredReport[],
): Promise<Report[]> {
  const ids = new Set(reports.flatMap(({ reporter_id, user_id }) => [reporter_id, user_id]));
  const profiles = new Map((await profilesOf(sql, [...ids])).map((profile) => [profile.id, profile]));
  return reports.map(({ reporter_id, user_id, created_at, closed_at, ...report }) => ({
    ...report,
    reporter: profiles.get(reporter_id) ?? null,
    user: profiles.get(user_id) ?? null,
    created_at: created_at.toISOString(),
    closed_at: closed_at?.toISOString() ?? null,
  }));
}
