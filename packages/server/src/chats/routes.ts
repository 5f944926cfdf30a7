import { endpoints } from "@tacit/protocol";
import { type Route, route } from "../http/endpoint.ts";
import type { ChatsService } from "./service.ts";

/** REST endpoints of chats. */
export function chatsRoutes(service: ChatsService): Route[] {
  return [
    route(endpoints.chats.createChat, ({ caller, body }) => service.create(caller.userId, body)),
    route(endpoints.chats.listChats, ({ caller }) => service.list(caller.userId)),
  ];
}
