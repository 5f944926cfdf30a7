import { endpoints } from "@tacit/protocol";
import { type Route, route } from "../http/endpoint.ts";
import type { SyncService } from "./service.ts";

/** REST endpoint of catching up. */
export function syncRoutes(service: SyncService): Route[] {
  return [route(endpoints.sync.sync, ({ caller, body }) => service.sync(caller.userId, body))];
}
