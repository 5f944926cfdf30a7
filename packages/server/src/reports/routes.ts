import {
  adminEndpoints,
  type BodyOf,
  type QueryOf,
  type Report,
  type ReportState,
  userEndpoints,
} from "@tacit/protocol";
import { type Route, route } from "../http/endpoint.ts";

/** What people report about each other, and what administrators do about it. */
export interface ReportActions {
  /** @throws {TacitError} `unknown_user`; `unknown_chat` for a chat that is not the reporter's. */
  report(reporterId: number, report: BodyOf<typeof userEndpoints.report>): Promise<void>;
  /** One page, newest first. */
  list(query: QueryOf<typeof adminEndpoints.listReports>): Promise<Report[]>;
  /** @throws {TacitError} `not_found`. */
  setState(administratorId: number, reportId: number, state: ReportState): Promise<Report>;
}

/** HTTP of reports: making one, and the administrators' view of them. */
export function reportRoutes(reports: ReportActions): Route[] {
  return [
    route(userEndpoints.report, async ({ caller, body }) => {
      await reports.report(caller.userId, body);
      return undefined;
    }),
    route(adminEndpoints.listReports, ({ query }) => reports.list(query)),
    route(adminEndpoints.updateReport, ({ caller, params, body }) =>
      reports.setState(caller.userId, params.id, body.state),
    ),
  ];
}
