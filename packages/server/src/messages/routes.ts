import { endpoints } from "@tacit/protocol";
import { type Route, route } from "../http/endpoint.ts";
import type { MessagesService } from "./service.ts";

/** REST endpoints of messages. */
export function messagesRoutes(service: MessagesService): Route[] {
  return [
    route(endpoints.messages.listMessages, ({ caller, params, query }) =>
      service.list(caller.userId, params.id, {
        ...(query.limit === undefined ? {} : { limit: query.limit }),
        beforeId: query.before_id,
        afterId: query.after_id,
      }),
    ),
  ];
}
